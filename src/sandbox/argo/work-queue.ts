import type { Clock } from '../../ports/clock.ts';
import type { Alarms, CancelAlarm } from '../clock/alarms.ts';

/** Starts the work on a key; calls `done` when the key may be worked on again. */
export type Work = (key: string, done: () => void) => void;

/** Keys to be worked on: each once at a time, asked for again while it runs means once more afterwards. */
export interface WorkQueue {
  /** Soon, in a later turn. */
  add(key: string): void;
  /** After so long; of several such wishes for a key the earliest counts. */
  addAfter(key: string, ms: number): void;
  /** After a gap that doubles with every failure, 1 ms to 10 s. */
  addAfterFailure(key: string): void;
  /** The key did well: its gaps start again at 1 ms. */
  forget(key: string): void;
  /** Nothing is started any more. */
  stop(): void;
}

const LONGEST_GAP_MS = 10_000;

interface Wish {
  readonly at: number;
  readonly cancel: CancelAlarm;
}

/** A queue like the controller's own. @param workers keys that are worked on at once */
export function createWorkQueue(alarms: Alarms, clock: Clock, workers: number, work: Work): WorkQueue {
  const running = new Set<string>();
  const dirty = new Set<string>();
  const waiting = new Set<string>();
  const wishes = new Map<string, Wish>();
  const failures = new Map<string, number>();
  let isWoken = false;
  let isStopped = false;

  const startNext = (): void => {
    for (const key of waiting) {
      if (isStopped || running.size >= workers) return;
      waiting.delete(key);
      running.add(key);
      work(key, () => finish(key));
    }
  };

  const finish = (key: string): void => {
    running.delete(key);
    if (dirty.delete(key)) waiting.add(key);
    startNext();
  };

  const add = (key: string): void => {
    if (isStopped) return;
    if (running.has(key)) {
      dirty.add(key);
      return;
    }
    waiting.add(key);
    if (isWoken) return;
    isWoken = true;
    alarms.after(0, () => {
      isWoken = false;
      startNext();
    });
  };

  const addAfter = (key: string, ms: number): void => {
    const at = clock.now() + ms;
    const wish = wishes.get(key);
    if (wish !== undefined && wish.at <= at) return;
    wish?.cancel();
    const cancel = alarms.after(ms, () => {
      wishes.delete(key);
      add(key);
    });
    wishes.set(key, { at, cancel });
  };

  return {
    add,
    addAfter,
    addAfterFailure(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(LONGEST_GAP_MS, 2 ** count));
    },
    forget: (key) => {
      failures.delete(key);
    },
    stop() {
      isStopped = true;
      for (const { cancel } of wishes.values()) cancel();
      wishes.clear();
    },
  };
}
