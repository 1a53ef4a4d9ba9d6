import type { AnalysisPhase } from '../../domain/analysis-template.ts';
import type { MeasuredMetric } from '../template/measured-metric.ts';
import { isCompleted, type MetricAssessment } from './assessment.ts';

/** A limit that a metric is past, with the numbers. */
export interface LimitPassed {
  readonly phase: 'Failed' | 'Inconclusive' | 'Error';
  readonly because: string;
}

/** What a metric's counters are held against. */
export type MetricLimits = Pick<
  MeasuredMetric,
  'failureLimit' | 'inconclusiveLimit' | 'consecutiveErrorLimit' | 'consecutiveSuccessLimit' | 'effectiveCount'
>;

/** The limit that a metric is past; `null` for none. Of several an error weighs most, then inconclusive, then failed. */
export function limitPassed(metric: MetricLimits, standing: MetricAssessment): LimitPassed | null {
  const { failureLimit, inconclusiveLimit, consecutiveErrorLimit } = metric;
  const { failed, inconclusive, consecutiveError } = standing;
  if (consecutiveError > consecutiveErrorLimit) {
    const because = `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${consecutiveErrorLimit})`;
    return { phase: 'Error', because };
  }
  if (inconclusive > inconclusiveLimit) {
    const because = `inconclusive (${inconclusive}) > inconclusiveLimit (${inconclusiveLimit})`;
    return { phase: 'Inconclusive', because };
  }
  if (failureLimit < 0 || failed <= failureLimit) return null;
  return { phase: 'Failed', because: `failed (${failed}) > failureLimit (${failureLimit})` };
}

/** The phase of a metric after its latest reading; `isEnding` when the run takes no more of them. */
export function metricPhase(metric: MetricLimits, standing: MetricAssessment, isEnding: boolean): AnalysisPhase {
  if (isCompleted(standing.phase)) return standing.phase;
  const passed = limitPassed(metric, standing);
  if (passed !== null) return passed.phase;
  const { consecutiveSuccessLimit, effectiveCount, failureLimit } = metric;
  const needsSuccesses = consecutiveSuccessLimit > 0;
  if (needsSuccesses && standing.consecutiveSuccess >= consecutiveSuccessLimit) return 'Successful';
  if (effectiveCount !== null && standing.count >= effectiveCount) {
    if (!needsSuccesses) return 'Successful';
    return failureLimit >= 0 ? 'Inconclusive' : 'Failed';
  }
  return isEnding ? 'Successful' : 'Running';
}
