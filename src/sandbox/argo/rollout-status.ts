import { nextConditions } from './condition-rules.ts';
import { removeCondition } from './conditions.ts';
import { type Pass, type PassEnd, timeText } from './pass.ts';
import { isAborted, pauseFields } from './pause.ts';
import { phaseOf } from './phase.ts';
import { podTemplateHash, stepsHash } from './pod-hash.ts';
import { progressCheckAfterMs } from './progress.ts';
import { isRollbackWithinWindow, promotionReason } from './promotion.ts';
import { actualReplicas, availableReplicas, podHashOf, readyReplicas, scaleDownDeadlineOf } from './replica-set.ts';
import { type Rollout, type RolloutStatus, stepsOf } from './rollout.ts';
import { statusPatch } from './status-patch.ts';
import { isStepCompleted } from './steps.ts';

/** `true` when the status still speaks of another template, or of other steps. */
export function isTemplateOrStepsChanged(pass: Pass): boolean {
  const { currentPodHash = '', currentStepHash = '' } = pass.rollout.status;
  if (currentStepHash !== stepsHash(stepsOf(pass.rollout))) return true;
  return currentPodHash !== '' && currentPodHash !== wantedHash(pass);
}

function wantedHash({ roles, rollout }: Pass): string {
  return roles.canary === undefined ? podTemplateHash(rollout.spec.template) : podHashOf(roles.canary);
}

/** The status at the end of a whole pass, as a patch. It is built anew each time: what is not set again is gone. */
export function endWithStatus(pass: Pass): PassEnd {
  const base = baseStatus(pass);
  if (isTemplateOrStepsChanged(pass)) return persist(pass, withConditions(pass, restarted(pass, base)));
  const withinWindow = isRollbackWithinWindow(pass.rollout, pass.roles, pass.all);
  const skipsSteps = pass.rollout.status.promoteFull === true || withinWindow;
  if (skipsSteps) dropPausesAndAbort(pass);
  const aborted = isAborted(pass.rollout, pass.intent);
  if (promotionReason(pass.rollout, { roles: pass.roles, aborted, withinWindow }) !== null) {
    return persist(pass, withConditions(pass, promoted(pass, base)));
  }
  if (aborted) return persist(pass, withConditions(pass, withIndex(base, abortedIndex(pass, base))));
  return persist(pass, withConditions(pass, stepped(pass, base, skipsSteps)));
}

/** The status at the end of a pass that only scaled: everything else stays as it was, the generation counts as observed. */
export function endWithReplicas(pass: Pass): PassEnd {
  return persist(pass, {
    ...pass.rollout.status,
    availableReplicas: availableReplicas(pass.all),
    HPAReplicas: actualReplicas(pass.all),
  });
}

function baseStatus(pass: Pass): RolloutStatus {
  const { rollout, roles, all } = pass;
  const { stableRS = '', promoteFull, conditions = [] } = rollout.status;
  const labels = Object.entries(rollout.spec.selector?.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    currentPodHash: wantedHash(pass),
    currentStepHash: stepsHash(stepsOf(rollout)),
    ...(stableRS === '' ? {} : { stableRS }),
    ...(promoteFull === true ? { promoteFull } : {}),
    replicas: actualReplicas(all),
    updatedReplicas: roles.canary === undefined ? 0 : roles.canary.status.replicas,
    readyReplicas: readyReplicas(all),
    availableReplicas: availableReplicas(all),
    HPAReplicas: actualReplicas(all),
    selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    conditions: removeCondition(conditions, 'InvalidSpec'),
    blueGreen: {},
    canary: {
      ...(pass.background === undefined ? {} : { currentBackgroundAnalysisRunStatus: pass.background }),
      ...(pass.stepRun === undefined ? {} : { currentStepAnalysisRunStatus: pass.stepRun }),
      ...weightsOf(pass),
    },
  };
}

function weightsOf({ weights }: Pass): Pick<NonNullable<RolloutStatus['canary']>, 'weights'> {
  return weights === undefined ? {} : { weights };
}

function dropPausesAndAbort(pass: Pass): void {
  pass.intent.clear = true;
  pass.intent.removeAbort = true;
}

