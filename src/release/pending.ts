import type { TargetRun } from '../domain/target-run.ts';
import { type Instant, later } from '../domain/time.ts';
import type { Location, RestoreLocation } from './location.ts';
import type { ObservedTarget } from './observed-target.ts';

/** An effect that is not seen yet, though the object shows that it was asked for. */
export interface PendingEffect {
  /** `template`, `resume`, `abort`, `promoteFull`, or `progress` when nothing is asked but pods should move. */
  readonly name: 'template' | 'resume' | 'abort' | 'promoteFull' | 'progress';
}

/**
 * From the goal to the first nudge, and from each to the next. A command's effect is seen 20–120 ms after it on an idle controller; a second
 * without it means lost or late. A nudge that lands while the controller ends a pass is lost like any command, and on the way back up to three
 * commands follow each other under one goal: so the second nudge comes as soon as the first. After it the controller is slow rather than deaf,
 * and nudges set it back: it writes the revision of a new template under the resourceVersion it has read, and starts over where a nudge changed it.
 */
const COMMAND_GAPS_MS = [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;
/** Pods move on their own events; only a lost watch makes them stand. */
const PROGRESS_GAPS_MS = [20_000, 30_000] as const;

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

/**
 * The next nudge: its number (from 1) and when it is due. Everything it needs stands in the object and the goal.
 *
 * @param patienceMs what the cluster's controller is left to itself at least, as it has been seen to answer
 */
export function nudgeOf(
  run: TargetRun,
  observed: ObservedTarget,
  effect: PendingEffect,
  patienceMs: number,
): { readonly dueAt: Instant; readonly attempt: number } {
  const gapsMs = effect.name === 'progress' ? PROGRESS_GAPS_MS : COMMAND_GAPS_MS;
  const nudges = nudgesOf(run, observed);
  const lastAt = nudges > 0 ? observed.nudge!.at : run.goalAt;
  const gapMs = Math.max(patienceMs, gapsMs[nudges] ?? gapsMs.at(-1)!);
  return { dueAt: later(lastAt, gapMs), attempt: nudges + 1 };
}

/** Whether a person should be told. */
export function isStuck(run: TargetRun, effect: PendingEffect, now: Instant): boolean {
  return effect.name !== 'progress' && now - run.goalAt > STUCK_AFTER_MS;
}
