import type { CliContext } from '../../../src/cli/command.ts';
import type { ExitCode } from '../../../src/cli/exit-codes.ts';
import { runCommandLine } from '../../../src/cli/program.ts';

/** What one command line said and came to. */
export interface Said {
  readonly code: ExitCode | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, on a terminal that only remembers. */
export function say(...args: readonly string[]): Promise<Said> {
  return sayIn({}, ...args);
}

/** The same with these variables in its environment. */
export async function sayIn(env: CliContext['env'], ...args: readonly string[]): Promise<Said> {
  const said = { code: null as ExitCode | null, stdout: '', stderr: '' };
  const context: CliContext = {
    terminal: {
      write: (text) => {
        said.stdout += text;
      },
      writeError: (text) => {
        said.stderr += text;
      },
      isInteractive: false,
      columns: 100,
      rows: 40,
      hasColour: false,
    },
    env,
    signal: new AbortController().signal,
    finish: (code) => {
      said.code = code;
    },
  };
  await runCommandLine(args, context);
  return said;
}

/** The last line of a text, as JSON. */
export function lastJson(text: string): unknown {
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
}
