import type { Assessment } from '../../analysis/assess/assessment.ts';
import type { AnalysisProblem } from '../../analysis/template/problem.ts';
import type { Instant } from '../../domain/time.ts';
import type { TargetAnalysis } from '../../planning/target-analysis.ts';

/** What is known of one run of an analysis. */
export interface AnalysisState {
  /** A problem: its arguments do not fit, and nothing is asked. */
  readonly asked: TargetAnalysis | AnalysisProblem;
  /** The first point that is measured. */
  readonly startsAt: Instant;
  readonly assessment: Assessment;
  /** Why the last round brought no answer, and since when none came; `null` when one did. */
  readonly unanswered: { readonly sinceAt: Instant; readonly message: string } | null;
  /** The next point that is measured; `null` once the run is over. */
  readonly nextAt: Instant | null;
}
