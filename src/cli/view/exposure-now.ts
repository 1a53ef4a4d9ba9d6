import type { Plan, PlanTarget, TargetId } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Reach } from '../../planning/exposure.ts';

/** On which version a target serves, as far as it is persisted. */
export type Serving = 'old' | 'partly' | 'new';

/** On which version a target serves: `partly` from its first step until the promotion, or the way back, is seen done. */
export function servingOf(run: TargetRun | undefined): Serving {
  if (run === undefined) return 'old';
  if (run.reachedAt === null) return 'partly';
  return run.goal.kind === 'restored' ? 'old' : 'new';
}

/** Tenants by the version that serves them; each is counted once. */
export interface ExposureNow {
  readonly onNew: Reach;
  readonly partly: Reach;
  readonly onOld: Reach;
  readonly all: Reach;
}

/** Who is on which version. A tenant with several targets is `partly` until all of them agree. */
export function exposureNow(plan: Plan, runs: readonly TargetRun[]): ExposureNow {
  const serving = tenantsServing(plan, runs);
  const reach = (wanted: Serving | null): Reach => {
    const found = plan.tenants.filter((tenant) => wanted === null || serving.get(tenant.name) === wanted);
    return { tenants: found.length, weight: found.reduce((sum, { weight }) => sum + weight, 0) };
  };
  return { onNew: reach('new'), partly: reach('partly'), onOld: reach('old'), all: reach(null) };
}

/** The version of each tenant of the plan, those included whom the release leaves out. */
export function tenantsServing(plan: Plan, runs: readonly TargetRun[]): ReadonlyMap<string, Serving> {
  const byTarget = new Map<TargetId, TargetRun>(runs.map((run) => [run.target, run]));
  const seen = new Map<string, Set<Serving>>();
  for (const target of targetsOf(plan)) {
    for (const tenant of target.tenants) {
      const states = seen.get(tenant) ?? new Set();
      seen.set(tenant, states.add(servingOf(byTarget.get(target.id))));
    }
  }
  return new Map(plan.tenants.map(({ name }) => [name, agreed(seen.get(name))]));
}

/** Every target of a plan, in the order they start. */
export function targetsOf(plan: Plan): readonly PlanTarget[] {
  return plan.waves.flatMap((wave) => wave.targets);
}

function agreed(states: ReadonlySet<Serving> | undefined): Serving {
  if (states === undefined) return 'old';
  const [first] = states;
  return states.size === 1 && first !== undefined ? first : 'partly';
}
