import type { TargetId } from '../domain/plan.ts';
import type { TargetRun } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';
import { isHealthy, type Location, locate, locateOnWay, locateRestore } from './location.ts';
import type { ObservedTarget, Pause } from './observed-target.ts';
import { nudgeOf, nudgesOf, pendingEffect } from './pending.ts';
import type { IndexedTarget } from './plan-index.ts';

/** What is to be done to a target. Idempotent; done when its effect is seen, not when the API said yes. */
export type Action =
  /** First deploy: the Rollout and what it needs. */
  | { readonly kind: 'create' }
  /** The plan's template and strategy, whole. */
  | { readonly kind: 'writeTemplate' }
  /** Resumes exactly this pause. */
  | { readonly kind: 'resume'; readonly step: number; readonly pause: Pause }
  | { readonly kind: 'abort' }
  /** Puts back the template of the ReplicaSet with this pod hash. */
  | { readonly kind: 'restoreTemplate'; readonly hash: string }
  | { readonly kind: 'promoteFull' }
  /** Raises the epoch, so that a stale daemon's writes are refused from here on. */
  | { readonly kind: 'claim' }
  /** Touches the object so that the controller looks at it again. */
  | { readonly kind: 'nudge'; readonly effect: string; readonly attempt: number; readonly at: Instant }
  /** Gives an adopted Rollout that is promoted the canary steps it had. */
  | { readonly kind: 'giveBackSteps' }
  /** Lets old pods go first where there is no room for new ones. */
  | { readonly kind: 'makeRoom' };

/** An action with what must still hold at the target when it lands. */
export interface Command {
  readonly target: TargetId;
  readonly epoch: number;
  /** What the decision saw; `null` for `create`. */
  readonly basis: ObservedTarget | null;
  readonly action: Action;
}

/** What a command of one target is derived from. */
export interface CommandInput {
  readonly now: Instant;
  readonly release: string;
  readonly epoch: number;
  readonly indexed: IndexedTarget;
  readonly run: TargetRun;
  readonly observed: ObservedTarget | 'absent';
  /** Whether a freeze, a window or a decided rollback forbids to widen exposure. */
  readonly mayWiden: boolean;
  /** What the cluster's controller is left to itself at least before a nudge, ms. */
  readonly patienceMs: number;
}

/** The command that the persisted goal asks for now, and when to look again for a nudge. */
export interface CommandChoice {
  readonly command: Command | null;
  readonly wakeAt: Instant | null;
}

const NOTHING: CommandChoice = { command: null, wakeAt: null };

/** Compares the persisted goal with what is seen. */
export function chooseCommand(input: CommandInput): CommandChoice {
  const { observed, epoch } = input;
  if (observed !== 'absent' && observed.epoch !== null && observed.epoch > epoch) return NOTHING;
  const action = input.run.goal.kind === 'restored' ? restoreAction(input) : permittedAction(input);
  if (action !== null) return { command: fenced(input, action), wakeAt: null };
  return nudgeChoice(input);
}

/** Where nothing may widen, the target is claimed: the command of a daemon that slept since may still be on its way. */
function permittedAction(input: CommandInput): Action | null {
  const action = forwardAction(input);
  if (action === null || input.mayWiden || action.kind === 'giveBackSteps') return action;
  return input.observed === 'absent' || input.observed.epoch === input.epoch ? null : { kind: 'claim' };
}

function forwardAction({ run, indexed, observed, release }: CommandInput): Action | null {
  if (observed === 'absent')
    return run.previous.kind === 'nothing' && indexed.ownedImages === null ? { kind: 'create' } : null;
  const location = locate(run, indexed, observed, release);
  if (location.kind === 'promoted' && observed.owesSteps && isHealthy(observed)) return { kind: 'giveBackSteps' };
  if (location.kind === 'unwritten') return isUntouched(run, observed) ? { kind: 'writeTemplate' } : null;
  return location.kind === 'paused' && isBehind(run, location)
    ? { kind: 'resume', step: location.step, pause: location.pause }
    : null;
}

