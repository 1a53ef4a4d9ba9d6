import { runCommandLine } from './program.ts';
import { openTerminal } from './terminal.ts';

/** Time that connections which were not closed may take to end by themselves. */
const LINGER_MS = 2000;

let stopping: AbortController | null = null;

/** Takes SIGINT and SIGTERM over on first use; a second signal ends the process at once. */
function stopSignal(): AbortSignal {
  if (stopping !== null) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort();
    });
  }
  return controller.signal;
}

await runCommandLine(process.argv.slice(2), {
  terminal: openTerminal(process.env),
  env: process.env,
  get signal() {
    return stopSignal();
  },
  finish(code) {
    process.exitCode = code;
    setTimeout(() => process.exit(), LINGER_MS).unref();
  },
});
