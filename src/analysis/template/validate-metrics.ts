import type { TemplateMetric } from '../../domain/analysis-template.ts';
import { parseGoDuration } from './go-duration.ts';
import { intOf, isCountable } from './int-or-text.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** What is wrong with a metric: the field that shows it, and Argo's words for it. */
export interface MetricFault {
  readonly field: keyof TemplateMetric;
  readonly reason: string;
  readonly message: string;
}

/** Why Argo would not measure these metrics, arguments filled in; `null` when it would. The first fault is told. */
export function metricsProblem(metrics: readonly TemplateMetric[]): AnalysisProblem | null {
  if (metrics.length === 0) return analysisProblem('NoMetrics', 'no metrics specified');
  for (const [index, metric] of metrics.entries()) {
    if (metrics.findIndex(({ name }) => name === metric.name) < index) {
      return analysisProblem('DuplicateMetric', `metrics[${index}]: duplicate name '${metric.name}'`);
    }
    const fault = metricFault(metric);
    if (fault !== null) return analysisProblem(fault.reason, `metrics[${index}]: ${fault.message}`);
  }
  return null;
}

/** The first rule that a metric breaks, in the order in which Argo looks; `null` when it breaks none. */
export function metricFault(metric: TemplateMetric): MetricFault | null {
  return uncountable(metric) ?? limitFault(metric) ?? countFault(metric) ?? durationFault(metric);
}

/** The fields that count something. */
export const COUNTED = [
  'count',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
] as const satisfies readonly (keyof TemplateMetric)[];

function uncountable(metric: TemplateMetric): MetricFault | null {
  const field = COUNTED.find((name) => !isCountable(metric[name]));
  if (field === undefined) return null;
  return { field, reason: 'NumberOutOfRange', message: `${field} ${metric[field]} does not fit into 32 bits` };
}

function limitFault(metric: TemplateMetric): MetricFault | null {
  const fault = (field: keyof TemplateMetric, message: string): MetricFault => ({
    field,
    reason: 'InvalidLimit',
    message,
  });
  const failureLimit = intOf(metric.failureLimit) ?? 0;
  const successLimit = intOf(metric.consecutiveSuccessLimit) ?? 0;
  if (successLimit < 0) return fault('consecutiveSuccessLimit', 'consecutiveSuccessLimit must be >= 0');
  if (failureLimit < -1) return fault('failureLimit', 'failureLimit must be >= 0, or -1 to be disabled');
  if (successLimit === 0 && failureLimit === -1) {
    return fault('failureLimit', 'failureLimit and consecutiveSuccessLimit cannot both be disabled');
  }
  if ((intOf(metric.inconclusiveLimit) ?? 0) < 0) return fault('inconclusiveLimit', 'inconclusiveLimit must be >= 0');
  if ((intOf(metric.consecutiveErrorLimit) ?? 0) < 0) {
    return fault('consecutiveErrorLimit', 'consecutiveErrorLimit must be >= 0');
  }
  return null;
}

function countFault(metric: TemplateMetric): MetricFault | null {
  const count = intOf(metric.count) ?? 0;
  if (count <= 0) return null;
  const fault = (message: string): MetricFault => ({ field: 'count', reason: 'InvalidCount', message });
  const failureLimit = intOf(metric.failureLimit) ?? 0;
  const successLimit = intOf(metric.consecutiveSuccessLimit) ?? 0;
  if (failureLimit >= 0 && count < failureLimit + successLimit) {
    const limits = `${failureLimit} + ${successLimit}`;
    return fault(`count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${limits}) if both >= 0`);
  }
  if (failureLimit < 0 && count < successLimit) return fault('count must be >= consecutiveSuccessLimit');
  if (count < (intOf(metric.inconclusiveLimit) ?? 0)) return fault('count must be >= inconclusiveLimit');
  if (count > 1 && metric.interval === null) return fault('interval must be specified when count > 1');
  return null;
}

function durationFault({ interval, initialDelay }: TemplateMetric): MetricFault | null {
  const reading = interval === null ? null : parseGoDuration(interval);
  if (reading?.kind === 'invalid') {
    return { field: 'interval', reason: 'InvalidDuration', message: `invalid interval string: ${reading.message}` };
  }
  const delay = initialDelay === null ? null : parseGoDuration(initialDelay);
  if (delay?.kind !== 'invalid') return null;
  // Argo calls the field by a name it had before
  return { field: 'initialDelay', reason: 'InvalidDuration', message: `invalid startDelay string: ${delay.message}` };
}
