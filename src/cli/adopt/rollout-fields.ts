import type { Json, JsonObject } from '../../domain/workload.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';

/** What adoption reads of a Rollout's or a Deployment's spec. */
export interface RolloutFields {
  readonly replicas?: number;
  readonly selector?: JsonObject;
  readonly template?: JsonObject;
  readonly workloadRef?: { readonly kind: string; readonly name: string; readonly [field: string]: Json };
  readonly strategy?: { readonly canary?: { readonly steps?: readonly JsonObject[] } };
  readonly [field: string]: unknown;
}

/** The spec of a live Rollout or Deployment. */
export function fieldsOf(object: KubernetesObject): RolloutFields {
  return (object['spec'] ?? {}) as RolloutFields;
}

/** Canary steps; `null`: it has none. */
export function stepsOf(rollout: KubernetesObject): readonly JsonObject[] | null {
  return fieldsOf(rollout).strategy?.canary?.steps ?? null;
}
