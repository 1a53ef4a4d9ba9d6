import { judgeValue } from '../../analysis/assess/judge-answer.ts';
import type { MetricValue } from '../../analysis/expression/metric-value.ts';
import { fillArguments } from '../../analysis/grouped/arguments.ts';
import { answersScalar } from '../../analysis/grouped/plan-queries.ts';
import { isRefusal } from '../../analysis/grouped/refusal.ts';
import { fillMatcher } from '../../analysis/promql.ts';
import { addMatchers } from '../../analysis/query/add-matchers.ts';
import { TerminalError } from '../../domain/errors.ts';
import type { AnsweredSample } from '../../ports/plain-queries.ts';
import type { LiveMetric, MetricTarget } from './live-gates.ts';
import { type QuerySelector, querySelectors, withoutArguments } from './query-parts.ts';
import type { Questions } from './questions.ts';

/** What a metric answered for one target. */
export type TargetLook =
  /** The server does not take the query. */
  | { readonly kind: 'refused'; readonly target: string; readonly message: string }
  /** No series tells a pod hash: nothing can be asked. */
  | { readonly kind: 'noSeries'; readonly target: string; readonly selector: string }
  | {
      readonly kind: 'answered';
      readonly target: string;
      readonly value: MetricValue;
      readonly rows: number;
      readonly phase: 'Successful' | 'Failed' | 'Inconclusive' | 'Error';
      /** The same for a hash that no pod has; `null` where the query has no argument for one. */
      readonly elsewhere: { readonly isSame: boolean; readonly isPass: boolean } | null;
      /** The query's selectors, everything filled in. */
      readonly selectors: readonly QuerySelector[];
    };

/** No pod template has it: a hash is never all zeros. */
const NO_HASH = '0000000000';

/** Asks a metric for one target: as it would be for the version that serves most, and for one that is not there. */
export async function lookAtTarget(gate: LiveMetric, target: MetricTarget, questions: Questions): Promise<TargetLook> {
  const query = queryFor(gate, target);
  const selectors = querySelectors(query);
  if (isRefusal(selectors))
    return { kind: 'refused', target: target.id, message: `column ${selectors.position}: ${selectors.message}` };
  try {
    const hashes = await hashesOf(gate, selectors, questions);
    if ('missing' in hashes) return { kind: 'noSeries', target: target.id, selector: hashes.missing };
    const [latest = NO_HASH, stable = latest] = hashes.values;
    const own = filled(gate, query, latest, stable);
    const value = await valueOf(own, questions);
    const foreign = foreignQuery(gate, query, selectors, { latest, stable });
    return {
      kind: 'answered',
      target: target.id,
      value,
      rows: value.kind === 'vector' ? value.values.length : 1,
      phase: phaseOf(gate, value),
      elsewhere: foreign === null ? null : await elsewhere(gate, value, foreign, questions),
      selectors: querySelectorsOf(own),
    };
  } catch (error) {
    if (error instanceof TerminalError) return { kind: 'refused', target: target.id, message: error.message };
    throw error;
  }
}

/** The query with a hash that no pod has in the place of the version that it is about; `null` where it is about none. */
function foreignQuery(
  gate: LiveMetric,
  query: string,
  selectors: readonly QuerySelector[],
  { latest, stable }: { readonly latest: string; readonly stable: string },
): string | null {
  const isNarrowed = (names: readonly string[]) =>
    selectors.some(({ matchers }) => matchers.some(({ args }) => args.some((arg) => names.includes(arg))));
  if (isNarrowed(gate.latestArgs)) return filled(gate, query, NO_HASH, stable);
  // what watches over the old version is about that one
  return isNarrowed(gate.stableArgs) ? filled(gate, query, latest, NO_HASH) : null;
}

/** The query with everything in it but the hashes. */
function queryFor(gate: LiveMetric, target: MetricTarget): string {
  const hashes = new Set([...gate.latestArgs, ...gate.stableArgs]);
  const others = Object.fromEntries(Object.entries(target.args).filter(([name]) => !hashes.has(name)));
  const query = fillArguments(gate.query, others);
  const { cluster } = target;
  if (cluster === null) return query;
  const matchers = Object.entries(gate.source.matchers).map(
    ([label, value]) => [label, fillMatcher(value, cluster)] as const,
  );
  const matched = addMatchers(query, Object.fromEntries(matchers));
  return typeof matched === 'string' ? matched : query;
}

