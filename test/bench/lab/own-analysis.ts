import type { GroupedEvaluator } from '../../../src/adapters/prometheus/grouped-evaluator.ts';
import type { RoundMetric } from '../../../src/adapters/prometheus/grouped-round.ts';
import { evaluateCondition } from '../../../src/analysis/expression/evaluate-condition.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { AnalysisPlan } from './argo-analysis.ts';

/** What rounds of ours came to. */
export interface OwnAnalysis {
  readonly due: number;
  /** Answers that were there, and judged, within a second of their round's time. */
  readonly onTime: number;
  readonly judged: number;
}

const ON_TIME_MS = 1000;

/** Asks and judges everything once an interval, until the time is over. */
export async function runOwnAnalysis(
  evaluator: GroupedEvaluator,
  { queries, targets, intervalMs, condition }: AnalysisPlan,
  clock: Clock,
  untilAt: Instant,
): Promise<OwnAnalysis> {
  const metrics: readonly RoundMetric[] = queries.map((query, index) => ({
    name: `metric-${index}`,
    query,
    matchers: {},
    targets,
  }));
  const parsed = parseCondition(condition);
  if (parsed.kind !== 'condition') throw new Error(`condition ${condition}: ${parsed.message}`);
  const total = { due: 0, onTime: 0, judged: 0 };
  for (let at = clock.now(); at < untilAt; at = later(at, intervalMs)) {
    await clock.sleep(at - clock.now());
    const answers = await evaluator.evaluate(
      { at, deadlineAt: later(at, intervalMs), metrics },
      new AbortController().signal,
    );
    const judged = answers.flatMap((one) =>
      [...one.values()].filter(
        (answer) => answer.kind === 'value' && evaluateCondition(parsed, answer.value).kind === 'value',
      ),
    ).length;
    total.due += queries.length * targets.length;
    total.judged += judged;
    if (clock.now() - at <= ON_TIME_MS) total.onTime += judged;
  }
  return total;
}
