import type { ClusterObserver } from '../../controller/cluster-observer.ts';
import type { TargetId } from '../../domain/plan.ts';
import type { ObservedTarget } from '../../release/observed-target.ts';
import type { Standing } from './judgement.ts';
import type { VerifiedTarget, VerifiedUnit } from './units.ts';

/** Where a target is before its verification can begin. */
export type Readiness =
  | { readonly kind: 'settled'; readonly revision: string; readonly image: string }
  /** Nothing is deployed there, so nobody is served. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsettled'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

/** Whether one revision alone serves a target's customers. */
export function readinessOf(observer: ClusterObserver | undefined, { id, cluster }: VerifiedTarget): Readiness {
  const observed = observer?.target(id);
  if (observer === undefined) return { kind: 'unreachable', message: `cluster ${cluster} is not connected` };
  const state = observer.state();
  if (state.kind === 'stale') return { kind: 'unreachable', message: `cluster ${cluster}: ${state.message}` };
  if (observed === undefined || observed === 'absent') return { kind: 'absent' };
  const trouble = unsettled(observed);
  if (trouble !== null) return { kind: 'unsettled', message: `${id} ${trouble}` };
  return { kind: 'settled', revision: observed.currentHash, image: observed.image };
}

function unsettled(observed: ObservedTarget): string | null {
  if (!observed.isObserved) return 'has a change that its Argo Rollouts controller has not taken';
  const state = `${observed.phase}${observed.message === '' ? '' : `: ${observed.message}`}`;
  if (observed.stableHash === '' || observed.stableHash !== observed.currentHash)
    return `is between two revisions (${state})`;
  return observed.phase === 'Healthy' ? null : `is not healthy (${state})`;
}

/** The standing of every target now, of which one revision is verified; a target that changed once stays so. */
export function standingsNow(
  units: readonly VerifiedUnit[],
  observers: ReadonlyMap<string, ClusterObserver>,
  before: ReadonlyMap<TargetId, Standing>,
): ReadonlyMap<TargetId, Standing> {
  const targets = units.flatMap((unit) => unit.targets);
  return new Map(targets.map((target) => [target.id, standingNow(target, observers, before.get(target.id))]));
}

function standingNow(
  target: VerifiedTarget,
  observers: ReadonlyMap<string, ClusterObserver>,
  before: Standing | undefined,
): Standing {
  if (before === undefined) return { kind: 'unknown', message: `${target.id} was not seen when it began` };
  if (before.kind !== 'runs') return before;
  const { revision, image } = before;
  const observed = observers.get(target.cluster)?.target(target.id);
  if (observed === undefined) return before;
  const current = observed === 'absent' ? 'none' : observed.currentHash;
  return current === revision ? before : { kind: 'changed', revision, image, now: current };
}

/** Why a cluster's targets cannot be vouched for at the end; `null` when they can. */
export function lostSight(
  observers: ReadonlyMap<string, ClusterObserver>,
  standings: ReadonlyMap<TargetId, Standing>,
  units: readonly VerifiedUnit[],
): ReadonlyMap<TargetId, Standing> {
  const clusterOf = new Map(units.flatMap((unit) => unit.targets).map(({ id, cluster }) => [id, cluster]));
  return new Map(
    [...standings].map(([id, standing]) => {
      const cluster = clusterOf.get(id) ?? '';
      const state = observers.get(cluster)?.state();
      if (standing.kind !== 'runs' || state?.kind !== 'stale') return [id, standing];
      const message = `cluster ${cluster} is out of sight: ${state.message}`;
      return [id, { kind: 'unknown', message } satisfies Standing];
    }),
  );
}
