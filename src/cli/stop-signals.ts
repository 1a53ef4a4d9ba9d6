import type { EventEmitter } from 'node:events';

/** How a process ends by its signals; for tests another one. */
export interface StoppedProcess extends Pick<EventEmitter, 'on' | 'removeAllListeners'> {
  readonly pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  exit(code: number): unknown;
}

/** Exit codes of a process that ended by a signal, as shells have them. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** A container's first process: nobody sends it a second signal, only the end, ten seconds after the first one by Docker's custom. */
const FIRST = 1;
const GRACE_MS = 9_500;

/**
 * Ends the process on SIGINT and SIGTERM, as it would by itself were it not the first one of a container, which no signal without a
 * listener ends. Whoever asks for the answer's signal is aborted instead, and ended by a second one.
 */
export function takeStopSignals(process: StoppedProcess): () => AbortSignal {
  const isFirst = process.pid === FIRST;
  let stopping: AbortController | null = null;

  function stop(name: keyof typeof CODES): void {
    const code = CODES[name];
    if (stopping !== null && !stopping.signal.aborted) {
      stopping.abort();
      // what it leaves behind ends with it
      if (isFirst) setTimeout(() => process.exit(code), GRACE_MS).unref();
      return;
    }
    if (isFirst || stopping !== null) {
      process.exit(code);
      return;
    }
    // whoever started us sees by what we ended: a shell's loop stops
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  }

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // the launcher's, which bridged the time until here
    process.removeAllListeners(name);
    process.on(name, () => stop(name));
  }
  return () => {
    stopping ??= new AbortController();
    return stopping.signal;
  };
}
