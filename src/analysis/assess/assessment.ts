import type { AnalysisPhase } from '../../domain/analysis-template.ts';
import type { Instant } from '../../domain/time.ts';

/** What one measurement can end as. */
export type ReadingPhase = 'Successful' | 'Failed' | 'Inconclusive' | 'Error';

/** One measurement that is over. Instants are whole seconds, as the cluster stores them. */
export interface Reading {
  readonly phase: ReadingPhase;
  /** Why it is an error; empty otherwise. */
  readonly message: string;
  /** The measured value as text, `0.97`, `[0.97,NaN]`; empty for an error. */
  readonly value: string;
  /** What the provider said beside its answer. */
  readonly warnings: readonly string[];
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** How a metric stands. Counters go over all readings, also those that are no longer kept. */
export interface MetricAssessment {
  readonly name: string;
  readonly phase: AnalysisPhase;
  readonly message: string;
  readonly dryRun: boolean;
  /** Readings without error. */
  readonly count: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly consecutiveError: number;
  readonly consecutiveSuccess: number;
  /** The latest ones, oldest first. */
  readonly readings: readonly Reading[];
}

/** Metrics by what they ended as; `count` holds those that have not ended too. */
export interface Summary {
  readonly count: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
}

/** How a run stands: the whole state of it, plain data. */
export interface Assessment {
  readonly phase: AnalysisPhase;
  readonly message: string;
  /** True once somebody asked it to end. */
  readonly isStopped: boolean;
  /** `null` before the first pass, and for a run that was refused. */
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  /** Metrics that were measured at least once, in the order of their first readings. */
  readonly metrics: readonly MetricAssessment[];
  readonly runSummary: Summary;
  /** `null` before the first pass, and for a run that was refused. */
  readonly dryRunSummary: Summary | null;
}

/** Of nothing. */
export const emptySummary: Summary = { count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0 };

/** True for a phase that nothing changes any more. */
export function isCompleted(phase: AnalysisPhase): phase is ReadingPhase {
  return phase !== 'Pending' && phase !== 'Running';
}

/** True when no more is measured: somebody asked for the end, or a metric that counts has ended badly. */
export function isTerminating(assessment: Assessment): boolean {
  return (
    assessment.isStopped ||
    assessment.metrics.some(({ dryRun, phase }) => !dryRun && isCompleted(phase) && phase !== 'Successful')
  );
}

/** How a metric stands; `null` before its first reading. */
export function metricOf(assessment: Assessment, name: string): MetricAssessment | null {
  return assessment.metrics.find((metric) => metric.name === name) ?? null;
}
