import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { POD_HASH_LABEL, type PodTemplate, SCALE_DOWN_DEADLINE_ANNOTATION } from './rollout.ts';

/** A ReplicaSet as the models see it. */
export interface ReplicaSet extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: PodTemplate;
  };
  readonly status: {
    readonly replicas: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly ReplicaSetCondition[];
  };
}

/** What a ReplicaSet says of its pods; `ReplicaFailure` when they cannot be created. */
export interface ReplicaSetCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Sees an object of the store as a ReplicaSet; the schema has been checked by the store. */
export function asReplicaSet(object: KubernetesObject): ReplicaSet {
  const status = object['status'] ?? { replicas: 0 };
  return { ...object, status } as unknown as ReplicaSet;
}

/** The hash under which its pods are told apart. */
export function podHashOf(replicaSet: ReplicaSet): string {
  return replicaSet.metadata.labels?.[POD_HASH_LABEL] ?? '';
}

/** When its pods go, in milliseconds since the epoch; `null` when they have no such date. */
export function scaleDownDeadlineOf(replicaSet: ReplicaSet): number | null {
  const text = replicaSet.metadata.annotations?.[SCALE_DOWN_DEADLINE_ANNOTATION];
  return text === undefined ? null : Date.parse(text);
}

/** Its available pods. */
export function availableOf(replicaSet: ReplicaSet | undefined): number {
  return replicaSet?.status.availableReplicas ?? 0;
}

/** Pods wanted by all of them together. */
export function wantedReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicaSet.spec.replicas, 0);
}

/** Pods that exist, of all of them together. */
export function actualReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicaSet.status.replicas, 0);
}

/** Pods that are ready, of all of them together. */
export function readyReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status.readyReplicas ?? 0), 0);
}

/** Pods that are available, of all of them together. */
export function availableReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + availableOf(replicaSet), 0);
}

/** Seconds since the epoch at which it was created: Kubernetes keeps no finer time. */
export function createdSecond(replicaSet: ReplicaSet): number {
  return Math.floor(Date.parse(replicaSet.metadata.creationTimestamp ?? '') / 1000);
}
