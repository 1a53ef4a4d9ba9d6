import { fillMatcher } from '../../analysis/promql.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { GroupedQueries, RoundMetric } from '../../ports/grouped-queries.ts';
import type { GroupedEvaluator } from './grouped-evaluator.ts';
import type { RoundMetric as AskedMetric } from './grouped-round.ts';

/** The queries of templates at a source: each selector gets the source's own matchers, as those of an SLO do. */
export function createTemplateQueries(
  source: Pick<MetricSourceSpec, 'matchers'>,
  evaluator: GroupedEvaluator,
): GroupedQueries {
  const known = new WeakMap<RoundMetric, AskedMetric>();
  const askedFor = (metric: RoundMetric): AskedMetric => {
    const found = known.get(metric) ?? withMatchers(metric, source);
    known.set(metric, found);
    return found;
  };
  return {
    evaluate: (round, signal) => evaluator.evaluate({ ...round, metrics: round.metrics.map(askedFor) }, signal),
  };
}

function withMatchers(
  { name, cluster, query, targets }: RoundMetric,
  source: Pick<MetricSourceSpec, 'matchers'>,
): AskedMetric {
  const filled = Object.entries(source.matchers).map(([label, value]) => [label, fillMatcher(value, cluster)] as const);
  return { name, query, matchers: Object.fromEntries(filled), targets };
}
