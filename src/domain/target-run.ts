import type { AnalysisPhase } from './analysis-template.ts';
import type { TargetId } from './plan.ts';
import type { Instant } from './time.ts';
import type { VerdictKind } from './verdict.ts';

/** What the daemon has decided for a target, persisted before anything is done about it. */
export type Goal =
  /** Sit at the indefinite pause of canary step `step` (0-based). */
  | { readonly kind: 'step'; readonly step: number }
  /** All traffic on this release's revision. */
  | { readonly kind: 'promoted' }
  /** Healthy on the version it had. */
  | { readonly kind: 'restored' };

/** What the cluster ran before the release touched the target. */
export type Previous =
  | { readonly kind: 'revision'; readonly hash: string; readonly image: string }
  /** First deploy: nothing to go back to. */
  | { readonly kind: 'nothing' };

/** Why a target does not go on. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
}

/** Counts that made a decision, small enough to persist. */
export interface DecidingSample {
  readonly slo: string;
  readonly verdict: VerdictKind;
  readonly good: number;
  readonly total: number;
  readonly objective: number;
}

/** How an analysis stood when a decision was made: its worst metric. */
export interface AnalysisSample {
  readonly analysis: string;
  readonly metric: string;
  /** Of the run. */
  readonly phase: AnalysisPhase;
  /** Measurements without error. */
  readonly count: number;
  readonly failed: number;
  /** The last value as text, `[0.97]`. */
  readonly value: string;
  readonly at: Instant | null;
}

/** The persisted record of a target that has been started. A target without one has not been touched. */
export interface TargetRun {
  readonly target: TargetId;
  readonly goal: Goal;
  /** When the goal was decided. */
  readonly goalAt: Instant;
  readonly startedAt: Instant;
  readonly previous: Previous;
  /** Pod hash of this release on the target; `null` until the controller has shown it. */
  readonly revision: string | null;
  /** When the goal `promoted` or `restored` was seen reached; `null` before. */
  readonly reachedAt: Instant | null;
  readonly failure: Failure | null;
  /** The samples of the last decision on this target. */
  readonly deciding: readonly DecidingSample[];
  /** The analyses of the last decision; left out where there are none. */
  readonly analyses?: readonly AnalysisSample[];
  /** Nudges on the way to the goals that are over: each brought a command without effect to its controller's notice again. */
  readonly nudges: number;
}
