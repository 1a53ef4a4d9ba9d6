import { kinds } from '../../ports/kinds.ts';
import { refOf } from '../model-store.ts';
import type { Pass } from './pass.ts';
import { createdSecond } from './replica-set.ts';

/** Deletes old ReplicaSets beyond `revisionHistoryLimit`, oldest first, only those without pods. */
export function pruneHistory(pass: Pass): void {
  const limit = pass.rollout.spec.revisionHistoryLimit ?? 10;
  const { others } = pass.roles;
  const surplus = others.length - limit;
  if (surplus <= 0) return;
  const oldest = others.toSorted((a, b) => createdSecond(a) - createdSecond(b)).slice(0, surplus);
  for (const replicaSet of oldest) {
    if (replicaSet.status.replicas !== 0 || replicaSet.spec.replicas !== 0) continue;
    pass.environment.store.delete(refOf(kinds.replicaSet, replicaSet));
  }
}
