import { fillArguments } from '../../analysis/grouped/arguments.ts';
import type { QueryTarget } from '../../analysis/grouped/plan-queries.ts';
import { ownQuery } from '../../analysis/grouped/plan-queries.ts';
import { fillMatcher } from '../../analysis/promql.ts';
import { addMatchers } from '../../analysis/query/add-matchers.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { GroupedQueries, MetricAnswers, RoundMetric, TargetAnswer } from '../../ports/grouped-queries.ts';
import type { RoundMetric as AskedMetric } from './grouped-answers.ts';
import type { GroupedEvaluator } from './grouped-evaluator.ts';

/** The queries of templates at a source: each selector gets the source's own matchers, as those of an SLO do. */
export function createTemplateQueries(
  source: Pick<MetricSourceSpec, 'matchers'>,
  evaluator: GroupedEvaluator,
): GroupedQueries {
  const known = new WeakMap<RoundMetric, readonly AskedMetric[]>();
  const askedFor = (metric: RoundMetric): readonly AskedMetric[] => {
    const found = known.get(metric) ?? withMatchers(metric, source);
    known.set(metric, found);
    return found;
  };
  return {
    async evaluate({ at, deadlineAt, metrics }, signal) {
      const asked = metrics.map(askedFor);
      const answers = await evaluator.evaluate({ at, deadlineAt, metrics: asked.flat() }, signal);
      let from = 0;
      return asked.map(({ length }) => {
        from += length;
        return together(answers.slice(from - length, from));
      });
    },
  };
}

/** One question, or one for each target where the query is one only with its arguments in it. */
function withMatchers(metric: RoundMetric, source: Pick<MetricSourceSpec, 'matchers'>): readonly AskedMetric[] {
  const { name, cluster, targets } = metric;
  const matchers = Object.fromEntries(
    Object.entries(source.matchers).map(([label, value]) => [label, fillMatcher(value, cluster)]),
  );
  const query = addMatchers(fillArguments(metric.query, sharedArgs(targets)), matchers);
  if (typeof query === 'string') return [{ name, query, targets }];
  return targets.map((target) => {
    const own = ownQuery(metric.query, target);
    const matched = addMatchers(own, matchers);
    // what cannot be read goes without, and is refused by the server in its own words
    return { name, query: typeof matched === 'string' ? matched : own, targets: [{ id: target.id, args: {} }] };
  });
}

function sharedArgs([first, ...others]: readonly QueryTarget[]): Readonly<Record<string, string>> {
  const shared = Object.entries(first?.args ?? {}).filter(([name, value]) =>
    others.every(({ args }) => args[name] === value),
  );
  return Object.fromEntries(shared);
}

function together(answers: readonly MetricAnswers[]): MetricAnswers {
  const [first] = answers;
  return answers.length === 1 ? first! : new Map<string, TargetAnswer>(answers.flatMap((one) => [...one]));
}
