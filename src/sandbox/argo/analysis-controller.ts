import { type Instant, instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { Alarms, CancelAlarm } from '../clock/alarms.ts';
import { type ModelStore, refOf } from '../model-store.ts';
import { resolveMetric } from './analysis-arguments.ts';
import { type AnalysisRun, asAnalysisRun } from './analysis-run.ts';
import { addMeasurement, type Measurement, type Metric, type MetricResult } from './metric.ts';
import { isCompletedPhase, metricPhase, runPhase } from './metric-assessment.ts';
import { assessValues } from './metric-condition.ts';
import { nextMeasurementAt } from './metric-schedule.ts';
import { timeText } from './pass.ts';
import { statusPatch } from './status-patch.ts';

/** Answers an instant query with the values of its vector, in order; rejects when the source cannot be asked. */
export type MeasureQuery = (address: string, promql: string, at: Instant) => Promise<readonly number[]>;

interface Runs {
  readonly objects: ModelStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly measure: MeasureQuery;
  readonly wakeUps: Map<string, CancelAlarm>;
  readonly measuring: Set<string>;
  isStopped: boolean;
}

/** Measures the AnalysisRuns of one cluster, each metric when it is due. Answers how to stop it. */
export function startAnalysisController(
  objects: ModelStore,
  alarms: Alarms,
  clock: Clock,
  measure: MeasureQuery,
): () => void {
  const runs: Runs = { objects, alarms, clock, measure, wakeUps: new Map(), measuring: new Set(), isStopped: false };
  const unsubscribe = objects.subscribe(kinds.analysisRun, ({ type, object }) => {
    if (type === 'deleted') forget(runs, keyOf(object));
    else wakeAfter(runs, object, 0);
  });
  for (const object of objects.list(kinds.analysisRun)) wakeAfter(runs, object, 0);
  return () => {
    runs.isStopped = true;
    unsubscribe();
  };
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function forget(runs: Runs, key: string): void {
  runs.wakeUps.get(key)?.();
  runs.wakeUps.delete(key);
}

function wakeAfter(runs: Runs, object: KubernetesObject, ms: number): void {
  if (runs.isStopped || isCompletedPhase(asAnalysisRun(object).status.phase)) return;
  const key = keyOf(object);
  forget(runs, key);
  runs.wakeUps.set(
    key,
    runs.alarms.after(ms, () => {
      runs.wakeUps.delete(key);
      void look(runs, refOf(kinds.analysisRun, object), key);
    }),
  );
}

async function look(runs: Runs, ref: ReturnType<typeof refOf>, key: string): Promise<void> {
  const object = runs.objects.get(ref);
  if (object === undefined || runs.measuring.has(key)) return;
  const run = asAnalysisRun(object);
  if (isCompletedPhase(run.status.phase)) return;
  const metrics = run.spec.metrics.map((metric) => resolveMetric(metric, run.spec.args ?? []));
  const problem = metrics.find((metric) => typeof metric === 'string');
  if (problem !== undefined) {
    write(runs, run, { ...run.status, phase: 'Error', message: `Unable to resolve metric arguments: ${problem}` });
    return;
  }
  const resolved = metrics.filter((metric) => typeof metric !== 'string');
  runs.measuring.add(key);
  const taken = await takeMeasurements(runs, run, resolved);
  runs.measuring.delete(key);
  const latest = runs.objects.get(ref);
  if (runs.isStopped || latest === undefined) return;
  conclude(runs, asAnalysisRun(latest), resolved, taken);
}

/** A run ends as soon as one metric is bad, or when it is told to. */
function isTerminating(run: AnalysisRun): boolean {
  const isBad = ({ phase }: MetricResult): boolean => isCompletedPhase(phase) && phase !== 'Successful';
  return run.spec.terminate === true || (run.status.metricResults ?? []).some(isBad);
}

function startOf(run: AnalysisRun, now: Instant): Instant {
  return run.status.startedAt === undefined ? now : instant(Date.parse(run.status.startedAt));
}

function resultOf(run: AnalysisRun, metric: Metric): MetricResult | undefined {
  return run.status.metricResults?.find(({ name }) => name === metric.name);
}

async function takeMeasurements(
  runs: Runs,
  run: AnalysisRun,
  metrics: readonly Metric[],
): Promise<ReadonlyMap<string, Measurement>> {
  const now = runs.clock.now();
  const due = metrics.filter((metric) => {
    const at = nextMeasurementAt(metric, resultOf(run, metric), startOf(run, now));
    return !isTerminating(run) && at !== null && at <= now;
  });
  const taken = await Promise.all(due.map(async (metric) => [metric.name, await takeOne(runs, metric)] as const));
  return new Map(taken);
}

async function takeOne(runs: Runs, metric: Metric): Promise<Measurement> {
  const now = (): Instant => runs.clock.now();
  const startedAt = timeText(now());
  const { prometheus } = metric.provider;
  if (prometheus === undefined) {
    return {
      phase: 'Error',
      message: 'the sandbox measures with the prometheus provider only',
      startedAt,
      finishedAt: startedAt,
    };
  }
  try {
    const values = await runs.measure(prometheus.address ?? '', prometheus.query, now());
    return { ...assessValues(metric, values), value: `[${values.join(',')}]`, startedAt, finishedAt: timeText(now()) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { phase: 'Error', message, startedAt, finishedAt: timeText(now()) };
  }
}

/** Counts what was measured, assesses metrics and run, and writes both. */
function conclude(
  runs: Runs,
  run: AnalysisRun,
  metrics: readonly Metric[],
  taken: ReadonlyMap<string, Measurement>,
): void {
  const now = runs.clock.now();
  const terminating = isTerminating(run);
  const results = metrics.flatMap((metric) => {
    const measurement = taken.get(metric.name);
    const before = resultOf(run, metric);
    const result = measurement === undefined ? before : addMeasurement(before, metric.name, measurement);
    return result === undefined ? [] : [assessed(metric, result, terminating)];
  });
  const outcome = runPhase(metrics, results, { terminating, terminated: run.spec.terminate === true });
  const isNew = outcome.phase !== run.status.phase;
  const message = isNew ? outcome.message : (run.status.message ?? '');
  if (!isCompletedPhase(outcome.phase)) wakeForNext(runs, run, metrics, results);
  write(runs, run, {
    ...run.status,
    phase: outcome.phase,
    ...(message === '' ? {} : { message }),
    startedAt: run.status.startedAt ?? timeText(now),
    metricResults: results,
    ...(isCompletedPhase(outcome.phase) ? { completedAt: timeText(now) } : {}),
  });
}

/** Set before the write: the write's own event wakes at once, which ends the other metrics of a run that has failed. */
function wakeForNext(runs: Runs, run: AnalysisRun, metrics: readonly Metric[], results: readonly MetricResult[]): void {
  const now = runs.clock.now();
  const startedAt = startOf(run, now);
  const resultOfName = (wanted: string) => results.find(({ name }) => name === wanted);
  const next = metrics
    .map((metric) => nextMeasurementAt(metric, resultOfName(metric.name), startedAt))
    .filter((at) => at !== null);
  if (next.length > 0) wakeAfter(runs, run, Math.max(0, Math.min(...next) - now));
}

function assessed(metric: Metric, result: MetricResult, terminating: boolean): MetricResult {
  const phase = metricPhase(metric, result, terminating);
  if (phase === result.phase) return result;
  const message = result.measurements?.at(-1)?.message;
  return { ...result, phase, ...(message === undefined ? {} : { message }) };
}

/** On the main resource: AnalysisRuns have no status subresource. */
function write(runs: Runs, run: AnalysisRun, status: AnalysisRun['status']): void {
  const patch = statusPatch(run.status, status);
  if (patch !== null) runs.objects.mergePatch(refOf(kinds.analysisRun, run), { status: patch });
}
