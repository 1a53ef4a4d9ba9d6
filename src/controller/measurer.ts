import { TerminalError, TransientError } from '../domain/errors.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import { type MeasurementState, rowKey } from '../release/snapshot.ts';
import type { WantedMeasurement } from '../release/wanted-measurements.ts';
import { createWakeup } from './wakeup.ts';

/** Asks the metric sources at a fixed pace and keeps the last answers. */
export interface Measurer {
  readonly measurements: ReadonlyMap<string, MeasurementState>;
  /** Rounds asked, for figures. */
  readonly asked: () => number;
  /** Says what is wanted from now on. */
  want(wanted: readonly WantedMeasurement[]): void;
  run(signal: AbortSignal): Promise<void>;
}

/** Makes a measurer; `changed` is called after every answer. */
export function createMeasurer(
  sources: ReadonlyMap<string, MetricSource>,
  clock: Clock,
  changed: () => void,
): Measurer {
  const measurements = new Map<string, MeasurementState>();
  const lastAt = new Map<string, Instant>();
  const underWay = new Set<string>();
  const wakeup = createWakeup(clock);
  let wanted: readonly WantedMeasurement[] = [];
  let asked = 0;

  async function ask(one: WantedMeasurement, at: Instant, signal: AbortSignal): Promise<void> {
    asked += 1;
    try {
      measurements.set(one.key, await askSource(sources.get(one.source), one, at, signal));
    } finally {
      underWay.delete(one.key);
      changed();
      wakeup.wake();
    }
  }

  const dueAt = (one: WantedMeasurement): Instant | null => {
    const last = lastAt.get(one.key);
    return last === undefined ? null : later(last, one.intervalMs);
  };

  return {
    measurements,
    asked: () => asked,
    want(next) {
      const isNew = next.some((one) => !lastAt.has(one.key));
      wanted = next;
      if (isNew) wakeup.wake();
    },
    async run(signal) {
      const rounds = new Set<Promise<void>>();
      while (!signal.aborted) {
        const now = clock.now();
        for (const one of wanted) {
          const due = dueAt(one);
          if (underWay.has(one.key) || (due !== null && due > now)) continue;
          lastAt.set(one.key, now);
          underWay.add(one.key);
          const round = ask(one, now, signal).finally(() => rounds.delete(round));
          rounds.add(round);
        }
        // a round under way wakes when it ends: waiting for its successor's time, which may have passed, would spin
        const idle = wanted.filter((one) => !underWay.has(one.key));
        await wakeup.wait(earliest(...idle.map(dueAt)), signal);
      }
      await Promise.allSettled(rounds);
    },
  };
}

/** Asks a source once; what keeps it from answering is part of the state. */
export async function askSource(
  source: MetricSource | undefined,
  one: WantedMeasurement,
  at: Instant,
  signal: AbortSignal,
): Promise<MeasurementState> {
  if (source === undefined) return unavailable(at, `metric source ${one.source} is not configured`);
  try {
    const { measured: slo, windowMs, rows } = one;
    const answered = await source.measure({ slo, windowMs, at, rows }, signal);
    const byRow = new Map(
      answered.map(({ cluster, tenantId, revision, good, total, seen }) => [
        rowKey(cluster, tenantId, revision),
        { good, total, seen },
      ]),
    );
    return { kind: 'counts', at, rows: byRow };
  } catch (error) {
    if (error instanceof TransientError) return unavailable(at, error.message, error.reason ?? undefined);
    if (error instanceof TerminalError) return unavailable(at, error.message);
    throw error;
  }
}

function unavailable(at: Instant, message: string, reason = 'SourceUnavailable'): MeasurementState {
  return { kind: 'unavailable', at, reason, message };
}