function filled({ latestArgs, stableArgs }: LiveMetric, query: string, latest: string, stable: string): string {
  const values = [...latestArgs.map((arg) => [arg, latest]), ...stableArgs.map((arg) => [arg, stable])];
  return fillArguments(query, Object.fromEntries(values) as Record<string, string>);
}

function querySelectorsOf(query: string): readonly QuerySelector[] {
  const read = querySelectors(query);
  return isRefusal(read) ? [] : read;
}

/** The hashes that the series carry where the query asks for one, those with most series first. */
async function hashesOf(
  gate: LiveMetric,
  selectors: readonly QuerySelector[],
  questions: Questions,
): Promise<{ readonly values: readonly string[] } | { readonly missing: string }> {
  const args = [...gate.latestArgs, ...gate.stableArgs];
  let missing: string | null = null;
  for (const selector of selectors) {
    const matcher = selector.matchers.find((one) => one.args.some((arg) => args.includes(arg)));
    if (matcher === undefined) continue;
    const open = withoutArguments(selector, args);
    const { label } = matcher;
    const rows = await questions.ask(`count by (${label}) (${open})`);
    const named = rows.filter(({ labels }) => (labels[label] ?? '') !== '');
    const values = mostFirst(named, label).flatMap((value) => hashIn(value, matcher.text));
    if (values.length > 0) return { values };
    // of errors there may be no series yet
    missing ??= `${open} with label ${label}`;
  }
  return missing === null ? { values: [] } : { missing };
}

function mostFirst(rows: readonly AnsweredSample[], label: string): readonly string[] {
  return rows.toSorted((a, b) => b.value - a.value).map(({ labels }) => labels[label]!);
}

const AROUND_HASH = /=(~?)\s*"(.*?)\{\{\s*args\.[^{}]+\}\}(.*)"$/;

/** The hash in a label's value, of a matcher such as `owner_name="web-{{args.hash}}"`; none where the value is another's. */
function hashIn(value: string, matcher: string): readonly string[] {
  const [, regex, before = '', after = ''] = AROUND_HASH.exec(matcher) ?? [];
  if (before === '' && after === '') return [value];
  if (regex === '') {
    const hash = value.slice(before.length, value.length - after.length);
    return value === `${before}${hash}${after}` && /^[a-z0-9]+$/.test(hash) ? [hash] : [];
  }
  // a pod is named <rollout>-<pod hash>-<five characters>
  return [/-([a-z0-9]+)-[a-z0-9]+$/.exec(value)?.[1] ?? value];
}

async function valueOf(query: string, questions: Questions): Promise<MetricValue> {
  const isScalar = answersScalar(query);
  const rows = await questions.ask(isScalar ? `vector(${query}\n)` : query);
  const values = rows.map(({ value }) => value);
  return isScalar ? { kind: 'scalar', value: values[0] ?? Number.NaN } : { kind: 'vector', values };
}

function phaseOf({ metric }: LiveMetric, value: MetricValue): 'Successful' | 'Failed' | 'Inconclusive' | 'Error' {
  const judged = judgeValue(metric.conditions, value);
  return judged.kind === 'phase' ? judged.phase : 'Error';
}

async function elsewhere(gate: LiveMetric, value: MetricValue, query: string, questions: Questions) {
  const other = await valueOf(query, questions);
  const isSame = JSON.stringify(textOf(other)) === JSON.stringify(textOf(value));
  return { isSame: isSame && hasNumber(other), isPass: hasNumber(other) && phaseOf(gate, other) === 'Successful' };
}

const numbersIn = (value: MetricValue): readonly number[] =>
  value.kind === 'vector' ? value.values : value.kind === 'scalar' ? [value.value] : [];

function hasNumber(value: MetricValue): boolean {
  return numbersIn(value).some((number) => !Number.isNaN(number));
}

function textOf(value: MetricValue): readonly string[] {
  return numbersIn(value).map(String);
}
