import type { Terminal } from './command.ts';

const PLAIN_COLUMNS = 120;
const PLAIN_ROWS = 40;

/** The process's own terminal. A reader that goes away, as `head` does, ends the process quietly. */
export function openTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  // a terminal that says it has no rows, as in some containers and CI, would show nothing of what is redrawn
  const isInteractive = stdout.isTTY && stdout.rows !== 0 && env['TERM'] !== 'dumb';
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isInteractive,
    get columns() {
      return stdout.columns ?? PLAIN_COLUMNS;
    },
    get rows() {
      return stdout.rows ?? PLAIN_ROWS;
    },
    hasColour: isInteractive && (env['NO_COLOR'] ?? '') === '',
  };
}