/** The template is written over the revision that was recorded, over no other. */
function isUntouched(run: TargetRun, observed: ObservedTarget): boolean {
  return (
    run.previous.kind === 'revision' &&
    observed.stableHash === run.previous.hash &&
    observed.currentHash === run.previous.hash
  );
}

function isBehind(run: TargetRun, location: Extract<Location, { kind: 'paused' }>): boolean {
  return run.goal.kind === 'promoted' || (run.goal.kind === 'step' && location.step < run.goal.step);
}

function restoreAction({ run, indexed, observed, release, epoch }: CommandInput): Action | null {
  if (observed === 'absent' || run.previous.kind === 'nothing') return null;
  const { hash } = run.previous;
  const location = locateRestore(run, indexed, observed, release);
  const isWrittenBack = location.kind === 'unseen' || location.kind === 'stepping' || location.kind === 'settling';
  // under a pause by hand no pod moves
  if (isWrittenBack && observed.isPausedBySpec) return { kind: 'restoreTemplate', hash };
  switch (location.kind) {
    case 'canary':
      return canaryAction(run, observed, location.isAborted, hash);
    case 'promoted':
      return { kind: 'restoreTemplate', hash };
    case 'stepping':
      return { kind: 'promoteFull' };
    case 'settling':
      return mayMakeRoom(indexed, observed) ? { kind: 'makeRoom' } : null;
    case 'restored':
      return observed.epoch === epoch ? null : { kind: 'claim' };
    default:
      return null;
  }
}

/** The limits of an adopted Rollout are its owner's. */
function mayMakeRoom({ ownedImages }: IndexedTarget, observed: ObservedTarget): boolean {
  return ownedImages === null && observed.replicaFailure !== null && !observed.hasRoomMade;
}

/** Nudges after which an abort is not waited for any more: about eight seconds. */
const ABORT_NUDGES = 4;

/**
 * Traffic goes off first: one pass of the controller carries out an abort, and several are needed when the template changes under it.
 * An InvalidSpec rollout carries out no abort, and one paused by hand keeps its pods, so there the template does not wait for one.
 */
function canaryAction(run: TargetRun, observed: ObservedTarget, isAborted: boolean, hash: string): Action | null {
  if (observed.isInvalidSpec || observed.isPausedBySpec) return { kind: 'restoreTemplate', hash };
  if (!isAborted) return { kind: 'abort' };
  const isWaitedFor = !observed.abortedAt && nudgesOf(run, observed) < ABORT_NUDGES;
  return isWaitedFor ? null : { kind: 'restoreTemplate', hash };
}

/** A status patch cannot raise the epoch in the same write, so the claim goes first. */
function fenced({ indexed, observed, epoch }: CommandInput, action: Action): Command {
  const target = indexed.target.id;
  if (observed === 'absent') return { target, epoch, basis: null, action };
  const isStatusPatch = action.kind === 'resume' || action.kind === 'abort' || action.kind === 'promoteFull';
  return {
    target,
    epoch,
    basis: observed,
    action: isStatusPatch && observed.epoch !== epoch ? { kind: 'claim' } : action,
  };
}

function nudgeChoice(input: CommandInput): CommandChoice {
  const { observed, run, indexed, release, now, epoch, mayWiden } = input;
  if (observed === 'absent') return NOTHING;
  const mayNudge = mayWiden || run.goal.kind === 'restored';
  const effect = mayNudge ? pendingEffect(locateOnWay(run, indexed, observed, release), observed) : null;
  if (effect === null) return NOTHING;
  const { dueAt, attempt } = nudgeOf(run, observed, effect, input.patienceMs);
  if (now < dueAt) return { command: null, wakeAt: dueAt };
  const action: Action = { kind: 'nudge', effect: effect.name, attempt, at: now };
  return { command: { target: indexed.target.id, epoch, basis: observed, action }, wakeAt: null };
}
