import { kinds } from '../../ports/kinds.ts';
import { refOf } from '../model-store.ts';
import { reconcileAnalysisRuns } from './analysis-runs.ts';
import { pruneHistory } from './history.ts';
import { sayInvalid, whatIsInvalid } from './invalid-spec.ts';
import { type Pass, type PassEnd, type PassEnvironment, rolesOf, timeText } from './pass.ts';
import { noPauseIntent } from './pause.ts';
import { pausedConditions } from './paused-conditions.ts';
import { phaseOf } from './phase.ts';
import { podTemplateHash } from './pod-hash.ts';
import { createReplicaSet, syncRevision } from './revision.ts';
import { pauseOf, type Rollout } from './rollout.ts';
import { endWithReplicas, endWithStatus, isAbortPointless, isTemplateOrStepsChanged } from './rollout-status.ts';
import { reconcileRouting } from './routing.ts';
import { isScalingEvent, scaleReplicaSets } from './scaling.ts';
import { reconcileServices } from './services.ts';
import { currentStep, pauseMs } from './steps.ts';

/** A pass that has read and decided, and what it still has to write. */
export interface BegunPass {
  readonly pass: Pass;
  readonly end: PassEnd;
}

/**
 * One look at one Rollout, in the order of the real controller. ReplicaSets, AnalysisRuns and the conditions of pause
 * and resume are written at once; the status is computed now, from what was read, and patched when the pass ends.
 */
export function beginPass(read: Rollout, environment: PassEnvironment): BegunPass {
  const pass = readPass(read, environment);
  const problem = whatIsInvalid(pass.rollout, environment);
  if (problem !== null) {
    sayInvalid(pass, problem);
    return { pass, end: { kind: 'retry' } };
  }
  if (pass.roles.canary === undefined) createReplicaSet(pass);
  if (pass.rollout.spec.replicas === undefined) return { pass, end: defaultReplicas(pass) };
  if (isAbortPointless(read, pass)) pass.intent.removeAbort = true;
  writePausedConditions(pass);
  syncRevision(pass);
  if (isScalingEvent(pass)) {
    syncRevision(pass);
    scaleReplicaSets(pass);
    return { pass, end: pass.hasConflict ? { kind: 'retry' } : endWithReplicas(pass) };
  }
  return { pass, end: reconcileCanary(pass) };
}

function readPass(rollout: Rollout, environment: PassEnvironment): Pass {
  const all = environment.replicaSetsOf(rollout);
  return {
    environment,
    rollout,
    roles: rolesOf(rollout.status, all, podTemplateHash(rollout.spec.template)),
    all,
    intent: noPauseIntent(),
    background: undefined,
    stepRun: undefined,
    weights: rollout.status.canary?.weights,
    written: null,
    created: null,
    hasConflict: false,
  };
}

/** Whoever leaves `replicas` out gets one pod, written into the spec. */
function defaultReplicas(pass: Pass): PassEnd {
  pass.written = pass.environment.store.mergePatch(refOf(kinds.rollout, pass.rollout), { spec: { replicas: 1 } });
  return { kind: 'status', patch: null };
}

/**
 * This patch carries the new generation as observed while hash, step and pause are still those of the old revision: the
 * status lies until the pass ends. What the pass goes on with does not contain it.
 */
function writePausedConditions(pass: Pass): void {
  const { rollout, environment } = pass;
  const conditions = pausedConditions(rollout, timeText(environment.now()));
  if (conditions === null) return;
  const { phase, message } = phaseOf(rollout.spec, { ...rollout.status, conditions });
  const observedGeneration = String(rollout.metadata.generation);
  const status = { conditions, observedGeneration, phase, message: message === '' ? null : message };
  pass.written = environment.store.mergePatch(refOf(kinds.rollout, rollout), { status }, 'status');
}

function reconcileCanary(pass: Pass): PassEnd {
  syncRevision(pass);
  if (isTemplateOrStepsChanged(pass)) return endWithStatus(pass);
  pruneHistory(pass);
  reconcileServices(pass);
  reconcileRouting(pass);
  reconcileAnalysisRuns(pass);
  if (pass.intent.add.size > 0) return endWithStatus(pass);
  if (scaleReplicaSets(pass)) return endWithStatus(pass);
  reconcilePause(pass);
  return endWithStatus(pass);
}

/** Enters the pause at which the Rollout stands, or looks again when its time is over. */
function reconcilePause(pass: Pass): void {
  const { rollout, environment, intent } = pass;
  const step = currentStep(rollout)?.pause;
  if (rollout.spec.paused === true || rollout.status.promoteFull === true || step === undefined) return;
  const pause = pauseOf(rollout, 'CanaryPauseStep');
  if (pause === undefined) {
    if (rollout.status.controllerPause !== true) intent.add.add('CanaryPauseStep');
    return;
  }
  const lengthMs = pauseMs(step);
  if (lengthMs === null) return;
  environment.lookAgainAfter(Math.max(0, Date.parse(pause.startTime) + lengthMs - environment.now()) + 1);
}
