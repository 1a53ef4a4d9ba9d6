import { valueText } from '../../analysis/assess/judge-answer.ts';
import { answersScalar, planQueries } from '../../analysis/grouped/plan-queries.ts';
import { type LiveFinding, type Told, toldOf } from './live-finding.ts';
import type { LiveMetric, MetricTarget } from './live-gates.ts';
import { lookAtTarget, type TargetLook } from './metric-answers.ts';
import { neverFails } from './never-fails.ts';
import { isNeverNegative, type QuerySelector } from './query-parts.ts';
import type { Questions } from './questions.ts';
import { costFindings, counterFindings, scrapeFindings } from './series-checks.ts';

/** Targets of one metric that are asked; what is wrong with a query is wrong for each. */
export const MAX_ASKED_TARGETS = 5;

type Answered = Extract<TargetLook, { kind: 'answered' }>;

/** Everything that live data show to be wrong with a metric. */
export async function examineMetric(
  gate: LiveMetric,
  questions: Questions,
  seriesBudget: number,
): Promise<readonly LiveFinding[]> {
  const told = toldOf(gate.subject, gate.place);
  const looks = await Promise.all(spread(gate.targets).map((target) => lookAtTarget(gate, target, questions)));
  const answered = looks.filter((look) => look.kind === 'answered');
  return [
    ...failingFindings(gate, answered, told),
    ...versionFindings(gate, answered, looks, told),
    ...answerFindings(gate, looks, told),
    ...groupFindings(gate, told),
    ...(await seriesFindings(gate, answered, questions, told)),
    ...costFindings(await costOf(gate, answered, questions), seriesBudget, told),
  ];
}

/** From the whole list, evenly. */
function spread(targets: readonly MetricTarget[]): readonly MetricTarget[] {
  if (targets.length <= MAX_ASKED_TARGETS) return targets;
  const step = targets.length / MAX_ASKED_TARGETS;
  return Array.from({ length: MAX_ASKED_TARGETS }, (_, index) => targets[Math.floor(index * step)]!);
}

function failingFindings(gate: LiveMetric, answered: readonly Answered[], told: Told): readonly LiveFinding[] {
  const found = neverFails({
    metric: gate.metric,
    isScalar: answersScalar(gate.query.replaceAll(/\{\{[^}]*\}\}/g, '1')),
    isNeverNegative: isNeverNegative(gate.query),
    answers: answered.map(({ value }) => value),
  });
  if (found === null) return [];
  const remedy = 'write conditions that a bad version does not meet, and try them with tidegate analysis try';
  return [told[found.severity](found.reason, found.message, remedy)];
}

function versionFindings(
  gate: LiveMetric,
  answered: readonly Answered[],
  looks: readonly TargetLook[],
  told: Told,
): readonly LiveFinding[] {
  const remedy = 'narrow each selector by the pod hash: an argument with valueFrom.podTemplateHashValue: Latest';
  const isAsked = looks.some(({ kind }) => kind === 'noSeries');
  if (
    answered.some(({ elsewhere }) => elsewhere === null) ||
    (answered.length === 0 && !isAsked && gate.latestArgs.length === 0)
  )
    return [told.error('CannotTellVersions', 'no selector is narrowed by the pod hash of the new version', remedy)];
  const same = answered.find(({ elsewhere }) => elsewhere?.isSame);
  if (same !== undefined) {
    const message = `answers ${valueText(same.value)} for ${same.target}, and the same for a pod hash that does not exist`;
    return [told.error('CannotTellVersions', message, remedy)];
  }
  const passing = answered.find(({ elsewhere }) => elsewhere?.isPass);
  if (passing === undefined) return [];
  const message = `passes for a pod hash that does not exist, at ${passing.target}: a version without any request is proven`;
  return [
    told.error('PassesWithoutData', message, 'leave out "or vector(…)" and other defaults: no data is no success'),
  ];
}

function answerFindings(gate: LiveMetric, looks: readonly TargetLook[], told: Told): readonly LiveFinding[] {
  const found: LiveFinding[] = [];
  const refused = looks.find((look) => look.kind === 'refused');
  if (refused !== undefined) found.push(told.error('QueryRefused', refused.message, 'mend the query at this place'));
  found.push(...emptyFindings(looks, told), ...severalFindings(gate, looks, told));
  const failing = looks.filter((look) => look.kind === 'answered' && look.phase === 'Failed');
  const [first] = failing;
  if (first?.kind === 'answered') {
    const message = `fails what runs now: ${valueText(first.value)} at ${first.target}${more(failing.length)}`;
    found.push(
      told.warning('FailsNow', message, 'compare the condition with what is usual, or find what is wrong now'),
    );
  }
  return found;
}

