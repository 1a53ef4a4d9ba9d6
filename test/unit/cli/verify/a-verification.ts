import { type VerifiedUnit, verifiedUnits } from '../../../../src/cli/verify/units.ts';
import type { RowCounts } from '../../../../src/domain/series-seen.ts';
import type { Counts } from '../../../../src/domain/verdict.ts';
import type { WavePlan } from '../../../../src/domain/wave-plan.ts';
import { type MeasurementState, rowKey } from '../../../../src/release/snapshot.ts';
import { fleet, NOW, wavePlan, workload } from '../../planning/storefront.ts';

/** The storefront's wave plan with every wave judged target by target. */
export const byTarget: WavePlan = {
  ...wavePlan,
  waves: wavePlan.waves.map((wave) => ({ ...wave, analysis: { ...wave.analysis, scope: 'target' } })),
};

/** The units of the storefront; held umbrella included. */
export function unitsOf(parts: Partial<Parameters<typeof verifiedUnits>[0]> = {}): readonly VerifiedUnit[] {
  return verifiedUnits({
    input: { fleet, workloads: [workload], wavePlans: [wavePlan] },
    workload,
    wavePlan: byTarget,
    minRequests: null,
    selection: { kind: 'all' },
    now: NOW,
    ...parts,
  });
}

/** The revision that every target runs. */
export const REVISION = 'abc';

/** An answer in which everybody has these counts, those apart that are named by id. */
export function answer(
  units: readonly VerifiedUnit[],
  everybody: Counts | null,
  apart: Readonly<Record<string, Counts | null>> = {},
  revision = REVISION,
): MeasurementState {
  const rows = new Map<string, RowCounts>();
  for (const { cluster, tenants } of units.flatMap((unit) => unit.targets)) {
    for (const { id } of tenants) {
      const counts = id in apart ? apart[id]! : everybody;
      if (counts !== null) rows.set(rowKey(cluster, id, revision), { ...counts, seen: null });
    }
  }
  return { kind: 'counts', at: NOW, rows };
}
