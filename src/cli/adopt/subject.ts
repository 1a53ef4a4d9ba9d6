import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, ObjectRef } from '../../ports/kubernetes-api.ts';

/** A Rollout to adopt: where it is, and what a release will write into it. */
export interface AdoptionSubject {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly namespace: string;
  readonly rollout: string;
  /** Noted on the Rollout. */
  readonly workload: string;
  /** Containers whose images a release changes. */
  readonly containers: readonly string[];
  /** The command that proves it, for messages. */
  readonly command: string;
}

/** The Rollout of a subject. */
export function rolloutRef({ namespace, rollout }: Pick<AdoptionSubject, 'namespace' | 'rollout'>): ObjectRef {
  return { kind: kinds.rollout, namespace, name: rollout };
}

/** `rollout storefront in namespace acme of cluster shared-eu`, for messages. */
export function describeSubject({ api, namespace, rollout }: AdoptionSubject): string {
  return `rollout ${rollout} in namespace ${namespace} of ${api.cluster}`;
}
