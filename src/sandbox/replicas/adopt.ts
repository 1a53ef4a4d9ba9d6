import { kinds } from '../../ports/kinds.ts';
import type { ReplicaSet } from '../argo/replica-set.ts';
import type { ModelStore } from '../model-store.ts';
import type { CountedPod } from './pod-set.ts';

/** The pods that a ReplicaSet had when nobody watched: those that were ready are, the others start again at `readyAt`. */
export function adoptPods(objects: ModelStore, replicaSet: ReplicaSet, readyAt: number | null): readonly CountedPod[] {
  const { replicas, readyReplicas = 0 } = replicaSet.status;
  const found = objects.owned(kinds.pod, replicaSet.metadata.uid ?? '');
  const names = found.length > 0 ? found.map(({ metadata }) => metadata.name) : unnamed(replicaSet, replicas);
  return names.map((name, index) => ({ name, readyAt: index < readyReplicas ? 0 : readyAt }));
}

function unnamed(replicaSet: ReplicaSet, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${replicaSet.metadata.name}-adopted-${index}`);
}
