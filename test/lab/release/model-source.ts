import type { Plan } from '../../../src/domain/plan.ts';
import { labelKeys } from '../../../src/manifests/labels.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { MeasuredRow, MetricSource } from '../../../src/ports/metric-source.ts';

const REQUESTS_PER_SECOND = 200;

/** Share of bad answers that a version gives to a tenant, 0…1. */
export type BadRatio = (tenantId: string, image: string) => number;

interface Revision {
  readonly namespace: string;
  readonly hash: string;
  readonly image: string;
  readonly ready: number;
}

/** A metric source computed from the live ReplicaSets of one cluster: a revision has traffic while it has ready pods. */
export function createLiveModelSource(name: string, api: KubernetesApi, plan: Plan, badRatio: BadRatio): MetricSource {
  const targets = plan.waves.flatMap((wave) => wave.targets);
  const ids = new Map(plan.tenants.map((tenant) => [tenant.name, tenant.id]));
  const namespaceOf = new Map(
    targets.flatMap((target) => target.tenants.map((tenant) => [ids.get(tenant)!, target.namespace] as const)),
  );
  return {
    name,
    async measure({ windowMs, rows }) {
      const revisions = await readyRevisions(api, plan.workload);
      return rows.flatMap(({ cluster, tenantId }): MeasuredRow[] => {
        const own = revisions.filter(({ namespace }) => namespace === namespaceOf.get(tenantId));
        const pods = own.reduce((sum, { ready }) => sum + ready, 0);
        return own.map(({ hash, image, ready }) => {
          const total = (REQUESTS_PER_SECOND * windowMs * ready) / (1000 * pods);
          return {
            cluster,
            tenantId,
            revision: hash,
            total,
            good: total * (1 - badRatio(tenantId, image)),
            seen: null,
          };
        });
      });
    },
  };
}

/** The revisions that serve now. */
export async function readyRevisions(api: KubernetesApi, workload: string): Promise<readonly Revision[]> {
  const labelSelector = `${labelKeys.workload}=${workload}`;
  const { items } = await api.list(kinds.replicaSet, { namespace: null, labelSelector });
  return items
    .map((set) => ({
      namespace: set.metadata.namespace ?? '',
      hash: set.metadata.labels?.['rollouts-pod-template-hash'] ?? '',
      image: (set['spec'] as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]!
        .image,
      ready: (set['status'] as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0,
    }))
    .filter(({ ready }) => ready > 0);
}
