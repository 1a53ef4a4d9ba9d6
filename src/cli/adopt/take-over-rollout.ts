import type { Json, JsonObject } from '../../domain/workload.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { fieldsOf } from './rollout-fields.ts';

/** Fields that mean the same in a Deployment and in a Rollout. */
const SHARED = ['minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit'] as const;

/**
 * The Rollout that takes a Deployment over: its template by reference, and the Deployment's pods go once the Rollout's are healthy. Labels and
 * annotations stay behind: to the tool that made the Deployment they would say that the Rollout is its own.
 *
 * @see https://argo-rollouts.readthedocs.io/en/stable/migrating/
 */
export function takeOverRollout(deployment: KubernetesObject): JsonObject {
  const spec = fieldsOf(deployment);
  const { name, namespace } = deployment.metadata;
  const strategy = spec['strategy'] as { readonly rollingUpdate?: JsonObject } | undefined;
  const shared = SHARED.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field] as Json]);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      replicas: spec.replicas ?? 1,
      ...(Object.fromEntries(shared) as JsonObject),
      selector: spec.selector ?? {},
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name, scaleDown: 'onsuccess' },
      strategy: { canary: strategy?.rollingUpdate ?? {} },
    },
  };
}
