import { asReplicaSet, type ReplicaSet } from '../../../../src/sandbox/argo/replica-set.ts';
import { asRollout, type Rollout, type RolloutSpec, type RolloutStatus } from '../../../../src/sandbox/argo/rollout.ts';

/** A Rollout of four pods whose only peculiarities are those that are given. */
export function aRollout(parts: {
  readonly spec?: Partial<RolloutSpec>;
  readonly status?: RolloutStatus;
  readonly generation?: number;
}): Rollout {
  const spec: RolloutSpec = {
    replicas: 4,
    selector: { matchLabels: { app: 'app' } },
    template: { metadata: { labels: { app: 'app' } }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
    strategy: { canary: {} },
    ...parts.spec,
  };
  return asRollout({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'app', namespace: 'shop', uid: 'uid-app', generation: parts.generation ?? 1 },
    spec,
    status: parts.status ?? {},
  });
}

/** A ReplicaSet of that hash; every wanted pod is there. */
export function aReplicaSet(
  hash: string,
  replicas: number,
  available = replicas,
  createdAt = '2026-01-01T00:00:00Z',
): ReplicaSet {
  return asReplicaSet({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: hash,
      namespace: 'shop',
      creationTimestamp: createdAt,
      labels: { 'rollouts-pod-template-hash': hash },
    },
    spec: { replicas },
    status: { replicas, availableReplicas: available, readyReplicas: available },
  });
}
