import { kinds } from '../../ports/kinds.ts';
import { refOf } from '../model-store.ts';
import type { Pass } from './pass.ts';
import { isAborted } from './pause.ts';
import { fencepostsOf, isSeparate, nextCounts } from './replica-counts.ts';
import { availableOf, availableReplicas, createdSecond, type ReplicaSet, scaleDownDeadlineOf } from './replica-set.ts';
import { replaceReplicaSet } from './revision.ts';
import {
  DESIRED_REPLICAS_ANNOTATION,
  isRouted,
  pauseOf,
  replicasOf,
  revisionOf,
  SCALE_DOWN_DEADLINE_ANNOTATION,
} from './rollout.ts';
import { abortedCount, dropDeadlines, otherCount } from './scale-down-delay.ts';

/** `true` when somebody changed `spec.replicas` since the new or the stable ReplicaSet was scaled. */
export function isScalingEvent(pass: Pass): boolean {
  const wanted = String(replicasOf(pass.rollout));
  return [pass.roles.canary, pass.roles.stable].some((replicaSet) => {
    if (replicaSet === undefined || replicaSet.spec.replicas === 0) return false;
    const desired = replicaSet.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION];
    return desired !== undefined && desired !== wanted;
  });
}

/** Scales at most one group: the stable ReplicaSet, then the new one, then the others. `true` when something was scaled. */
export function scaleReplicaSets(pass: Pass): boolean {
  if (pass.rollout.spec.paused === true || pauseOf(pass.rollout, 'InconclusiveAnalysisRun') !== undefined) return false;
  if (isRouted(pass.rollout)) dropDeadlines(pass);
  const { stable, canary } = pass.roles;
  const counts = nextCounts(pass.rollout, pass.roles);
  if (stable !== undefined && isSeparate(pass.roles) && scale(pass, stable, counts.stable)) return true;
  const canaryCount = isRouted(pass.rollout) ? abortedCount(pass, counts.canary) : counts.canary;
  if (canary !== undefined && canaryCount !== null && scale(pass, canary, canaryCount)) return true;
  return scaleDownOthers(pass);
}

/** `true` when the number of pods changed; the annotation alone is no scaling. */
function scale(pass: Pass, replicaSet: ReplicaSet, replicas: number): boolean {
  const desired = String(replicasOf(pass.rollout));
  const isSized = replicaSet.spec.replicas === replicas;
  if (isSized && replicaSet.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION] === desired) return false;
  if (replicaSet.metadata.name === pass.created) {
    pass.hasConflict = true;
    return false;
  }
  const isGone = replicas === 0 && scaleDownDeadlineOf(replicaSet) !== null && !isAborted(pass.rollout, pass.intent);
  const annotations = {
    [DESIRED_REPLICAS_ANNOTATION]: desired,
    ...(isGone ? { [SCALE_DOWN_DEADLINE_ANNOTATION]: null } : {}),
  };
  const patch = { metadata: { annotations }, spec: { replicas } };
  replaceReplicaSet(pass, pass.environment.store.mergePatch(refOf(kinds.replicaSet, replicaSet), patch));
  return !isSized;
}

/** Pods that never became available go first; of the rest as many as availability allows, newest revision first. */
function scaleDownOthers(pass: Pass): boolean {
  const active = () => pass.roles.others.filter((replicaSet) => replicaSet.spec.replicas > 0);
  let hasScaled = false;
  for (const other of active().toSorted((a, b) => createdSecond(a) - createdSecond(b))) {
    if (other.spec.replicas > availableOf(other) && scale(pass, other, availableOf(other))) hasScaled = true;
  }
  const { unavailable } = fencepostsOf(pass.rollout);
  let spare = availableReplicas(pass.all) - (replicasOf(pass.rollout) - unavailable);
  for (const other of active().toSorted((a, b) => revisionOf(b) - revisionOf(a))) {
    if (spare <= 0) break;
    const count = isRouted(pass.rollout) ? otherCount(pass, other) : Math.max(0, other.spec.replicas - spare);
    if (count === other.spec.replicas) continue;
    spare -= other.spec.replicas - count;
    if (scale(pass, other, count)) hasScaled = true;
  }
  return hasScaled;
}
