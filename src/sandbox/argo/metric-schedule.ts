import { type Instant, instant } from '../../domain/time.ts';
import { effectiveCount, goDurationMs, type Metric, type MetricResult } from './metric.ts';
import { isCompletedPhase } from './metric-assessment.ts';

/** After an error Argo measures again after this time, whatever the interval. */
const ERROR_RETRY_MS = 10_000;

/**
 * When a metric is to be measured next; `null` when never. A metric without a measurement is due at once, or after its
 * initial delay, which counts from the start of the run.
 */
export function nextMeasurementAt(
  metric: Metric,
  result: MetricResult | undefined,
  startedAt: Instant,
): Instant | null {
  if (isCompletedPhase(result?.phase)) return null;
  const last = result?.measurements?.at(-1);
  if (result === undefined || last === undefined) {
    return instant(startedAt + (goDurationMs(metric.initialDelay ?? '0s') ?? 0));
  }
  const wanted = effectiveCount(metric);
  if (wanted !== null && (result.count ?? 0) >= wanted) return null;
  const finishedAt = Date.parse(last.finishedAt);
  if (last.phase === 'Error') return instant(finishedAt + ERROR_RETRY_MS);
  const intervalMs = goDurationMs(metric.interval ?? '');
  return intervalMs === null ? null : instant(finishedAt + intervalMs);
}