/** A new template or new steps: from the first step, unless it goes back to what is stable or still runs within the window. */
function restarted(pass: Pass, base: RolloutStatus): RolloutStatus {
  dropPausesAndAbort(pass);
  const { promoteFull: _, ...rest } = base;
  const steps = stepsOf(pass.rollout).length;
  const canaryStatus = weightsOf(pass);
  if (steps === 0) return { ...rest, canary: canaryStatus };
  const { canary } = pass.roles;
  const isBackToStable = canary !== undefined && pass.rollout.status.stableRS === podHashOf(canary);
  const isInWindow = isRollbackWithinWindow(pass.rollout, pass.roles, pass.all) && (canary?.spec.replicas ?? 0) > 0;
  return { ...rest, canary: canaryStatus, currentStepIndex: isBackToStable || isInWindow ? steps : 0 };
}

function promoted(pass: Pass, base: RolloutStatus): RolloutStatus {
  dropPausesAndAbort(pass);
  const { promoteFull: _, ...rest } = base;
  const steps = stepsOf(pass.rollout).length;
  return withIndex({ ...rest, stableRS: base.currentPodHash ?? '' }, steps === 0 ? undefined : steps);
}

function abortedIndex(pass: Pass, base: RolloutStatus): number | undefined {
  const steps = stepsOf(pass.rollout).length;
  if (steps === 0) return undefined;
  return base.stableRS === base.currentPodHash ? steps : 0;
}

/** One step further when the current one is completed; its analysis is then forgotten. */
function stepped(pass: Pass, base: RolloutStatus, skipsSteps: boolean): RolloutStatus {
  const steps = stepsOf(pass.rollout).length;
  if (steps === 0) return base;
  const index = skipsSteps ? steps : (pass.rollout.status.currentStepIndex ?? 0);
  const facts = { roles: pass.roles, now: pass.environment.now(), analysisPhase: pass.stepRun?.status };
  if (!isStepCompleted(pass.rollout, facts)) return { ...base, currentStepIndex: index };
  pass.intent.remove.add('CanaryPauseStep');
  const { currentStepAnalysisRunStatus: _, ...canary } = base.canary ?? {};
  return { ...base, canary, currentStepIndex: Math.min(steps, index + 1) };
}

function withIndex(status: RolloutStatus, index: number | undefined): RolloutStatus {
  return index === undefined ? status : { ...status, currentStepIndex: index };
}

function withConditions(pass: Pass, status: RolloutStatus): RolloutStatus {
  const now = pass.environment.now();
  const outcome = nextConditions({
    rollout: pass.rollout,
    status,
    aborted: isAborted(pass.rollout, pass.intent),
    abortMessage: pass.intent.abortMessage,
    canary: pass.roles.canary,
    all: pass.all,
    othersLeaveLater: pass.roles.others.some((other) => scaleDownDeadlineOf(other) !== null),
    now,
    nowText: timeText(now),
  });
  if (outcome.deadlineAbort !== null) pass.intent.abortMessage = outcome.deadlineAbort;
  return { ...status, conditions: outcome.conditions };
}

/** Adds pause, abort, generation and phase, and compares with what was read. */
function persist(pass: Pass, computed: RolloutStatus): PassEnd {
  const { rollout, environment } = pass;
  const { abort: _a, abortedAt: _t, pauseConditions: _p, controllerPause: _c, ...rest } = computed;
  const paused = { ...rest, ...pauseFields(rollout, pass.intent, timeText(environment.now())) };
  const observed = { ...paused, observedGeneration: String(rollout.metadata.generation) };
  const { phase, message } = phaseOf(rollout.spec, observed);
  const status = withoutZeroes({ ...observed, phase, message });
  const patch = statusPatch(rollout.status, status);
  if (patch !== null) return { kind: 'status', patch: { status: patch } };
  const afterMs = progressCheckAfterMs(rollout, status, environment.now());
  if (afterMs !== null) environment.lookAgainAfter(afterMs);
  return { kind: 'status', patch: null };
}

/** Counts of 0 and empty texts are left out on the wire. */
function withoutZeroes(status: RolloutStatus): RolloutStatus {
  const kept = Object.entries(status).filter(([key, value]) => {
    return value !== undefined && value !== '' && (value !== 0 || key === 'currentStepIndex');
  });
  return Object.fromEntries(kept);
}

/** `true` when the abort of a Rollout that is done shall be dropped. */
export function isAbortPointless(rollout: Rollout, pass: Pass): boolean {
  return rollout.status.currentPodHash === rollout.status.stableRS && isAborted(rollout, pass.intent);
}
