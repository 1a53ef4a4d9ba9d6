import type { Clock } from '../../ports/clock.ts';
import { createTimeHeap } from './heap.ts';

/** Takes an alarm back; quiet when it has rung. */
export type CancelAlarm = () => void;

/** Callbacks on a Clock, in the order (instant, order of setting), with at most one sleep under way. */
export interface Alarms {
  /** Rings after `ms` milliseconds; 0 and less ring in a later turn too, never at once. */
  after(ms: number, ring: () => void): CancelAlarm;
  /** Nothing rings any more. */
  stop(): void;
}

/** So many ring in one turn; the others of that instant let everybody else have a turn first. */
const RUNG_AT_ONCE = 32;

interface Alarm {
  cancelled: boolean;
  readonly ring: () => void;
}

/** Alarms on any clock: models of controllers need callbacks, the port has sleeps only. */
export function createAlarms(clock: Clock): Alarms {
  const alarms = createTimeHeap<Alarm>();
  const stopped = new AbortController();
  let armedAt: number | null = null;
  let armed: AbortController | null = null;

  const arm = (): void => {
    const next = alarms.nextAt();
    if (stopped.signal.aborted || next === null || (armedAt !== null && armedAt <= next)) return;
    armed?.abort();
    const controller = new AbortController();
    armed = controller;
    armedAt = next;
    void clock.sleep(next - clock.now(), controller.signal).then(() => {
      if (controller.signal.aborted) return;
      armedAt = null;
      armed = null;
      ringDue();
    });
  };

  const ringDue = (): void => {
    const now = clock.now();
    for (let count = 0; count < RUNG_AT_ONCE; count++) {
      const next = alarms.nextAt();
      if (next === null || next > now) break;
      const alarm = alarms.take();
      if (!alarm.cancelled && !stopped.signal.aborted) alarm.ring();
    }
    arm();
  };

  return {
    after(ms, ring) {
      const alarm: Alarm = { cancelled: false, ring };
      alarms.add(clock.now() + Math.max(0, ms), alarm);
      arm();
      return () => {
        alarm.cancelled = true;
      };
    },
    stop() {
      stopped.abort();
      armed?.abort();
    },
  };
}
