import type { Plan, PlanTarget, PlanTenant, PlanWave, TargetId } from '../domain/plan.ts';
import type { JsonObject } from '../domain/workload.ts';
import { imagesOf } from './container-images.ts';
import { digestOfTemplate } from './template-digest.ts';

/** A target with what the decisions need at hand. */
export interface IndexedTarget {
  readonly target: PlanTarget;
  readonly waveIndex: number;
  /** Digest of the template that this release wants here; of an adopted Rollout it means nothing. */
  readonly templateDigest: string;
  /** Container → image that this release wants in an adopted Rollout, all that is ours of its template; `null`: the whole template is ours. */
  readonly ownedImages: Readonly<Record<string, string>> | null;
  readonly stepsDigest: string;
  readonly tenants: readonly PlanTenant[];
  /** Rank of the tier in the rollback order; 0 goes first. */
  readonly rollbackRank: number;
}

/** A plan with its lookups, made once per release. */
export interface PlanIndex {
  readonly plan: Plan;
  readonly waves: readonly PlanWave[];
  readonly targets: ReadonlyMap<TargetId, IndexedTarget>;
}

/** Builds the lookups of a plan. */
export function indexPlan(plan: Plan): PlanIndex {
  const tenants = new Map(plan.tenants.map((tenant) => [tenant.name, tenant]));
  const digests = new Map<string, Wanted>();
  const targets = new Map<TargetId, IndexedTarget>();
  plan.waves.forEach((wave, waveIndex) => {
    for (const target of wave.targets) {
      const digest = digests.get(target.rolloutManifest) ?? wantedOf(plan, manifestOf(plan, target.rolloutManifest));
      digests.set(target.rolloutManifest, digest);
      targets.set(target.id, {
        target,
        waveIndex,
        ...digest,
        tenants: target.tenants.flatMap((name) => tenants.get(name) ?? []),
        rollbackRank: rankOf(plan.rollback.order, target.tier),
      });
    }
  });
  return { plan, waves: plan.waves, targets };
}

/** A rendered object of the plan. */
export function manifestOf(plan: Plan, digest: string): JsonObject {
  return JSON.parse(plan.manifests[digest] ?? '{}') as JsonObject;
}

type Wanted = Pick<IndexedTarget, 'templateDigest' | 'ownedImages' | 'stepsDigest'>;

function wantedOf({ source }: Plan, rollout: JsonObject): Wanted {
  const spec = rollout['spec'] as { template?: JsonObject; strategy?: { canary?: { steps?: JsonObject[] } } };
  return {
    templateDigest: digestOfTemplate(spec.template ?? {}),
    ownedImages: source === 'existing' ? imagesOf(spec.template) : null,
    stepsDigest: digestOfTemplate({ steps: spec.strategy?.canary?.steps ?? [] }),
  };
}

function rankOf(order: readonly string[], tier: string): number {
  const rank = order.indexOf(tier);
  return rank === -1 ? order.length : rank;
}
