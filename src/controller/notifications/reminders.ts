import type { Notice } from '../../domain/notice.ts';
import { earliest } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LaterNotice } from '../../release/notice-flapping.ts';
import { createWakeup } from '../wakeup.ts';

/** News that wait until their quiet time is over. */
export interface Reminders {
  /** What there is to say about a release from now on, instead of what was before. */
  set(releaseUid: string, notices: readonly LaterNotice[]): void;
  run(signal: AbortSignal): Promise<void>;
}

/** What reminders need. */
export interface RemindersWorld {
  readonly clock: Clock;
  /** Whether the news of a release may still be told one day. */
  readonly isKnown: (releaseUid: string) => boolean;
  readonly tell: (notice: Notice) => void;
}

/** Makes reminders; each piece of news is told once. */
export function createReminders({ clock, isKnown, tell }: RemindersWorld): Reminders {
  const waiting = new Map<string, readonly LaterNotice[]>();
  const done = new Map<string, ReadonlySet<string>>();
  const wakeup = createWakeup(clock);

  function tellDue(): void {
    const now = clock.now();
    for (const [uid, notices] of waiting) {
      const due = notices.filter(({ dueAt }) => dueAt <= now);
      if (due.length === 0) continue;
      done.set(uid, new Set([...(done.get(uid) ?? []), ...due.map(({ notice }) => notice.key)]));
      keep(
        uid,
        notices.filter((one) => !due.includes(one)),
      );
      if (isKnown(uid)) for (const { notice } of due) tell(notice);
    }
  }

  function keep(uid: string, notices: readonly LaterNotice[]): void {
    if (notices.length === 0) waiting.delete(uid);
    else waiting.set(uid, notices);
  }

  return {
    set(uid, notices) {
      const before = done.get(uid) ?? new Set();
      const still = new Set(notices.map(({ notice }) => notice.key).filter((key) => before.has(key)));
      if (still.size === 0) done.delete(uid);
      else done.set(uid, still);
      keep(
        uid,
        notices.filter(({ notice }) => !still.has(notice.key)),
      );
      wakeup.wake();
    },
    async run(signal) {
      while (!signal.aborted) {
        tellDue();
        const dueTimes = [...waiting.values()].flatMap((notices) => notices.map(({ dueAt }) => dueAt));
        await wakeup.wait(earliest(...dueTimes), signal);
      }
    },
  };
}
