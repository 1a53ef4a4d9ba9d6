import { type Instant, instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { createTimeHeap } from './heap.ts';

/** A clock whose time moves only when it is told to. */
export interface VirtualClock extends Clock {
  /** Sleeps that have neither ended nor been aborted. */
  readonly sleeping: number;
  /**
   * Moves time on, from sleep to sleep, until the instant is reached or the predicate holds; everything that is due
   * runs first, in the order (instant, order of asking).
   *
   * @param limit with a predicate: gives up at this instant @default never
   * @returns false when the limit came first, or nothing is asleep any more and the predicate still does not hold
   */
  runUntil(goal: Instant | (() => boolean), limit?: Instant): Promise<boolean>;
  /** `runUntil(now + ms)`. */
  advance(ms: number): Promise<void>;
}

interface Sleep {
  ended: boolean;
  readonly end: () => void;
}

/** A clock for tests and simulations; two runs that ask for the same sleeps replay identically. */
export function createVirtualClock(startAt: Instant = instant(Date.UTC(2026, 0, 5, 9))): VirtualClock {
  const sleeps = createTimeHeap<Sleep>();
  let now = startAt;
  let sleeping = 0;

  /** Ends the earliest sleep that was not aborted; `false` when there is none until then. */
  const wakeNext = (until: number): boolean => {
    for (let at = sleeps.nextAt(); at !== null && at <= until; at = sleeps.nextAt()) {
      const sleep = sleeps.take();
      if (sleep.ended) continue;
      now = instant(at);
      sleep.end();
      return true;
    }
    return false;
  };

  const runUntil = async (goal: Instant | (() => boolean), limit?: Instant): Promise<boolean> => {
    const until = typeof goal === 'function' ? (limit ?? Number.POSITIVE_INFINITY) : goal;
    const isReached = typeof goal === 'function' ? goal : () => false;
    for (;;) {
      await drain();
      if (isReached()) return true;
      if (!wakeNext(until)) break;
    }
    if (until !== Number.POSITIVE_INFINITY && until > now) now = instant(until);
    return typeof goal !== 'function';
  };

  return {
    now: () => now,
    get sleeping() {
      return sleeping;
    },
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          if (sleep.ended) return;
          sleep.ended = true;
          sleeping -= 1;
          signal?.removeEventListener('abort', end);
          resolve();
        };
        const sleep: Sleep = { ended: false, end };
        sleeping += 1;
        signal?.addEventListener('abort', end, { once: true });
        sleeps.add(now + Math.max(0, ms), sleep);
      });
    },
    runUntil,
    advance: async (ms) => {
      await runUntil(instant(now + ms));
    },
  };
}

/** Lets every promise and callback that is ready run: microtasks, then one turn of the event loop. */
function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
