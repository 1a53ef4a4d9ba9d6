import type { AnalysisPhase } from '../../domain/analysis-template.ts';
import { limitPassed, metricPhase } from './assess-metric.ts';
import {
  type Assessment,
  emptySummary,
  isCompleted,
  isTerminating,
  type MetricAssessment,
  metricOf,
  type ReadingPhase,
  type Summary,
} from './assessment.ts';
import type { PreparedMetric } from './prepare.ts';

/** From best to worst; of the metrics of a run the worst one names its phase. */
const WORSE: readonly ReadingPhase[] = ['Successful', 'Inconclusive', 'Error', 'Failed'];

/** What one look at all metrics says of the run. */
export interface RunAssessment {
  readonly phase: AnalysisPhase;
  readonly message: string;
  readonly metrics: readonly MetricAssessment[];
  readonly runSummary: Summary;
  readonly dryRunSummary: Summary;
}

/** What has been gathered of the metrics looked at so far. */
interface Tally {
  worst: ReadingPhase | null;
  message: string;
  isComplete: boolean;
  runSummary: Summary;
  dryRunSummary: Summary;
}

/**
 * Assesses every metric, then the run. Metrics in a dry run never name its phase, but it goes on until they are complete.
 *
 * The message belongs to the worst metric that is past a limit: one that ended otherwise names the phase and leaves the message.
 */
export function assessRun(metrics: readonly PreparedMetric[], before: Assessment): RunAssessment {
  const isEnding = isTerminating(before);
  const tally: Tally = {
    worst: null,
    message: before.isStopped ? 'Run Terminated' : '',
    isComplete: true,
    runSummary: emptySummary,
    dryRunSummary: emptySummary,
  };
  const assessed = new Map<string, MetricAssessment>();
  for (const metric of metrics) {
    const standing = metricOf(before, metric.name);
    if (standing !== null) assessed.set(metric.name, assessMetric(metric, standing, isEnding, tally));
    else tally.isComplete = false;
    count(tally, metric.dryRun, 'count');
  }
  return {
    ...runPhase(tally, isEnding),
    metrics: before.metrics.map((standing) => assessed.get(standing.name) ?? standing),
    runSummary: tally.runSummary,
    dryRunSummary: tally.dryRunSummary,
  };
}

function runPhase(tally: Tally, isEnding: boolean): Pick<RunAssessment, 'phase' | 'message'> {
  if (isEnding) return { phase: tally.worst ?? 'Successful', message: tally.message };
  if (!tally.isComplete || tally.worst === null) return { phase: 'Running', message: '' };
  return { phase: tally.worst, message: tally.message };
}

function assessMetric(
  metric: PreparedMetric,
  before: MetricAssessment,
  isEnding: boolean,
  tally: Tally,
): MetricAssessment {
  const phase = metricPhase(metric, before, isEnding);
  // a metric tells its latest reading's message at the moment in which its phase changes
  const message = phase === before.phase ? before.message : (before.readings.at(-1)?.message ?? before.message);
  const standing = { ...before, phase, message };
  if (!isCompleted(phase)) {
    tally.isComplete = false;
    return standing;
  }
  const passed = limitPassed(metric, standing);
  // without a limit that was passed it counts as a success, however it ended
  count(tally, metric.dryRun, summaryField[passed?.phase ?? 'Successful']);
  if (metric.dryRun) {
    tally.worst ??= 'Successful';
    return passed === null ? standing : { ...standing, message: `Metric assessed ${phase} due to ${passed.because}` };
  }
  if (tally.worst === null || WORSE.indexOf(phase) > WORSE.indexOf(tally.worst)) {
    tally.worst = phase;
    if (passed !== null) tally.message = runMessage(standing, passed.because);
  }
  return standing;
}

function runMessage({ name, phase, message }: MetricAssessment, because: string): string {
  const cause = message === '' ? '' : `: "Error Message: ${message}"`;
  return `Metric "${name}" assessed ${phase} due to ${because}${cause}`;
}

const summaryField = {
  Successful: 'successful',
  Failed: 'failed',
  Inconclusive: 'inconclusive',
  Error: 'error',
} as const satisfies Readonly<Record<ReadingPhase, keyof Summary>>;

function count(tally: Tally, dryRun: boolean, field: keyof Summary): void {
  const summary = dryRun ? 'dryRunSummary' : 'runSummary';
  tally[summary] = { ...tally[summary], [field]: tally[summary][field] + 1 };
}
