import { conditionOf } from './conditions.ts';
import { type Rollout, type RolloutStatus, replicasOf, stepsOf } from './rollout.ts';
import { currentStep } from './steps.ts';

/** @default 600 seconds */
export function progressDeadlineMs(rollout: Rollout): number {
  return (rollout.spec.progressDeadlineSeconds ?? 600) * 1000;
}

/** `true` when the new status shows something that the old one did not: pods, steps, a stable revision. */
export function madeProgress(before: RolloutStatus, after: RolloutStatus): boolean {
  const count = (
    status: RolloutStatus,
    field: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas',
  ) => status[field] ?? 0;
  const old = (status: RolloutStatus) => count(status, 'replicas') - count(status, 'updatedReplicas');
  const stepMoved =
    before.currentStepIndex !== undefined &&
    after.currentStepIndex !== undefined &&
    before.currentStepIndex !== after.currentStepIndex;
  return (
    count(after, 'updatedReplicas') !== count(before, 'updatedReplicas') ||
    old(after) < old(before) ||
    count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(after, 'availableReplicas') > count(before, 'availableReplicas') ||
    stepMoved ||
    (after.stableRS ?? '') !== (before.stableRS ?? '') ||
    (after.currentStepHash ?? '') !== (before.currentStepHash ?? '')
  );
}

/** Every wanted pod runs the stable revision, no other pod is left, and the controller has seen this generation before. */
export function isHealthy(rollout: Rollout, status: RolloutStatus): boolean {
  const replicas = replicasOf(rollout);
  const steps = stepsOf(rollout).length;
  const stepsAreDone = steps === 0 || status.currentStepIndex === undefined || status.currentStepIndex === steps;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    rollout.status.observedGeneration === String(rollout.metadata.generation) &&
    stepsAreDone &&
    isCompleted(status)
  );
}

/** The wanted revision is the stable one. */
export function isCompleted(status: RolloutStatus): boolean {
  return (status.stableRS ?? '') !== '' && status.stableRS === status.currentPodHash;
}

/** `true` while the Rollout waits for somebody else: then no deadline runs. */
export function isWaiting(rollout: Rollout): boolean {
  const step = currentStep(rollout);
  if (step?.pause !== undefined || step?.analysis !== undefined) return true;
  return conditionOf(rollout.status.conditions ?? [], 'Paused')?.status === 'True';
}

/** `true` when the last sign of progress is older than the deadline. */
export function isTimedOut(rollout: Rollout, status: RolloutStatus, now: number): boolean {
  const progressing = conditionOf(status.conditions ?? [], 'Progressing');
  if (progressing === undefined) return false;
  if (progressing.reason === 'RolloutAborted' || progressing.reason === 'RolloutPaused') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progressing.lastUpdateTime) + progressDeadlineMs(rollout) < now;
}

/** Milliseconds until the deadline is worth a look, when nothing else happens first; `null` when it does not run. */
export function progressCheckAfterMs(rollout: Rollout, status: RolloutStatus, now: number): number | null {
  const progressing = conditionOf(rollout.status.conditions ?? [], 'Progressing');
  if (progressing === undefined || progressing.reason === 'ProgressDeadlineExceeded') return null;
  const isPaused = (rollout.status.pauseConditions ?? []).length > 0 || rollout.spec.paused === true;
  if (isHealthy(rollout, status) || isPaused || rollout.status.abort === true || isWaiting(rollout)) return null;
  const leftMs = Date.parse(progressing.lastUpdateTime) + progressDeadlineMs(rollout) - now;
  return Math.max(0, leftMs) + 1000;
}
