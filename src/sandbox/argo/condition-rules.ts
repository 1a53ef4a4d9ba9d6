import {
  type Conditions,
  conditionOf,
  makeCondition,
  removeCondition,
  renewCondition,
  setCondition,
} from './conditions.ts';
import { isCompleted, isHealthy, isTimedOut, isWaiting, madeProgress } from './progress.ts';
import { availableReplicas, type ReplicaSet, type ReplicaSetCondition } from './replica-set.ts';
import { type Rollout, type RolloutCondition, type RolloutStatus, replicasOf, revisionOf } from './rollout.ts';

/** What the conditions are computed from. */
export interface ConditionFacts {
  readonly rollout: Rollout;
  /** The status of this pass so far, with the conditions of the last one. */
  readonly status: RolloutStatus;
  readonly aborted: boolean;
  /** Why the controller aborts in this pass; `null` when it does not, or a person did. */
  readonly abortMessage: string | null;
  readonly canary: ReplicaSet | undefined;
  readonly all: readonly ReplicaSet[];
  /** Old pods stay until a deadline of their own: nothing is late. */
  readonly othersLeaveLater: boolean;
  readonly now: number;
  readonly nowText: string;
}

/** The new conditions, and the message of an abort that an exceeded deadline asks for. */
export interface ConditionOutcome {
  readonly conditions: Conditions;
  readonly deadlineAbort: string | null;
}

/** All conditions at the end of a pass, in the order the controller sets them. */
export function nextConditions(facts: ConditionFacts): ConditionOutcome {
  const healthy = withHealthy(facts.status.conditions ?? [], facts);
  const aborted = withAborted(healthy.conditions, facts);
  const progress = withProgressing(aborted, facts, healthy.becameUnhealthy);
  const available = withAvailable(progress.conditions, facts);
  const failure = withReplicaFailure(available, facts);
  return { conditions: withCompleted(failure, facts), deadlineAbort: progress.deadlineAbort };
}

function set(conditions: Conditions, facts: ConditionFacts, parts: Parameters<typeof makeCondition>[0]): Conditions {
  return setCondition(conditions, makeCondition(parts, facts.nowText));
}

function withHealthy(
  before: Conditions,
  facts: ConditionFacts,
): { readonly conditions: Conditions; readonly becameUnhealthy: boolean } {
  const { rollout, status } = facts;
  const isPaused = (rollout.status.pauseConditions ?? []).length > 0 || rollout.spec.paused === true;
  if (!isPaused && isHealthy(rollout, status)) {
    const parts = { type: 'Healthy', status: 'True', reason: 'RolloutHealthy', message: 'Rollout is healthy' } as const;
    return { conditions: set(before, facts, parts), becameUnhealthy: false };
  }
  if (conditionOf(rollout.status.conditions ?? [], 'Healthy') === undefined) {
    return { conditions: before, becameUnhealthy: false };
  }
  const message = 'Rollout is not healthy';
  const conditions = set(before, facts, { type: 'Healthy', status: 'False', reason: 'RolloutHealthy', message });
  return { conditions, becameUnhealthy: conditions !== before };
}

function withAborted(before: Conditions, facts: ConditionFacts): Conditions {
  if (!facts.aborted) return before;
  const base = `Rollout aborted update to revision ${revisionOf(facts.rollout)}`;
  const message = facts.abortMessage === null || facts.abortMessage === '' ? base : `${base}: ${facts.abortMessage}`;
  return set(before, facts, { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message });
}

function withProgressing(before: Conditions, facts: ConditionFacts, becameUnhealthy: boolean): ConditionOutcome {
  const { rollout, status, canary } = facts;
  if (facts.aborted) return { conditions: before, deadlineAbort: null };
  const name = canary?.metadata.name ?? '';
  if (isHealthy(rollout, status)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    const parts = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message } as const;
    return { conditions: set(before, facts, parts), deadlineAbort: null };
  }
  if (madeProgress(rollout.status, status) || becameUnhealthy) {
    const condition = progressCondition(facts, becameUnhealthy);
    return { conditions: renewCondition(before, condition), deadlineAbort: null };
  }
  if (isWaiting(rollout) || facts.othersLeaveLater || !isTimedOut(rollout, status, facts.now))
    return { conditions: before, deadlineAbort: null };
  const message = `ReplicaSet "${name}" has timed out progressing.`;
  const parts = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message } as const;
  const deadlineAbort = rollout.spec.progressDeadlineAbort === true ? message : null;
  return { conditions: set(before, facts, parts), deadlineAbort };
}

function progressCondition(facts: ConditionFacts, becameUnhealthy: boolean): RolloutCondition {
  const { rollout, status, canary, nowText } = facts;
  const lostPods = becameUnhealthy && status.stableRS === status.currentPodHash;
  const subject = canary === undefined ? `Rollout "${rollout.metadata.name}"` : `ReplicaSet "${canary.metadata.name}"`;
  const parts = lostPods
    ? { reason: 'ReplicaSetNotAvailable', message: 'Rollout does not have minimum availability' }
    : { reason: 'ReplicaSetUpdated', message: `${subject} is progressing.` };
  return makeCondition({ type: 'Progressing', status: 'True', ...parts }, nowText);
}

function withAvailable(before: Conditions, facts: ConditionFacts): Conditions {
  const isAvailable = availableReplicas(facts.all) >= replicasOf(facts.rollout);
  const message = isAvailable ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability';
  const status = isAvailable ? 'True' : 'False';
  return set(before, facts, { type: 'Available', status, reason: 'AvailableReason', message });
}

/** Failures of the new ReplicaSet come before those of the others. */
function withReplicaFailure(before: Conditions, facts: ConditionFacts): Conditions {
  const ordered = [facts.canary, ...facts.all].filter((replicaSet) => replicaSet !== undefined);
  const failure = ordered.map(failureOf).find((found) => found !== undefined);
  if (failure === undefined) return removeCondition(before, 'ReplicaFailure');
  return setCondition(before, { ...failure, type: 'ReplicaFailure', lastUpdateTime: failure.lastTransitionTime });
}

function failureOf(replicaSet: ReplicaSet): ReplicaSetCondition | undefined {
  return replicaSet.status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
}

function withCompleted(before: Conditions, facts: ConditionFacts): Conditions {
  const status = isCompleted(facts.status) ? 'True' : 'False';
  return set(before, facts, { type: 'Completed', status, reason: 'RolloutCompleted', message: 'RolloutCompleted' });
}
