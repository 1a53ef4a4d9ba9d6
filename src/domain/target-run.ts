import type { AnalysisPhase } from './analysis-template.ts';
import type { TargetId } from './plan.ts';
import type { SeriesSeen } from './series-seen.ts';
import type { Instant } from './time.ts';
import type { Counts, VerdictKind } from './verdict.ts';

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

/** Counts that made a decision, as they were judged. */
export interface DecidingSample {
  readonly slo: string;
  readonly verdict: VerdictKind;
  /** Events, with the fractions that they came with; 0 of 0 where there was no row. */
  readonly good: number;
  readonly total: number;
  readonly objective: number;
  /** What else the verdict stands on; left out in records of older versions. */
  readonly basis?: VerdictBasis;
}

/** What a verdict stands on beside its own counts: enough to come to it again. */
export interface VerdictBasis {
  /** Of the verdict: `WithinObjective`. */
  readonly reason: string;
  /** When its data were asked for. */
  readonly at: Instant;
  /** Whose events they are. */
  readonly of: JudgedWhom;
  /** What the other versions served in the same window; `null`: no data. */
  readonly stable: Counts | null;
  /** What was seen of the series of a verdict on one row; `null` for several, or where the source does not tell. */
  readonly seen: SeriesSeen | null;
}

/** A target, one tenant of it, or the whole wave. */
export type JudgedWhom =
  | { readonly kind: 'target' }
  | { readonly kind: 'wave' }
  | { readonly kind: 'tenant'; readonly tenant: string };

/** How a metric of an analysis stood when a decision was made. */
export interface AnalysisSample {
  readonly analysis: string;
  readonly metric: string;
  /** Of the run. */
  readonly phase: AnalysisPhase;
  /** Measurements without error. */
  readonly count: number;
  readonly failed: number;
  /** The last value as text, `[0.97]`; the end of a long one is cut. */
  readonly value: string;
  readonly at: Instant | null;
  /** What the phase stands on; left out in records of older versions. */
  readonly basis?: AnalysisBasis;
}

/** The counters of a metric, and its last measurements. */
export interface AnalysisBasis {
  /** Of the metric. */
  readonly phase: AnalysisPhase;
  readonly inconclusive: number;
  readonly error: number;
  readonly consecutiveError: number;
  readonly consecutiveSuccess: number;
  /** Oldest first, without those that are errors. */
  readonly readings: readonly AnalysisReading[];
}

/** One measurement. */
export interface AnalysisReading {
  readonly at: Instant;
  readonly phase: 'Successful' | 'Failed' | 'Inconclusive';
  /** Ends with `…` where it was cut, and is then no value to judge again. */
  readonly value: string;
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
  /** Samples of the last decision that its record had no room for; left out where all are there. */
  readonly samplesDropped?: number;
}
