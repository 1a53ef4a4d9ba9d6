import type { MeasuredSlo, PlanMeasurement } from '../domain/plan.ts';
import { measurementsOf } from './gate.ts';
import { measurementKey, type Snapshot } from './snapshot.ts';

/** A question that the release wants answered every `intervalMs`. */
export interface WantedMeasurement {
  readonly key: string;
  readonly source: string;
  readonly measured: MeasuredSlo;
  readonly windowMs: number;
  readonly intervalMs: number;
  readonly rows: readonly { readonly cluster: string; readonly tenantId: string }[];
}

/** One question per source and SLO for all started targets together; none before the first has started. */
export function wantedMeasurements(snapshot: Snapshot): readonly WantedMeasurement[] {
  const wanted = new Map<string, WantedMeasurement & { readonly rows: { cluster: string; tenantId: string }[] }>();
  for (const run of snapshot.runs.values()) {
    const indexed = snapshot.index.targets.get(run.target);
    if (indexed === undefined) continue;
    const wave = snapshot.index.waves[indexed.waveIndex]!;
    for (const measurement of measurementsOf(snapshot, wave, indexed)) {
      const key = measurementKey(measurement, wave);
      const entry = wanted.get(key) ?? blank(key, measurement, wave.analysis);
      for (const tenant of indexed.tenants) entry.rows.push({ cluster: indexed.target.cluster, tenantId: tenant.id });
      wanted.set(key, { ...entry, intervalMs: Math.min(entry.intervalMs, wave.analysis.intervalMs) });
    }
  }
  return [...wanted.values()];
}

function blank(key: string, measurement: PlanMeasurement, analysis: { windowMs: number; intervalMs: number }) {
  const { source, measured } = measurement;
  return { key, source, measured, windowMs: analysis.windowMs, intervalMs: analysis.intervalMs, rows: [] };
}
