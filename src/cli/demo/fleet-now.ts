import type { Plan, PlanTarget, TargetId } from '../../domain/plan.ts';
import { kinds } from '../../ports/kinds.ts';
import { projectRollout } from '../../release/observed-target.ts';
import { targetsOf } from '../view/exposure-now.ts';
import type { DemoWorld } from './demo-world.ts';

/** What serves a target: one image alone, or two at once. */
export type Served = { readonly kind: 'alone'; readonly image: string } | { readonly kind: 'mixed' };

/** What serves each target of a plan now, asked of the clusters. */
export function servedNow(world: DemoWorld, plan: Plan): ReadonlyMap<TargetId, Served> {
  return new Map(
    targetsOf(plan).map(({ id, cluster, namespace, rollout }) => {
      const object = world.objects(cluster).get({ kind: kinds.rollout, namespace, name: rollout });
      if (object === undefined) return [id, { kind: 'mixed' }];
      const { phase, image, currentHash, stableHash } = projectRollout(object);
      const isAlone = phase === 'Healthy' && currentHash === stableHash;
      return [id, isAlone ? { kind: 'alone', image } : { kind: 'mixed' }];
    }),
  );
}

/** The version that serves each tenant, by name; `mixed` where its targets, or one of them, serve two. */
export function versionsOfTenants(
  plan: Plan,
  served: ReadonlyMap<TargetId, Served>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const seen = new Map<string, Set<string>>();
  for (const target of targetsOf(plan)) {
    const version = versionOf(target, served, names);
    for (const tenant of target.tenants) {
      const versions = seen.get(tenant) ?? new Set();
      seen.set(tenant, versions.add(version));
    }
  }
  return new Map([...seen].map(([tenant, versions]) => [tenant, versions.size === 1 ? [...versions][0]! : MIXED]));
}

/** What a target is said to serve that serves two versions. */
export const MIXED = 'mixed';

/** The version that serves a target, by name. */
export function versionOf(
  target: PlanTarget,
  served: ReadonlyMap<TargetId, Served>,
  names: ReadonlyMap<string, string>,
): string {
  const one = served.get(target.id);
  return one?.kind === 'alone' ? (names.get(one.image) ?? one.image) : MIXED;
}
