import { isAdapterError } from '../domain/errors.ts';
import { type Instant, later } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { GroupedQueries, MetricAnswers, Round, RoundMetric, TargetAnswer } from '../ports/grouped-queries.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { AnalysisState } from '../release/analyses/analysis-state.ts';
import type { WantedAnalysis } from '../release/analyses/wanted-analyses.ts';

/** A run that has begun. */
export interface AnalysisRun {
  readonly wanted: WantedAnalysis;
  state: AnalysisState;
  isAsked: boolean;
  /** After a round without an answer. */
  retryAt: Instant | null;
}

/** Whom a round asks, and the questions of earlier rounds: the same one again saves taking its query apart. */
export interface RoundParts {
  readonly source: MetricSource | undefined;
  readonly clock: Clock;
  readonly questions: Map<string, RoundMetric>;
}

/** A run and its metrics that are due. */
export interface DueRun {
  readonly run: AnalysisRun;
  readonly metrics: readonly string[];
}

const ROUND_DEADLINE_MS = 20_000;

/** Asks each metric once for all runs of its cluster; by `metricKey`. Without a source nothing is answered. */
export async function askRound(
  { source, clock, questions }: RoundParts,
  due: readonly DueRun[],
  at: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, MetricAnswers>> {
  const evaluate = source?.evaluate;
  if (evaluate === undefined) return new Map();
  const grouped = new Map<string, { readonly metric: string; readonly runs: AnalysisRun[] }>();
  for (const { run, metrics } of due) {
    for (const metric of metrics) {
      const key = metricKey(run.wanted, metric);
      const group = grouped.get(key) ?? { metric, runs: [] };
      group.runs.push(run);
      grouped.set(key, group);
    }
  }
  const metrics = [...grouped].map(([key, { metric, runs }]) => questionOf(questions, key, metric, runs));
  const deadlineAt = later(clock.now(), ROUND_DEADLINE_MS);
  const answers = await answered(evaluate, { at, deadlineAt, metrics }, signal);
  return new Map([...grouped.keys()].map((key, index) => [key, answers[index] ?? new Map()]));
}

/** Names what one question asks: a metric of an analysis in a cluster. */
export function metricKey({ cluster, analysis }: WantedAnalysis, metric: string): string {
  return `${cluster}|${analysis.name}|${metric}`;
}

/** The question of the round before, when it asks for the same runs. */
function questionOf(
  questions: Map<string, RoundMetric>,
  key: string,
  metric: string,
  runs: readonly AnalysisRun[],
): RoundMetric {
  const before = questions.get(key);
  const isSame =
    before?.targets.length === runs.length && before.targets.every(({ id }, index) => id === runs[index]!.wanted.key);
  if (isSame) return before;
  const [{ wanted, state }] = runs as [AnalysisRun];
  const made: RoundMetric = {
    name: `${wanted.analysis.name} ${metric}`,
    cluster: wanted.cluster,
    query: state.asked.kind === 'problem' ? '' : (state.asked.queries[metric] ?? ''),
    targets: runs.map((run) => ({
      id: run.wanted.key,
      args: run.state.asked.kind === 'problem' ? {} : run.state.asked.args,
    })),
  };
  questions.set(key, made);
  return made;
}

/** A source that cannot be asked is one that does not answer. */
async function answered(
  evaluate: GroupedQueries['evaluate'],
  round: Round,
  signal: AbortSignal,
): Promise<readonly MetricAnswers[]> {
  try {
    return await evaluate(round, signal);
  } catch (error) {
    if (!isAdapterError(error)) throw error;
    const missing: TargetAnswer = { kind: 'missing', reason: 'Unanswered', message: error.message };
    return round.metrics.map(({ targets }) => new Map(targets.map(({ id }) => [id, missing])));
  }
}
