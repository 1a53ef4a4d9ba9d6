import { assertNever } from '../domain/assert-never.ts';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { MeasuredSlo } from '../domain/plan.ts';
import { type Matcher, parseSelector } from './parse-selector.ts';
import { anyOf, promqlDuration, quotePromql } from './promql-string.ts';

/** The label that holds the pod hash after it was cut out of a pod's name. */
const CUT_REVISION_LABEL = 'tidegate_revision';

/** The part of a MetricSource that shapes its queries. */
export type QueriedSource = Pick<MetricSourceSpec, 'matchers' | 'tenantLabel' | 'revision'>;

/** What to count, and whose. */
export interface CountRequest {
  readonly measured: MeasuredSlo;
  readonly source: QueriedSource;
  readonly windowMs: number;
  readonly clusters: readonly string[];
  /** Values of the source's tenant label. */
  readonly tenantIds: readonly string[];
}

/** Two queries of the same shape, and the labels that their rows carry. */
export interface CountQueries {
  readonly kind: 'queries';
  readonly good: string;
  readonly total: string;
  readonly tenantLabel: string;
  /** `null` when the source cannot tell revisions apart. */
  readonly revisionLabel: string | null;
  /** Labels that tell clusters apart, with their templates. */
  readonly clusterLabels: Readonly<Record<string, string>>;
}

/** A selector that is not understood. */
export interface QueryProblem {
  readonly kind: 'problem';
  readonly message: string;
}

/** Fills `${cluster.name}` in a matcher's value. */
export function fillMatcher(value: string, cluster: string): string {
  return value.replaceAll('${cluster.name}', cluster);
}

/** The source's matchers that tell clusters apart, by label. */
export function clusterLabels(source: QueriedSource): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(source.matchers).filter(([, value]) => value.includes('${cluster.name}')));
}

/**
 * Builds the counts of good and of all events in the window that ends at the query's time, one row per tenant, revision and cluster.
 *
 * `increase()` is `rate()` times the window to the digit; it is written because the answer is a count. Both extrapolate from the first
 * and last sample to the window's ends, by the same factor for good and total of one scrape, so that their ratio holds; counts become
 * fractions and may be off by the events of one scrape interval. Plain differences would be whole, but wrong after a counter reset.
 */
export function countQueries(request: CountRequest): CountQueries | QueryProblem {
  const { source } = request;
  const selectors = countedSelectors(request);
  if (selectors.kind === 'problem') return selectors;
  const grouped = (selector: string) =>
    byRow(source, 'sum', `increase(${selector}[${promqlDuration(request.windowMs)}])`);
  return {
    kind: 'queries',
    good: grouped(selectors.good),
    total: grouped(selectors.total),
    tenantLabel: source.tenantLabel,
    revisionLabel: revisionLabel(source),
    clusterLabels: clusterLabels(source),
  };
}

/** The selectors of good and all events of the rows that are asked for. */
export function countedSelectors({ measured, source, clusters, tenantIds }: CountRequest): Selectors | QueryProblem {
  const badLabel = labelProblem(source);
  if (badLabel !== null) return badLabel;
  return selectorsOf(measured, [...clusterMatchers(source, clusters), tenantMatcher(source, tenantIds)]);
}

/** Label by which the rows of `markedUnion` say what they hold. */
export const COUNTED_LABEL = 'tidegate_counted';

/**
 * Several queries as one, whose rows say by `COUNTED_LABEL` which of them they answer. A server evaluates it on one state of its data; between
 * two queries a scrape may come in, and then a good version misses a scrape's worth of good events.
 */
export function markedUnion(queries: Readonly<Record<string, string>>): string {
  const marked = Object.entries(queries).map(
    ([name, query]) => `label_replace(${query}, "${COUNTED_LABEL}", "${name}", "", "")`,
  );
  return marked.join(' or ');
}

/** A tenant whose series in two clusters the source cannot tell apart. */
export interface AmbiguousTenant {
  readonly tenantId: string;
  readonly clusters: readonly [string, string];
}

/**
 * The first tenant that is wanted in two clusters of a source without a matcher that names the cluster: their series are one row, and
 * nobody can take it apart. `null` when there is none.
 */
export function ambiguousTenant(
  source: QueriedSource,
  rows: readonly { readonly cluster: string; readonly tenantId: string }[],
): AmbiguousTenant | null {
  if (Object.keys(clusterLabels(source)).length > 0) return null;
  const clusterOf = new Map<string, string>();
  for (const { cluster, tenantId } of rows) {
    const other = clusterOf.get(tenantId);
    if (other !== undefined && other !== cluster) return { tenantId, clusters: [other, cluster] };
    clusterOf.set(tenantId, cluster);
  }
  return null;
}

