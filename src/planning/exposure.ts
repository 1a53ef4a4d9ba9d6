import type { Plan, PlanTarget, PlanWave } from '../domain/plan.ts';
import { batches } from './batches.ts';

/** Tenants and their weight. */
export interface Reach {
  readonly tenants: number;
  readonly weight: number;
}

/** Who is on the new version at one moment of a release that goes well. */
export interface ExposurePoint {
  readonly wave: string;
  /** The declared weight that the wave's first batch has reached; `null`: the wave is done. */
  readonly weightPercent: number | null;
  /** Every target of the tenant runs the new version only. */
  readonly full: Reach;
  /** At least one target of the tenant serves it, but not all of its traffic. A pool exposes all of its tenants. */
  readonly partial: Reach;
  /** The largest share (0…100) of its traffic that a partial tenant has on the new version at a target that is stepping; 0 when none is. */
  readonly partialPercent: number;
}

/** The exposure after each step of each wave's first batch, and after each wave, in the order they happen. */
export function exposure(plan: Plan): readonly ExposurePoint[] {
  const ledger = exposureLedger(plan);
  return plan.waves.flatMap((wave) => {
    const points = firstBatchSteps(wave).map((weightPercent) => ledger.during(wave, weightPercent));
    ledger.promote(wave.targets);
    return [...points, ledger.after(wave)];
  });
}

/** Tenants and weight of a whole plan: what shares are shares of. */
export function everyone(plan: Plan): Reach {
  return { tenants: plan.tenants.length, weight: plan.tenants.reduce((sum, tenant) => sum + tenant.weight, 0) };
}

function firstBatchSteps(wave: PlanWave): readonly number[] {
  const weights = (batches(wave.targets, wave.maxConcurrency)[0] ?? []).flatMap((target) =>
    target.steps.map((step) => step.weightPercent),
  );
  return [...new Set(weights)].sort((a, b) => a - b);
}

/** Counts, tenant by tenant, the targets that are promoted, so that each is weighed once. */
function exposureLedger(plan: Plan) {
  const weights = new Map(plan.tenants.map((tenant) => [tenant.name, tenant.weight]));
  const outstanding = new Map<string, number>();
  for (const wave of plan.waves) for (const target of wave.targets) add(outstanding, target, 1);
  const touched = new Set<string>();
  const reach = (tenants: readonly string[]): Reach => ({
    tenants: tenants.length,
    weight: tenants.reduce((sum, tenant) => sum + (weights.get(tenant) ?? 0), 0),
  });
  const isFull = (tenant: string): boolean => outstanding.get(tenant) === 0;
  const point = (wave: PlanWave, weightPercent: number | null, stepping: readonly PlanTarget[]): ExposurePoint => {
    const seen = new Set([...touched, ...stepping.flatMap((target) => target.tenants)]);
    return {
      wave: wave.name,
      weightPercent,
      full: reach([...seen].filter(isFull)),
      partial: reach([...seen].filter((tenant) => !isFull(tenant))),
      partialPercent: Math.max(0, ...stepping.map((target) => effectiveAt(target, weightPercent ?? 100))),
    };
  };
  return {
    during: (wave: PlanWave, weightPercent: number) =>
      point(wave, weightPercent, batches(wave.targets, wave.maxConcurrency)[0] ?? []),
    after: (wave: PlanWave) => point(wave, null, []),
    promote: (targets: readonly PlanTarget[]) => {
      for (const target of targets) {
        add(outstanding, target, -1);
        for (const tenant of target.tenants) touched.add(tenant);
      }
    },
  };
}

/** The share that a target gives when the wave stands at a declared weight: that of its last step at or below it. */
function effectiveAt(target: PlanTarget, weightPercent: number): number {
  return target.steps.findLast((step) => step.weightPercent <= weightPercent)?.effectivePercent ?? 0;
}

function add(counts: Map<string, number>, target: PlanTarget, by: number): void {
  for (const tenant of target.tenants) counts.set(tenant, (counts.get(tenant) ?? 0) + by);
}
