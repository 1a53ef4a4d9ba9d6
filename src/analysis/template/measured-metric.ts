import type { PrometheusProvider, TemplateMetric } from '../../domain/analysis-template.ts';
import { parseGoDuration } from './go-duration.ts';
import { intOf } from './int-or-text.ts';

/** How many errors in a row a metric bears when it does not say. */
const DEFAULT_CONSECUTIVE_ERRORS = 4;

/** A metric that may be measured: arguments filled in, rules kept, defaults in place. */
export interface MeasuredMetric {
  readonly name: string;
  /** `null`: no interval. */
  readonly intervalMs: number | null;
  /** `null`: at once. */
  readonly initialDelayMs: number | null;
  /** Measurements without error after which the metric is complete; `null`: it never is by count. */
  readonly effectiveCount: number | null;
  /** -1: failures do not matter. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  /** 0: not used. */
  readonly consecutiveSuccessLimit: number;
  readonly successCondition: string | null;
  readonly failureCondition: string | null;
  readonly provider: PrometheusProvider;
}

/** The metric in numbers; `metricFault` must have found nothing. */
export function measuredMetric(metric: TemplateMetric): MeasuredMetric {
  return {
    name: metric.name,
    intervalMs: durationMs(metric.interval),
    initialDelayMs: durationMs(metric.initialDelay),
    effectiveCount: effectiveCount(metric),
    failureLimit: intOf(metric.failureLimit) ?? 0,
    inconclusiveLimit: intOf(metric.inconclusiveLimit) ?? 0,
    consecutiveErrorLimit: intOf(metric.consecutiveErrorLimit) ?? DEFAULT_CONSECUTIVE_ERRORS,
    consecutiveSuccessLimit: intOf(metric.consecutiveSuccessLimit) ?? 0,
    successCondition: metric.successCondition,
    failureCondition: metric.failureCondition,
    provider: metric.provider,
  };
}

/** The count; without one, 1 where there is no interval and `null`, without end, where there is. */
export function effectiveCount({ count, interval }: Pick<TemplateMetric, 'count' | 'interval'>): number | null {
  const given = intOf(count) ?? 0;
  if (given !== 0) return given;
  return interval === null ? 1 : null;
}

function durationMs(text: string | null): number | null {
  const reading = text === null ? null : parseGoDuration(text);
  return reading?.kind === 'duration' ? reading.ms : null;
}
