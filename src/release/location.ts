import type { Goal, TargetRun } from '../domain/target-run.ts';
import { carriesVersion } from './carries-version.ts';
import type { ObservedTarget, Pause } from './observed-target.ts';
import type { IndexedTarget } from './plan-index.ts';

/**
 * Where a target stands on its way to this release's revision, read from the live object alone.
 *
 * ```
 * absent ─▶ unwritten ─▶ unseen ─▶ moving ─▶ paused(k) ─▶ resuming ─▶ moving … ─▶ finishing ─▶ promoted
 *              │            │         │          │            │                                  │
 *              └────────────┴─────────┴──────────┴────────────┴──▶ aborting ─▶ aborted           │
 *                     foreign · invalid · timedOut · halted  (from any of them)  ◀───────────────┘
 * ```
 */
export type Location =
  | { readonly kind: 'absent' }
  /** The live template is not ours and we have not written it yet. */
  | { readonly kind: 'unwritten' }
  /** We wrote it, and somebody changed template or steps since. */
  | { readonly kind: 'foreign' }
  /** Written, and the controller still shows the revision from before. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'aborting' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'moving' }
  /** At the indefinite pause of canary step `step`, of this revision. */
  | { readonly kind: 'paused'; readonly step: number; readonly pause: Pause }
  /** Pause conditions are gone, the controller has not moved on. */
  | { readonly kind: 'resuming' }
  /** Paused for another reason than our steps, or by hand. */
  | { readonly kind: 'halted'; readonly reason: string }
  | { readonly kind: 'finishing' }
  /** An adopted Rollout counts as healthy once it has its own steps again. */
  | { readonly kind: 'promoted'; readonly isHealthy: boolean };

/** The pod hash of this release on the target, as far as the object proves it; `null` until then. */
export function revisionOf(run: TargetRun, indexed: IndexedTarget, observed: ObservedTarget): string | null {
  if (run.revision !== null) return run.revision;
  if (!observed.isObserved || !carriesVersion(indexed, observed)) return null;
  if (observed.currentHash === '') return null;
  // observedGeneration may be current for a moment while the hash is still the old revision's
  if (run.previous.kind === 'revision' && observed.currentHash === run.previous.hash) return null;
  return observed.currentHash;
}

/** Where the target stands on its way forward. */
export function locate(
  run: TargetRun,
  indexed: IndexedTarget,
  observed: ObservedTarget | 'absent',
  release: string,
): Location {
  if (observed === 'absent') return { kind: 'absent' };
  const isOurs = carriesVersion(indexed, observed);
  const wasWritten = observed.release === release || run.revision !== null;
  if (!isOurs) return { kind: wasWritten ? 'foreign' : 'unwritten' };
  if (hasForeignSteps(indexed, observed) && observed.release === release) return { kind: 'foreign' };
  if (observed.isInvalidSpec) return { kind: 'invalid' };
  const revision = revisionOf(run, indexed, observed);
  if (isChangedBeside(run, indexed, observed)) return { kind: 'foreign' };
  if (revision === null || observed.currentHash !== revision || !observed.isObserved) return { kind: 'unseen' };
  return locateSeen(observed, revision);
}

/** An adopted Rollout carries our steps as long as it notes its own. */
function hasForeignSteps({ ownedImages, stepsDigest }: IndexedTarget, observed: ObservedTarget): boolean {
  return observed.stepsDigest !== stepsDigest && (ownedImages === null || observed.owesSteps);
}

/** An adopted Rollout carries our images, and somebody changed the rest of its template since: another revision than the one we measure. */
function isChangedBeside(run: TargetRun, { ownedImages }: IndexedTarget, observed: ObservedTarget): boolean {
  if (ownedImages === null || run.revision === null || !observed.isObserved) return false;
  const before = run.previous.kind === 'revision' ? run.previous.hash : null;
  return observed.currentHash !== run.revision && observed.currentHash !== before;
}

function locateSeen(observed: ObservedTarget, revision: string): Location {
  if (observed.stableHash === revision)
    return { kind: 'promoted', isHealthy: isHealthy(observed) && !observed.owesSteps };
  if (observed.abort) return { kind: observed.abortedAt ? 'aborted' : 'aborting' };
  if (observed.deadlineExceeded) return { kind: 'timedOut' };
  if (observed.isPausedBySpec) return { kind: 'halted', reason: 'PausedByHand' };
  if (observed.pause !== null) return locatePaused(observed, observed.pause);
  if (observed.controllerPause) return { kind: 'resuming' };
  return { kind: observed.stepIndex === observed.stepCount ? 'finishing' : 'moving' };
}

