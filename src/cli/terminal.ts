import type { Terminal } from './command.ts';

const PLAIN_COLUMNS = 120;

/** The process's own terminal. A reader that goes away, as `head` does, ends the process quietly. */
export function openTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  const isInteractive = stdout.isTTY && env['TERM'] !== 'dumb';
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isInteractive,
    get columns() {
      return stdout.columns ?? PLAIN_COLUMNS;
    },
    hasColour: isInteractive && (env['NO_COLOR'] ?? '') === '',
  };
}
