import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../ports/kubernetes-api.ts';
import { fieldsOf } from './rollout-fields.ts';

/** What is found under a name. */
export type Found =
  | { readonly kind: 'rollout'; readonly rollout: KubernetesObject }
  /** `deployment`: whose template the Rollout takes; `null` when it is not there, or no Deployment. */
  | { readonly kind: 'reference'; readonly rollout: KubernetesObject; readonly deployment: KubernetesObject | null }
  | {
      readonly kind: 'deployment';
      readonly deployment: KubernetesObject;
      /** Names of those that scale it. */
      readonly autoscalers: readonly string[];
    }
  | { readonly kind: 'nothing' };

const deployments: ResourceKind = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const autoscalers: ResourceKind = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
};

/** Looks for a Rollout of this name, and for a Deployment where there is none. */
export async function findRollout(api: KubernetesApi, namespace: string, name: string): Promise<Found> {
  const rollout = await api.get({ kind: kinds.rollout, namespace, name });
  if (rollout !== undefined) {
    const { workloadRef } = fieldsOf(rollout);
    if (workloadRef === undefined) return { kind: 'rollout', rollout };
    const isDeployment = workloadRef.kind === deployments.kind;
    const named = isDeployment ? await api.get({ kind: deployments, namespace, name: workloadRef.name }) : undefined;
    return { kind: 'reference', rollout, deployment: named ?? null };
  }
  const deployment = await api.get({ kind: deployments, namespace, name });
  if (deployment === undefined) return { kind: 'nothing' };
  return { kind: 'deployment', deployment, autoscalers: await autoscalersOf(api, namespace, name) };
}

async function autoscalersOf(api: KubernetesApi, namespace: string, name: string): Promise<readonly string[]> {
  const { items } = await api.list(autoscalers, { namespace });
  return items
    .filter((item) => {
      const { scaleTargetRef } = item['spec'] as { readonly scaleTargetRef: { kind: string; name: string } };
      return scaleTargetRef.kind === deployments.kind && scaleTargetRef.name === name;
    })
    .map((item) => item.metadata.name);
}
