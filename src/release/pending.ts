import type { TargetRun } from '../domain/target-run.ts';
import { type Instant, later } from '../domain/time.ts';
import type { Location, RestoreLocation } from './location.ts';
import type { ObservedTarget } from './observed-target.ts';

/** An effect that is not seen yet, though the object shows that it was asked for. */
export interface PendingEffect {
  /** `template`, `resume`, `abort`, `promoteFull`, or `progress` when nothing is asked but pods should move. */
  readonly name: 'template' | 'resume' | 'abort' | 'promoteFull' | 'progress';
}

/** A command's effect is seen 20–120 ms after it on an idle controller; a second without it means lost or late. */
const FIRST_COMMAND_NUDGE_MS = 1_000;
/** Pods move on their own events; only a lost watch makes them stand. */
const FIRST_PROGRESS_NUDGE_MS = 20_000;
const LONGEST_GAP_MS = 30_000;

/** A pending effect older than this is told to a person. It is still retried. */
export const STUCK_AFTER_MS = 60_000;

/** What the object still owes us; `null` when nothing is outstanding. */
export function pendingEffect(location: Location | RestoreLocation, observed: ObservedTarget): PendingEffect | null {
  if (observed.abort && !observed.abortedAt) return { name: 'abort' };
  switch (location.kind) {
    case 'unseen':
      return { name: 'template' };
    case 'resuming':
      return { name: 'resume' };
    case 'settling':
      return { name: observed.promoteFull ? 'promoteFull' : 'progress' };
    case 'moving':
    case 'finishing':
      return { name: 'progress' };
    case 'promoted':
      return 'isHealthy' in location && !location.isHealthy ? { name: 'progress' } : null;
    default:
      return null;
  }
}

/** Nudges so far on the way to the present goal. */
export function nudgesOf(run: TargetRun, { nudge }: ObservedTarget): number {
  return nudge !== null && nudge.at >= run.goalAt ? nudge.attempt : 0;
}

/** The next nudge: its number (from 1) and when it is due. Everything it needs stands in the object and the goal. */
export function nudgeOf(
  run: TargetRun,
  observed: ObservedTarget,
  effect: PendingEffect,
): { readonly dueAt: Instant; readonly attempt: number } {
  const firstMs = effect.name === 'progress' ? FIRST_PROGRESS_NUDGE_MS : FIRST_COMMAND_NUDGE_MS;
  const last = observed.nudge !== null && observed.nudge.at >= run.goalAt ? observed.nudge : null;
  if (last === null) return { dueAt: later(run.goalAt, firstMs), attempt: 1 };
  const gapMs = Math.min(firstMs * 2 ** last.attempt, Math.max(LONGEST_GAP_MS, firstMs));
  return { dueAt: later(last.at, gapMs), attempt: last.attempt + 1 };
}

/** Whether a person should be told. */
export function isStuck(run: TargetRun, effect: PendingEffect, now: Instant): boolean {
  return effect.name !== 'progress' && now - run.goalAt > STUCK_AFTER_MS;
}
