import { advance, notStarted } from '../../analysis/assess/advance.ts';
import type { Assessment } from '../../analysis/assess/assessment.ts';
import { judgeAnswer, type MetricAnswer } from '../../analysis/assess/judge-answer.ts';
import type { PreparedAnalysis, PreparedMetric } from '../../analysis/assess/prepare.ts';
import type { Instant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** Takes one measurement of a metric. */
export type Measure = (metric: PreparedMetric, signal: AbortSignal) => Promise<MetricAnswer>;

/** How a try ended: the run, and the last answer of each metric that was measured. */
export interface Tried {
  readonly assessment: Assessment;
  readonly answers: ReadonlyMap<string, MetricAnswer>;
}

/** A measurement that was taken. */
export interface Taken {
  readonly metric: PreparedMetric;
  readonly answer: MetricAnswer;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** The run of one measurement of each metric, which counts as it is: no limit forgives it. */
export async function tryOnce(
  analysis: PreparedAnalysis,
  measure: Measure,
  clock: Clock,
  signal: AbortSignal,
): Promise<Tried> {
  const once = { ...analysis, metrics: analysis.metrics.map(measuredOnce) };
  const taken = await takeAll(once.metrics, measure, clock, signal);
  const assessment = advance(
    once,
    notStarted,
    taken.map((one) => readingOf(once, one)),
    clock.now(),
  );
  return { assessment, answers: new Map(taken.map(({ metric, answer }) => [metric.name, answer])) };
}

/** Measures metrics together. */
export function takeAll(
  metrics: readonly PreparedMetric[],
  measure: Measure,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Taken[]> {
  return Promise.all(
    metrics.map(async (metric) => {
      const startedAt = clock.now();
      const answer = await measure(metric, signal);
      return { metric, answer, startedAt, finishedAt: clock.now() };
    }),
  );
}

/** What a measurement is to the run. */
export function readingOf({ secrets }: PreparedAnalysis, { metric, answer, ...between }: Taken) {
  return { metric: metric.name, reading: judgeAnswer(metric, answer, between, secrets) };
}

function measuredOnce(metric: PreparedMetric): PreparedMetric {
  return {
    ...metric,
    initialDelayMs: null,
    effectiveCount: 1,
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 0,
    consecutiveSuccessLimit: 0,
  };
}
