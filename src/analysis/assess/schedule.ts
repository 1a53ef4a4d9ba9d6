import { earliest, type Instant, instant, later } from '../../domain/time.ts';
import { type Assessment, isCompleted, metricOf } from './assessment.ts';
import type { PreparedAnalysis, PreparedMetric } from './prepare.ts';

/** A measurement that ended in an error is taken again after this long, whatever the interval is. */
const ERROR_RETRY_MS = 10_000;

/** Names of the metrics to measure now, together, in the order of the spec. */
export function dueMetrics(analysis: PreparedAnalysis, assessment: Assessment, now: Instant): readonly string[] {
  if (isCompleted(assessment.phase)) return [];
  return analysis.metrics
    .filter((metric) => {
      const at = dueAt(metric, assessment, now);
      return at !== null && at <= now;
    })
    .map(({ name }) => name);
}

/** The first instant, to the millisecond, at which a metric is due or a run that has not started wants its first pass; `null` for never. */
export function nextDue(analysis: PreparedAnalysis, assessment: Assessment, now: Instant): Instant | null {
  if (isCompleted(assessment.phase)) return null;
  if (assessment.startedAt === null) return now;
  return earliest(...analysis.metrics.map((metric) => dueAt(metric, assessment, now)));
}

function dueAt(metric: PreparedMetric, { metrics, startedAt, ...rest }: Assessment, now: Instant): Instant | null {
  const standing = metricOf({ metrics, startedAt, ...rest }, metric.name);
  if (standing !== null && isCompleted(standing.phase)) return null;
  const last = standing?.readings.at(-1);
  if (last === undefined) {
    if (metric.initialDelayMs === null) return now;
    return startedAt === null ? null : instant(Math.ceil(startedAt + metric.initialDelayMs));
  }
  const intervalMs = last.phase === 'Error' ? ERROR_RETRY_MS : (metric.intervalMs ?? ERROR_RETRY_MS);
  // due strictly after the interval
  return later(instant(Math.floor(last.finishedAt + intervalMs)), 1);
}
