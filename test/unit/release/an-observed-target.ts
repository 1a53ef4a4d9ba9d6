import type { Instant } from '../../../src/domain/time.ts';
import { formatInstant } from '../../../src/domain/time.ts';
import type { ObservedTarget, Pause } from '../../../src/release/observed-target.ts';
import { ago, indexedTarget, MINUTE_MS, NEW, NEW_IMAGE, OLD, OLD_IMAGE, POOL, RELEASE } from './a-release.ts';

const { templateDigest, stepsDigest } = indexedTarget(POOL);

/** Healthy on the old version, put there by an earlier release under our epoch. */
export function onOld(parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return {
    uid: 'uid-1',
    resourceVersion: '100',
    isObserved: true,
    hasAnnotations: true,
    hasLabels: true,
    isGenerated: true,
    epoch: 3,
    release: 'storefront-1',
    nudge: null,
    restored: null,
    owesSteps: false,
    templateDigest: 'the old template',
    stepsDigest,
    images: { app: OLD_IMAGE },
    image: OLD_IMAGE,
    phase: 'Healthy',
    message: '',
    currentHash: OLD,
    stableHash: OLD,
    stepIndex: 4,
    stepCount: 4,
    pause: null,
    controllerPause: false,
    isPausedBySpec: false,
    abort: false,
    abortedAt: false,
    promoteFull: false,
    routedPercent: 0,
    wantedPods: 4,
    updatedPods: 4,
    readyPods: 4,
    totalPods: 4,
    isInvalidSpec: false,
    replicaFailure: null,
    deadlineExceeded: false,
    hasRoomMade: false,
    ...parts,
  };
}

/** Our template stands in the spec, the status is still all about the old revision. */
export function written(parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return onOld({
    release: RELEASE,
    templateDigest,
    images: { app: NEW_IMAGE },
    image: NEW_IMAGE,
    isObserved: false,
    ...parts,
  });
}

/** The controller has taken our template and moves pods. */
export function moving(parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return written({ isObserved: true, currentHash: NEW, stepIndex: 0, phase: 'Progressing', updatedPods: 1, ...parts });
}

export function aPause(startedAt: Instant, reason = 'CanaryPauseStep'): Pause {
  return { reason, startedAt, startTime: formatInstant(startedAt) };
}

/** At the pause of a canary step (0-based) of our revision, since four minutes unless told. */
export function pausedAt(step: number, parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return moving({
    stepIndex: 2 * step + 1,
    phase: 'Paused',
    pause: aPause(ago(4 * MINUTE_MS)),
    controllerPause: true,
    ...parts,
  });
}

/** Healthy on our revision. */
export function onNew(parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return moving({ stableHash: NEW, stepIndex: 4, phase: 'Healthy', updatedPods: 4, ...parts });
}

/** The old template is back in the spec by a rollback of ours, and the controller has taken it. */
export function putBack(parts: Partial<ObservedTarget> = {}): ObservedTarget {
  return onOld({ release: RELEASE, restored: OLD, ...parts });
}
