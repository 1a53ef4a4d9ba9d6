import { type AnalysisPhase, effectiveCount, limitOf, type Metric, type MetricResult } from './metric.ts';

/** A phase in which nothing more is measured. */
export function isCompletedPhase(phase: string | undefined): boolean {
  return phase === 'Successful' || phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive';
}

/** Which limit a metric has passed, and the words Argo has for it; error outranks inconclusive, that outranks failed. */
export function passedLimit(
  metric: Metric,
  result: MetricResult,
): { readonly phase: AnalysisPhase; readonly message: string } | null {
  const failureLimit = limitOf(metric.failureLimit, 0);
  const inconclusiveLimit = limitOf(metric.inconclusiveLimit, 0);
  const errorLimit = limitOf(metric.consecutiveErrorLimit, 4);
  const errors = result.consecutiveError ?? 0;
  const inconclusive = result.inconclusive ?? 0;
  const failed = result.failed ?? 0;
  if (errors > errorLimit) {
    return { phase: 'Error', message: `consecutiveErrors (${errors}) > consecutiveErrorLimit (${errorLimit})` };
  }
  if (inconclusive > inconclusiveLimit) {
    return {
      phase: 'Inconclusive',
      message: `inconclusive (${inconclusive}) > inconclusiveLimit (${inconclusiveLimit})`,
    };
  }
  if (failureLimit >= 0 && failed > failureLimit) {
    return { phase: 'Failed', message: `failed (${failed}) > failureLimit (${failureLimit})` };
  }
  return null;
}

/** The phase of one metric after its last measurement. */
export function metricPhase(metric: Metric, result: MetricResult, terminating: boolean): AnalysisPhase {
  if (isCompletedPhase(result.phase)) return result.phase;
  if ((result.measurements ?? []).length === 0) return terminating ? 'Successful' : 'Pending';
  const passed = passedLimit(metric, result);
  if (passed !== null) return passed.phase;
  const wanted = effectiveCount(metric);
  if (wanted !== null && (result.count ?? 0) >= wanted) return 'Successful';
  return terminating ? 'Successful' : 'Running';
}

/** From best to worst. */
const ORDER: readonly AnalysisPhase[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed'];

/** A run's phase and message from those of its metrics. `results` have their phases set already. */
export function runPhase(
  metrics: readonly Metric[],
  results: readonly MetricResult[],
  run: { readonly terminating: boolean; readonly terminated: boolean },
): { readonly phase: AnalysisPhase; readonly message: string } {
  let worst: AnalysisPhase | null = null;
  let message = run.terminated ? 'Run Terminated' : '';
  let allCompleted = true;
  for (const metric of metrics) {
    const result = results.find(({ name }) => name === metric.name);
    if (result === undefined || !isCompletedPhase(result.phase)) {
      allCompleted = false;
      continue;
    }
    if (worst !== null && ORDER.indexOf(result.phase) <= ORDER.indexOf(worst)) continue;
    worst = result.phase;
    message = messageOf(metric, result) ?? message;
  }
  if (run.terminating) return { phase: worst ?? 'Successful', message };
  if (!allCompleted || worst === null) return { phase: 'Running', message: '' };
  return { phase: worst, message };
}

function messageOf(metric: Metric, result: MetricResult): string | null {
  const passed = passedLimit(metric, result);
  if (passed === null) return null;
  const base = `Metric "${metric.name}" assessed ${result.phase} due to ${passed.message}`;
  return result.message === undefined || result.message === '' ? base : `${base}: "Error Message: ${result.message}"`;
}
