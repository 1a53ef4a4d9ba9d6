import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The launcher, as a shell would start it. */
export const LAUNCHER = fileURLToPath(new URL('../../bin/tidegate.js', import.meta.url));

/** What a process said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line in a process of its own. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the text so far once it holds what is sought; rejects when the process ends without it. */
  until(stream: 'stdout' | 'stderr', sought: string): Promise<string>;
}

/** Starts a command line; `node` is what runs the launcher. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node: string = process.execPath,
): CliProcess {
  return startProcess(node, [LAUNCHER, ...args], env);
}

/** Starts any program. */
export function startProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CliProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      child.emit('said');
    });
  }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  return {
    child,
    ended,
    until: (stream, sought) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (said[stream].includes(sought)) resolve(said[stream]);
        };
        child.on('said', look);
        void ended.then(({ code }) => {
          reject(new Error(`ended with ${code} before saying ${sought}: ${said.stdout}${said.stderr}`));
        });
        look();
      }),
  };
}

/** Runs a command line to its end. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startCli(args, env).ended;
}
