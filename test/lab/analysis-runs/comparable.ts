import type { Assessment, Summary } from '../../../src/analysis/assess/assessment.ts';
import type { ArgoMetricResult, ArgoStatus, ArgoSummary } from './argo-run.ts';

/** What of a run must be the same, in one form for both. */
export interface Comparable {
  readonly phase: string;
  readonly message: string;
  readonly isStarted: boolean;
  readonly isCompleted: boolean;
  readonly runSummary: Summary;
  readonly dryRunSummary: Summary | null;
  /** By name. */
  readonly metrics: Readonly<Record<string, object>>;
}

/** Ours. */
export function ofAssessment(run: Assessment): Comparable {
  return {
    phase: run.phase,
    message: run.message,
    isStarted: run.startedAt !== null,
    isCompleted: run.completedAt !== null,
    runSummary: run.runSummary,
    dryRunSummary: run.dryRunSummary,
    metrics: Object.fromEntries(
      run.metrics.map(({ name, readings, ...metric }) => [
        name,
        {
          ...metric,
          readings: readings.map(({ phase, message, value, warnings }) => ({
            phase,
            message,
            value,
            warnings: warnings.map((warning) => `"${warning}"`).join(', '),
          })),
        },
      ]),
    ),
  };
}

/** That of the real controller. */
export function ofStatus(status: ArgoStatus): Comparable {
  return {
    phase: status.phase,
    message: status.message ?? '',
    isStarted: status.startedAt !== undefined,
    isCompleted: status.completedAt !== undefined,
    runSummary: summaryOf(status.runSummary ?? {}),
    dryRunSummary: status.dryRunSummary === undefined ? null : summaryOf(status.dryRunSummary),
    metrics: Object.fromEntries((status.metricResults ?? []).map((result) => [result.name, metricOf(result)])),
  };
}

function summaryOf({ count = 0, successful = 0, failed = 0, inconclusive = 0, error = 0 }: ArgoSummary): Summary {
  return { count, successful, failed, inconclusive, error };
}

function metricOf(result: ArgoMetricResult): object {
  const { phase, message = '', dryRun = false, consecutiveError = 0, consecutiveSuccess = 0 } = result;
  return {
    phase,
    message,
    dryRun,
    ...summaryOf(result),
    consecutiveError,
    consecutiveSuccess,
    readings: (result.measurements ?? []).map((measurement) => ({
      phase: measurement.phase,
      message: measurement.message ?? '',
      value: measurement.value ?? '',
      warnings: measurement.metadata?.['warnings'] ?? '',
    })),
  };
}
