import { kinds } from '../../ports/kinds.ts';
import { refOf } from '../model-store.ts';
import type { Pass } from './pass.ts';
import { createdSecond, podHashOf } from './replica-set.ts';
import { POD_HASH_LABEL } from './rollout.ts';

/** Deletes old ReplicaSets beyond `revisionHistoryLimit`, oldest first, only those without pods; their AnalysisRuns go along. */
export function pruneHistory(pass: Pass): void {
  const limit = pass.rollout.spec.revisionHistoryLimit ?? 10;
  const { others } = pass.roles;
  const surplus = others.length - limit;
  if (surplus <= 0) return;
  const oldest = others.toSorted((a, b) => createdSecond(a) - createdSecond(b)).slice(0, surplus);
  for (const replicaSet of oldest) {
    if (replicaSet.status.replicas !== 0 || replicaSet.spec.replicas !== 0) continue;
    pass.environment.store.delete(refOf(kinds.replicaSet, replicaSet));
    deleteRunsOf(pass, podHashOf(replicaSet));
  }
}

/** The analysis of a revision goes with it. */
function deleteRunsOf(pass: Pass, hash: string): void {
  for (const run of pass.environment.analysisRunsOf(pass.rollout)) {
    if (run.metadata.labels?.[POD_HASH_LABEL] !== hash) continue;
    pass.environment.store.delete(refOf(kinds.analysisRun, run));
  }
}