function emptyFindings(looks: readonly TargetLook[], told: Told): readonly LiveFinding[] {
  const empty = looks.filter((look) => look.kind === 'noSeries' || (look.kind === 'answered' && isEmpty(look)));
  const [first] = empty;
  if (first === undefined) return [];
  const why = first.kind === 'noSeries' ? `no series of ${first.selector}` : 'an empty answer or NaN';
  const message = `nothing returned for ${empty.length} of ${looks.length} targets asked, first ${first.target}: ${why}`;
  const remedy = 'check metric name, labels and arguments against the series of the source';
  return [told[empty.length === looks.length ? 'error' : 'warning']('NothingReturned', message, remedy)];
}

function isEmpty({ value }: Answered): boolean {
  const text = valueText(value);
  return text === '[]' || /^\[?NaN(,NaN)*\]?$/.test(text);
}

function severalFindings({ metric }: LiveMetric, looks: readonly TargetLook[], told: Told): readonly LiveFinding[] {
  const several = looks.filter((look) => look.kind === 'answered' && look.rows > 1);
  const [first] = several;
  const conditions = `${metric.successCondition ?? ''} ${metric.failureCondition ?? ''}`;
  if (first?.kind !== 'answered' || !/result\s*\[/.test(conditions)) return [];
  const message = `${first.rows} rows for ${first.target}${more(several.length)}, and a condition that looks at one of them: which one is chance`;
  return [told.error('SeveralRows', message, 'sum the query, or ask of all rows: all(result, {# < 0.05})')];
}

function groupFindings({ query, targets }: LiveMetric, told: Told): readonly LiveFinding[] {
  const { singles, refusal } = planQueries(query, targets);
  if (refusal === null || singles.length < 2) return [];
  const message = `asked once per target, ${singles.length} queries a round: column ${refusal.position}, ${refusal.message}`;
  return [
    told.warning(
      'AskedPerTarget',
      message,
      'see "One query for all targets" in docs/analysis.md for the form that is asked once',
    ),
  ];
}

/** By the first target that has data: the others have the same metrics. */
async function seriesFindings(
  gate: LiveMetric,
  answered: readonly Answered[],
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  const looked = answered.find((look) => !isEmpty(look)) ?? answered[0];
  const found: LiveFinding[] = [];
  for (const { text, rangeMs, isCounter } of distinct(looked?.selectors ?? [])) {
    if (rangeMs === null) continue;
    const scrapeIntervalMs = gate.targets[0]?.cluster == null ? null : gate.source.scrapeIntervalMs;
    if (isCounter) found.push(...(await counterFindings({ selector: text, title: text }, questions, told)));
    found.push(...(await scrapeFindings({ selector: text, title: text, rangeMs, scrapeIntervalMs }, questions, told)));
  }
  return found;
}

function distinct(selectors: readonly QuerySelector[]): readonly QuerySelector[] {
  return [...new Map(selectors.map((selector) => [`${selector.text}|${selector.rangeMs}`, selector])).values()];
}

/** Of a round for all targets, by those that were asked. */
async function costOf(
  gate: LiveMetric,
  answered: readonly Answered[],
  questions: Questions,
): Promise<{ readonly series: number; readonly samples: number }> {
  const counts = new Map<string, { readonly series: number; readonly samples: number }>();
  for (const { selectors } of answered) {
    for (const { text, rangeMs } of distinct(selectors)) {
      const key = `${text}|${rangeMs}`;
      if (counts.has(key)) continue;
      const series = await questions.count(`count(${text})`);
      const perSeries = rangeMs === null ? 1 : Math.max(1, rangeMs / gate.source.scrapeIntervalMs);
      counts.set(key, { series, samples: series * perSeries });
    }
  }
  const times = answered.length === 0 ? 0 : gate.targets.length / answered.length;
  const all = [...counts.values()];
  const sum = (of: 'series' | 'samples') => Math.round(all.reduce((total, one) => total + one[of], 0) * times);
  return { series: sum('series'), samples: sum('samples') };
}

function more(count: number): string {
  return count > 1 ? ` and ${count - 1} more` : '';
}
