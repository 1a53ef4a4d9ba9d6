import type { Instant } from '../../domain/time.ts';
import { instant } from '../../domain/time.ts';
import { assessRun } from './assess-run.ts';
import {
  type Assessment,
  emptySummary,
  isCompleted,
  isTerminating,
  type MetricAssessment,
  metricOf,
  type Reading,
} from './assessment.ts';
import type { PreparedAnalysis } from './prepare.ts';
import { unmeasured, withReading } from './record-reading.ts';

/** A reading of one metric of a run. */
export interface MetricReading {
  readonly metric: string;
  readonly reading: Reading;
}

/** A run before its first pass. */
export const notStarted: Assessment = {
  phase: 'Pending',
  message: '',
  isStopped: false,
  startedAt: null,
  completedAt: null,
  metrics: [],
  runSummary: emptySummary,
  dryRunSummary: null,
};

/** A run that may not be measured: it ends before it starts. */
export function refusedAssessment(message: string): Assessment {
  return { ...notStarted, phase: 'Error', message };
}

/**
 * The run after one pass: the readings of all metrics that were due together, counted and assessed.
 *
 * Readings taken together are assessed together. A metric that ends badly takes the others along in the same call. A completed
 * run stays as it is, and so does a completed metric.
 */
export function advance(
  analysis: PreparedAnalysis,
  before: Assessment,
  readings: readonly MetricReading[],
  now: Instant,
): Assessment {
  if (isCompleted(before.phase)) return before;
  const after = pass(analysis, record(analysis, before, readings), now);
  // the metric that ended the run is seen to have done so in the pass after
  return !isCompleted(after.phase) && isTerminating(after) ? pass(analysis, after, now) : after;
}

/** The run when somebody asks for its end: nothing more is measured, what runs counts as successful. */
export function stop(analysis: PreparedAnalysis, before: Assessment, now: Instant): Assessment {
  return isCompleted(before.phase) ? before : advance(analysis, { ...before, isStopped: true }, [], now);
}

function record(analysis: PreparedAnalysis, before: Assessment, readings: readonly MetricReading[]): Assessment {
  let metrics = before.metrics;
  for (const { metric, reading } of readings) {
    const prepared = analysis.metrics.find(({ name }) => name === metric);
    const standing = metricOf({ ...before, metrics }, metric);
    if (prepared === undefined || (standing !== null && isCompleted(standing.phase))) continue;
    const counted = withReading(standing ?? unmeasured(metric, prepared.dryRun), reading);
    metrics = standing === null ? [...metrics, counted] : metrics.map((each) => (each === standing ? counted : each));
  }
  return { ...before, metrics };
}

function pass(analysis: PreparedAnalysis, before: Assessment, now: Instant): Assessment {
  const { phase, message, metrics, runSummary, dryRunSummary } = assessRun(analysis.metrics, before);
  return {
    ...before,
    phase,
    message,
    startedAt: before.startedAt ?? wholeSecond(now),
    completedAt: isCompleted(phase) ? wholeSecond(now) : null,
    metrics: metrics.map((standing) => trimmed(analysis, standing)),
    runSummary,
    dryRunSummary,
  };
}

function trimmed(analysis: PreparedAnalysis, standing: MetricAssessment): MetricAssessment {
  const kept = analysis.metrics.find(({ name }) => name === standing.name)?.readingsKept ?? null;
  if (kept === null || standing.readings.length <= kept) return standing;
  return { ...standing, readings: standing.readings.slice(-kept) };
}

/** An instant as the cluster stores it. */
export function wholeSecond(at: Instant): Instant {
  return instant(Math.floor(at / 1000) * 1000);
}
