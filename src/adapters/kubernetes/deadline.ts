import type { Clock } from '../../ports/clock.ts';

/** Runs `work`; after `ms` milliseconds its signal aborts and the promise rejects with `onTimeout()`. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  onTimeout: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const finished = new AbortController();
  const timeout = clock.sleep(ms, finished.signal).then(() => {
    // Woken by the end of the work: the race is over, and nobody looks at this promise.
    if (finished.signal.aborted) return undefined as never;
    limit.abort();
    throw onTimeout();
  });
  try {
    return await Promise.race([work(limit.signal), timeout]);
  } finally {
    finished.abort();
  }
}
