import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import type { Leadership } from '../../../src/ports/leadership.ts';

/** What one pass of the loop took, on the CPU of its thread. */
export interface PassMeter {
  /** CPU milliseconds of each pass, from the look at leadership to the decision: snapshot, wanted measurements, `decide`. */
  readonly passesMs: readonly number[];
  readonly report: (event: DaemonEvent) => void;
  readonly leadershipOf: (leadership: Leadership) => Leadership;
}

/** Meters passes without a hand in the loop: each begins by asking for the epoch, and ends by telling its decision, without a wait in between. */
export function createPassMeter(): PassMeter {
  const passesMs: number[] = [];
  let began = process.threadCpuUsage();
  return {
    passesMs,
    report(event) {
      if (event.type !== 'decided') return;
      const { user, system } = process.threadCpuUsage(began);
      passesMs.push((user + system) / 1000);
    },
    leadershipOf: (leadership) => ({
      ...leadership,
      state() {
        began = process.threadCpuUsage();
        return leadership.state();
      },
    }),
  };
}