/** A router may still send traffic to a canary of a Rollout that shows Healthy. */
export function isHealthy({ phase, routedPercent }: ObservedTarget): boolean {
  return phase === 'Healthy' && routedPercent === 0;
}

function locatePaused(observed: ObservedTarget, pause: Pause): Location {
  const { stepIndex } = observed;
  if (pause.reason !== 'CanaryPauseStep') return { kind: 'halted', reason: pause.reason };
  if (stepIndex === null || stepIndex % 2 === 0) return { kind: 'halted', reason: 'UnexpectedStep' };
  return { kind: 'paused', step: (stepIndex - 1) / 2, pause };
}

/** Where a target stands on its way back to the revision it had. */
export type RestoreLocation =
  | { readonly kind: 'absent' }
  /** First deploy: there is nothing to put back. */
  | { readonly kind: 'nothingBefore' }
  /** Neither our template nor the one before: another release or a person has moved on. */
  | { readonly kind: 'superseded'; readonly by: string }
  /** The new revision is a canary; `isAborted` once the flag stands in the object. */
  | { readonly kind: 'canary'; readonly isAborted: boolean }
  /** The new revision is the stable one. */
  | { readonly kind: 'promoted' }
  /** The old template stands in the spec, the controller has not taken it. */
  | { readonly kind: 'unseen' }
  /** The controller walks the steps on the old hash instead of skipping them. */
  | { readonly kind: 'stepping' }
  /** On the old hash; pods are still moving. */
  | { readonly kind: 'settling' }
  | { readonly kind: 'restored' };

/** Where the target stands on its way back. */
export function locateRestore(
  run: TargetRun,
  indexed: IndexedTarget,
  observed: ObservedTarget | 'absent',
  release: string,
): RestoreLocation {
  if (observed === 'absent') return { kind: 'absent' };
  if (run.previous.kind === 'nothing') return { kind: 'nothingBefore' };
  const { hash } = run.previous;
  // status may still show the old hash as current just after our own template was written
  const specIsNew = carriesVersion(indexed, observed) && run.revision !== hash;
  const back = hashOnceBack(run, indexed, observed, hash);
  if (back !== hash && observed.stableHash === hash) return { kind: 'superseded', by: 'somebody' };
  if (!specIsNew && observed.currentHash === back && observed.isObserved && !observed.isInvalidSpec) {
    return locateBack(observed, back);
  }
  if (!specIsNew && observed.restored === hash) return { kind: 'unseen' };
  if (!specIsNew && observed.release !== release) return { kind: 'superseded', by: observed.release ?? 'somebody' };
  if (observed.stableHash === hash) return { kind: 'canary', isAborted: observed.abort };
  return { kind: 'promoted' };
}

/**
 * The pod hash of a target that is back: the one it had. Of an adopted Rollout only the images are put back; where somebody changed the rest
 * of its template meanwhile, it is whatever hash these give, once the controller shows another than this release's.
 */
function hashOnceBack(run: TargetRun, { ownedImages }: IndexedTarget, observed: ObservedTarget, hash: string): string {
  const isPutBack = ownedImages !== null && observed.restored === hash && run.revision !== null && observed.isObserved;
  return isPutBack && observed.currentHash !== run.revision ? observed.currentHash : hash;
}

function locateBack(observed: ObservedTarget, hash: string): RestoreLocation {
  if (observed.stableHash === hash) {
    const isDone = isHealthy(observed) && !observed.abort;
    return { kind: isDone ? 'restored' : 'settling' };
  }
  // index 0 without a pause is the moment before the controller has looked at its rollback window
  const { stepIndex, stepCount, pause } = observed;
  const walksSteps = stepIndex !== null && stepIndex < stepCount && (stepIndex > 0 || pause !== null);
  return { kind: walksSteps && !observed.promoteFull ? 'stepping' : 'settling' };
}

/** Where the target stands on the way that its goal takes. */
export function locateOnWay(
  run: TargetRun,
  indexed: IndexedTarget,
  observed: ObservedTarget | 'absent',
  release: string,
): Location | RestoreLocation {
  return run.goal.kind === 'restored'
    ? locateRestore(run, indexed, observed, release)
    : locate(run, indexed, observed, release);
}

/** Whether the location is what the goal asks for. */
export function isReached(goal: Goal, location: Location): boolean {
  if (goal.kind === 'step') return location.kind === 'paused' && location.step === goal.step;
  return goal.kind === 'promoted' && location.kind === 'promoted' && location.isHealthy;
}

/** Whether somebody let it go further than the goal. */
export function isAhead(goal: Goal, location: Location): boolean {
  if (goal.kind !== 'step') return false;
  return location.kind === 'promoted' || (location.kind === 'paused' && location.step > goal.step);
}