/** Label names stand in a query unquoted. */
export function labelProblem(source: QueriedSource): QueryProblem | null {
  const { revision } = source;
  const names = [
    source.tenantLabel,
    ...Object.keys(source.matchers),
    ...(revision.kind === 'none' ? [] : [revision.label]),
  ];
  const bad = names.find((name) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name));
  if (bad === undefined) return null;
  return { kind: 'problem', message: `${bad} is no label name: letters, digits and _, not a digit first` };
}

/** The matchers of the source itself: constants as equalities, those with `${cluster.name}` as one of the clusters. */
export function clusterMatchers(source: QueriedSource, clusters: readonly string[]): readonly Matcher[] {
  return Object.entries(source.matchers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, template]) => {
      const values = [...new Set(clusters.map((cluster) => fillMatcher(template, cluster)))];
      if (!template.includes('${cluster.name}')) return { label, operator: '=', value: template };
      return { label, operator: '=~', value: anyOf(values) };
    });
}

/** One of these tenants. */
export function tenantMatcher(source: QueriedSource, tenantIds: readonly string[]): Matcher {
  return { label: source.tenantLabel, operator: '=~', value: anyOf(tenantIds) };
}

/** Selectors of good and of all events. */
export interface Selectors {
  readonly kind: 'selectors';
  readonly good: string;
  readonly total: string;
}

/** The selectors of good and all events, narrowed by `matchers`. */
export function selectorsOf(measured: MeasuredSlo, matchers: readonly Matcher[]): QueryProblem | Selectors {
  switch (measured.kind) {
    case 'ratio':
      return both(narrow(measured.good, '', matchers), narrow(measured.total, '', matchers));
    case 'latency':
      return both(
        narrow(measured.histogram, '_bucket', [boundMatcher(measured.belowSeconds), ...matchers]),
        narrow(measured.histogram, '_count', matchers),
      );
    default:
      return assertNever(measured);
  }
}

type Narrowed = QueryProblem | { readonly kind: 'selector'; readonly text: string };

function both(good: Narrowed, total: Narrowed): ReturnType<typeof selectorsOf> {
  if (good.kind === 'problem') return good;
  if (total.kind === 'problem') return total;
  return { kind: 'selectors', good: good.text, total: total.text };
}

function narrow(text: string, suffix: string, added: readonly Matcher[]): Narrowed {
  const parsed = parseSelector(text);
  if (parsed.kind === 'problem') {
    return { kind: 'problem', message: `selector ${text}, column ${parsed.position}: ${parsed.message}` };
  }
  const matchers = [...parsed.selector.matchers, ...added];
  const written = matchers.map(({ label, operator, value }) => `${label}${operator}${quotePromql(value)}`);
  return { kind: 'selector', text: `${parsed.selector.metric}${suffix}{${written.join(',')}}` };
}

/**
 * The bucket of a bound. Clients write whole seconds as `1`, others and every Prometheus 3 as `1.0`; beyond 1e-4…1e6 the Go form has an
 * exponent of two digits. Other bounds have one form.
 */
function boundMatcher(belowSeconds: number): Matcher {
  const forms = [String(belowSeconds)];
  if (Number.isInteger(belowSeconds)) forms.push(`${belowSeconds}.0`);
  if (belowSeconds < 1e-4 || belowSeconds >= 1e6) {
    forms.push(belowSeconds.toExponential().replace(/e([+-])(\d)$/, 'e$10$2'));
  }
  if (forms.length === 1) return { label: 'le', operator: '=', value: String(belowSeconds) };
  return { label: 'le', operator: '=~', value: anyOf(forms) };
}

/** One row per cluster, tenant and revision. */
export function byRow(source: QueriedSource, aggregation: 'sum' | 'max' | 'min', vector: string): string {
  const labels = [...Object.keys(clusterLabels(source)).sort(), source.tenantLabel, revisionLabel(source)];
  const by = `${aggregation} by (${[...new Set(labels.filter((label) => label !== null))].join(', ')})`;
  if (source.revision.kind !== 'podName') return `${by} (${vector})`;
  // A pod is named <rollout>-<pod hash>-<five characters>.
  const cut = `"${CUT_REVISION_LABEL}", "$1", "${source.revision.label}", ".+-([a-z0-9]+)-[a-z0-9]+"`;
  return `${by} (label_replace(${vector}, ${cut}))`;
}

function revisionLabel(source: QueriedSource): string | null {
  switch (source.revision.kind) {
    case 'label':
      return source.revision.label;
    case 'podName':
      return CUT_REVISION_LABEL;
    case 'none':
      return null;
    default:
      return assertNever(source.revision);
  }
}
