import type { TargetRun } from '../domain/target-run.ts';
import type { ObservedTarget } from './observed-target.ts';
import { nudgesOf } from './pending.ts';

/**
 * Nudges of a target over the release so far. Those of the present goal stand in the object until the goal is over; the record keeps the rest, so
 * that counting costs no write of its own and a restart loses nothing.
 */
export function nudgesSoFar(run: TargetRun, observed: ObservedTarget | 'absent' | undefined): number {
  // what was reached has been counted, and is nudged no more
  if (observed === undefined || observed === 'absent' || run.reachedAt !== null) return run.nudges;
  return run.nudges + nudgesOf(run, observed);
}
