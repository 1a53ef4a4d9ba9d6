import { isAtDesiredCounts, type ReplicaSetRoles } from './replica-counts.ts';
import { type CanaryStep, pauseOf, type Rollout, stepsOf } from './rollout.ts';

/** The step at which the Rollout stands; absent without steps and after the last. */
export function currentStep(rollout: Rollout): CanaryStep | undefined {
  return stepsOf(rollout)[rollout.status.currentStepIndex ?? 0];
}

/** The weight of the last `setWeight` at or before the current step; 100 after the last step, 0 when aborted or before any. */
export function currentWeight(rollout: Rollout): number {
  if (rollout.status.abort === true) return 0;
  if (currentStep(rollout) === undefined) return 100;
  const passed = stepsOf(rollout).slice(0, (rollout.status.currentStepIndex ?? 0) + 1);
  return passed.findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;
}

/** A pause's length in milliseconds; `null` when it waits for a person. */
export function pauseMs(pause: NonNullable<CanaryStep['pause']>): number | null {
  if (pause.duration === undefined) return null;
  const text = String(pause.duration);
  const match = /^(\d+)(s|m|h)?$/.exec(text);
  if (match === null) return null;
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unit;
}

/** What decides whether a step is over. */
export interface StepFacts {
  readonly roles: ReplicaSetRoles;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Phase of the step's own AnalysisRun; absent when there is none. */
  readonly analysisPhase: string | undefined;
}

/** `true` when the current step has done what it says. */
export function isStepCompleted(rollout: Rollout, facts: StepFacts): boolean {
  const step = currentStep(rollout);
  if (rollout.spec.paused === true || step === undefined) return false;
  if (step.pause !== undefined) return isPauseCompleted(rollout, step.pause, facts.now);
  if (step.setWeight !== undefined) return isAtDesiredCounts(rollout, facts.roles);
  return facts.analysisPhase === 'Successful';
}

/** A pause ends when a person took its condition away, or strictly after its time. */
function isPauseCompleted(rollout: Rollout, step: NonNullable<CanaryStep['pause']>, now: number): boolean {
  const pause = pauseOf(rollout, 'CanaryPauseStep');
  if (pause === undefined) return rollout.status.controllerPause === true;
  const lengthMs = pauseMs(step);
  return lengthMs !== null && now > Date.parse(pause.startTime) + lengthMs;
}
