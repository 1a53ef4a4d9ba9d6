/** A metric of an AnalysisTemplate, as far as the model measures it: the Prometheus provider. */
export interface Metric {
  readonly name: string;
  /** `30s`, `5m`; absent: measured once. */
  readonly interval?: string;
  readonly initialDelay?: string;
  readonly count?: number | string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** @default 0; -1 switches it off */
  readonly failureLimit?: number | string;
  /** @default 0 */
  readonly inconclusiveLimit?: number | string;
  /** @default 4 */
  readonly consecutiveErrorLimit?: number | string;
  readonly provider: { readonly prometheus?: { readonly address?: string; readonly query: string } };
}

/** Phases of measurements, metrics and runs. */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

/** One answer of the metric provider. */
export interface Measurement {
  readonly phase: AnalysisPhase;
  readonly message?: string;
  readonly value?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** A metric's measurements and their counts. */
export interface MetricResult {
  readonly name: string;
  readonly phase: AnalysisPhase;
  readonly message?: string;
  readonly count?: number;
  readonly successful?: number;
  readonly failed?: number;
  readonly inconclusive?: number;
  readonly error?: number;
  readonly consecutiveError?: number;
  readonly consecutiveSuccess?: number;
  /** The last ten. */
  readonly measurements?: readonly Measurement[];
}

/** Argo keeps this many measurements of a metric. */
const KEPT_MEASUREMENTS = 10;

/** A Go duration (`1h30m`, `500ms`) in milliseconds; `null` when it is none. */
export function goDurationMs(text: string): number | null {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0),
    0,
  );
}

/** An IntOrString as Argo reads it: what is no integer is 0. */
export function limitOf(value: number | string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  return typeof value === 'number' ? value : /^-?\d+$/.test(value) ? Number(value) : 0;
}

/** How many measurements a metric takes; `null` when it goes on until the run ends. */
export function effectiveCount(metric: Metric): number | null {
  const count = limitOf(metric.count, 0);
  if (count > 0) return count;
  return metric.interval === undefined ? 1 : null;
}

/** The result with one more measurement: an error leaves the count as it is, a success ends a row of errors. */
export function addMeasurement(result: MetricResult | undefined, name: string, measurement: Measurement): MetricResult {
  const before: MetricResult = result ?? { name, phase: 'Pending' };
  const measurements = [...(before.measurements ?? []), measurement].slice(-KEPT_MEASUREMENTS);
  const counted = { ...before, measurements };
  const count = (before.count ?? 0) + 1;
  switch (measurement.phase) {
    case 'Successful':
      return {
        ...counted,
        count,
        successful: (before.successful ?? 0) + 1,
        consecutiveError: 0,
        consecutiveSuccess: (before.consecutiveSuccess ?? 0) + 1,
      };
    case 'Failed':
      return { ...counted, count, failed: (before.failed ?? 0) + 1, consecutiveError: 0, consecutiveSuccess: 0 };
    case 'Inconclusive':
      return {
        ...counted,
        count,
        inconclusive: (before.inconclusive ?? 0) + 1,
        consecutiveError: 0,
        consecutiveSuccess: 0,
      };
    default:
      return {
        ...counted,
        error: (before.error ?? 0) + 1,
        consecutiveError: (before.consecutiveError ?? 0) + 1,
        consecutiveSuccess: 0,
      };
  }
}
