import type { TargetId } from '../domain/plan.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { compare } from './findings.ts';

/** How often commands without effect were brought to a controller's notice again. */
export interface NudgeEvidence {
  readonly count: number;
  /** Targets that needed one. */
  readonly targets: number;
  /** `null` when none did. */
  readonly most: { readonly target: TargetId; readonly count: number } | null;
}

/** The nudges in the records of some targets; of those nudged equally often, the first by name is named. */
export function nudgeEvidence(runs: readonly TargetRun[]): NudgeEvidence {
  const nudged = runs
    .filter((run) => run.nudges > 0)
    .sort((a, b) => b.nudges - a.nudges || compare(a.target, b.target));
  const [first] = nudged;
  return {
    count: nudged.reduce((sum, run) => sum + run.nudges, 0),
    targets: nudged.length,
    most: first === undefined ? null : { target: first.target, count: first.nudges },
  };
}
