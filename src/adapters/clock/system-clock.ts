import { instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** What `setTimeout` takes at most; a longer sleep is cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Sleeps are measured on the monotonic clock, so setting the time of day neither shortens nor stretches them. */
export function createSystemClock(): Clock {
  return {
    now: () => instant(Date.now()),
    sleep: (ms, signal) => sleepUntil(performance.now() + ms, signal),
  };
}

function sleepUntil(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const wait = (): void => {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) end();
      else timer = setTimeout(wait, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    };
    signal?.addEventListener('abort', end, { once: true });
    wait();
  });
}
