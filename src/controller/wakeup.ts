import type { Instant } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** Lets a loop sleep until something changes. A wake before the wait is not lost. */
export interface Wakeup {
  wake(): void;
  /** Resolves on the next wake, at `until`, or when the signal aborts. `null`: on a wake only. */
  wait(until: Instant | null, signal: AbortSignal): Promise<void>;
}

/** Longest sleep without a look, ms: bounds what a lost wake could cost. */
const LONGEST_WAIT_MS = 60_000;

/** Makes a wakeup for one waiting loop. */
export function createWakeup(clock: Clock): Wakeup {
  let pending = new AbortController();
  return {
    wake: () => pending.abort(),
    async wait(until, signal) {
      const waitMs = until === null ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, until - clock.now());
      if (waitMs > 0 && !pending.signal.aborted && !signal.aborted) {
        const ended = new AbortController();
        const end = () => ended.abort();
        pending.signal.addEventListener('abort', end, { once: true });
        signal.addEventListener('abort', end, { once: true });
        await clock.sleep(waitMs, ended.signal);
        pending.signal.removeEventListener('abort', end);
        signal.removeEventListener('abort', end);
      }
      pending = new AbortController();
    },
  };
}
