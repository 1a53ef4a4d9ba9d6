import { type Matcher, parseSelector } from '../../analysis/parse-selector.ts';
import {
  ambiguousTenant,
  clusterMatchers,
  countedSelectors,
  labelProblem,
  type QueryProblem,
  type Selectors,
  selectorsOf,
} from '../../analysis/promql.ts';
import { promqlDuration, quotePromql } from '../../analysis/promql-string.ts';
import { formatDuration } from '../../domain/time.ts';
import { type LiveFinding, type Told, toldOf } from './live-finding.ts';
import type { LiveSlo } from './live-gates.ts';
import type { Questions } from './questions.ts';
import { costFindings, counterFindings, scrapeFindings } from './series-checks.ts';

/** More tenants than these are not named in a question: the clusters alone narrow it then. */
const MAX_NAMED_TENANTS = 500;
/** Over which good and all events are compared, ms. */
const COMPARED_MS = 1_800_000;
/** Two counters are scraped at one time, and not written at one. */
const EXCESS_RATIO = 0.01;
const NAMED = 3;

/** Everything that live data show to be wrong with an SLO. */
export async function examineSlo(
  gate: LiveSlo,
  questions: Questions,
  seriesBudget: number,
): Promise<readonly LiveFinding[]> {
  const told = toldOf(gate.subject, gate.place);
  const selectors = selectorsFor(gate);
  if (selectors.kind === 'problem')
    return [told.error('SelectorNotUnderstood', selectors.message, 'mend the selector or the labels of the source')];
  const ambiguous = ambiguousTenant(gate.source, gate.rows);
  const several =
    ambiguous === null
      ? []
      : [
          told.error(
            'SeveralRows',
            `tenant ${ambiguous.tenantId} has one row for its clusters ${ambiguous.clusters.join(' and ')}`,
            'add a matcher with ${cluster.name} to the source',
          ),
        ];
  const total = await questions.count(`count(${selectors.total})`);
  const bound = await boundFindings(gate, questions, told);
  if (total === 0) return [...several, ...bound, ...(await silentFindings(gate, selectors, questions, told))];
  return [
    ...several,
    ...bound,
    ...(bound.length > 0 ? [] : await failingFindings(gate, selectors, questions, told)),
    ...(await versionFindings(gate, selectors, total, questions, told)),
    ...(await silentFindings(gate, selectors, questions, told)),
    ...(await counterFindings({ selector: selectors.total, title: titleOf(gate) }, questions, told)),
    ...(await scrapeFindings(
      {
        selector: selectors.total,
        title: titleOf(gate),
        rangeMs: gate.windowMs.least,
        scrapeIntervalMs: gate.source.scrapeIntervalMs,
      },
      questions,
      told,
    )),
    ...(await sloCost(gate, selectors, total, questions, seriesBudget, told)),
  ];
}

/** As it is written, without the tenants. */
function titleOf({ measured }: LiveSlo): string {
  return measured.kind === 'ratio' ? measured.total : measured.histogram;
}

function selectorsFor({ measured, source, rows }: LiveSlo): Selectors | QueryProblem {
  const clusters = rows.map(({ cluster }) => cluster);
  if (rows.length <= MAX_NAMED_TENANTS)
    return countedSelectors({
      measured,
      source,
      windowMs: 0,
      clusters,
      tenantIds: rows.map(({ tenantId }) => tenantId),
    });
  return labelProblem(source) ?? selectorsOf(measured, clusterMatchers(source, clusters));
}

/** Whether a bad event could show at all. */
async function failingFindings(
  { measured }: LiveSlo,
  { good, total }: Selectors,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  if (measured.kind !== 'ratio') return [];
  const extra = extraMatchers(measured.good, measured.total);
  if (extra !== null) {
    const remedy = 'leave the bad events out of good, such as code!~"5..", and keep them in total';
    const labels = await Promise.all(extra.map(({ label }) => isOnSeries(label, total, questions)));
    const without = extra.filter((matcher, index) => !labels[index] && holdsOfNone(matcher));
    if (extra.length === 0)
      return [
        told.error('CannotFail', `good takes every event of total: ${measured.good} of ${measured.total}`, remedy),
      ];
    if (without.length === extra.length) {
      const names = without.map(({ label }) => label).join(', ');
      const message = `no series of ${measured.total} has label ${names}, so that good takes every event of total`;
      return [told.error('CannotFail', message, 'name the label that tells bad events')];
    }
  }
  const window = promqlDuration(COMPARED_MS);
  const [all, most] = await Promise.all(
    [total, good].map((selector) => questions.count(`sum(increase(${selector}[${window}]))`)),
  );
  if (all === undefined || most === undefined || !(most > all * (1 + EXCESS_RATIO) + 1)) return [];
  const message = `${Math.round(most)} good of ${Math.round(all)} events in ${formatDuration(COMPARED_MS)}: good counts what total does not`;
  return [told.error('GoodExceedsTotal', message, 'let good be a part of total, with the same labels')];
}

/** The matchers by which good is narrower than total; `null` where their metrics differ. */
function extraMatchers(good: string, total: string): readonly Matcher[] | null {
  const [one, other] = [parseSelector(good), parseSelector(total)];
  if (one.kind === 'problem' || other.kind === 'problem' || one.selector.metric !== other.selector.metric) return null;
  const known = new Set(other.selector.matchers.map(textOf));
  return one.selector.matchers.filter((matcher) => !known.has(textOf(matcher)) && !isAnything(matcher));
}

function textOf({ label, operator, value }: Matcher): string {
  return JSON.stringify([label, operator, value]);
}

function isAnything({ operator, value }: Matcher): boolean {
  return operator === '=~' && value === '.*';
}

/** A negation holds where the label is not there. */
function holdsOfNone({ operator, value }: Matcher): boolean {
  return (operator === '!=' || operator === '!~') && value !== '';
}

async function isOnSeries(label: string, total: string, questions: Questions): Promise<boolean> {
  return (await questions.count(`count(${total.slice(0, -1)},${label}!=""})`)) > 0;
}

async function versionFindings(
  { source: { revision } }: LiveSlo,
  { total }: Selectors,
  all: number,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  if (revision.kind === 'none')
    return [
      told.error(
        'CannotTellVersions',
        'the metric source names no label that tells versions apart',
        'set labels.revision of the source',
      ),
    ];
  const { kind, label } = revision;
  const matcher = kind === 'label' ? `${label}!=""` : `${label}=~".+-[a-z0-9]+-[a-z0-9]+"`;
  const telling = await questions.count(`count(${total.slice(0, -1)},${matcher}})`);
  if (telling === all) return [];
  const message = `${all - telling} of ${all} series do not tell their version by label ${label}`;
  const severity = telling === 0 ? 'error' : 'warning';
  return [
    told[severity](
      'CannotTellVersions',
      message,
      `relabel ${label} from the pod, or correct labels.revision of the source`,
    ),
  ];
}

/** Tenants without any series, by the label's own values. */
async function silentFindings(
  { source, rows, windowMs }: LiveSlo,
  { total }: Selectors,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  const window = promqlDuration(windowMs.most);
  const seen = await questions.ask(`count by (${source.tenantLabel}) (present_over_time(${total}[${window}]))`);
  const ids = new Set(seen.map(({ labels }) => labels[source.tenantLabel] ?? ''));
  const silent = [...new Set(rows.filter(({ tenantId }) => !ids.has(tenantId)).map(({ tenant }) => tenant))].sort();
  if (silent.length === 0) return [];
  const named = silent.slice(0, NAMED).join(', ');
  const rest = silent.length > NAMED ? ` and ${silent.length - NAMED} more` : '';
  const tenants = new Set(rows.map(({ tenant }) => tenant)).size;
  const message = `nothing returned for ${silent.length} of ${tenants} tenants in ${formatDuration(windowMs.most)}: ${named}${rest}`;
  const severity = silent.length === tenants ? 'error' : 'warning';
  return [
    told[severity](
      'NothingReturned',
      message,
      'check the metric name, the matchers of the source, and the ids of tenants',
    ),
  ];
}

/** The buckets that are there, for a bound that is none of them. */
async function boundFindings(
  { measured, source, rows }: LiveSlo,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  if (measured.kind !== 'latency') return [];
  const read = parseSelector(measured.histogram);
  if (read.kind === 'problem') return [];
  const clusters = rows.map(({ cluster }) => cluster);
  const matchers = [...read.selector.matchers, ...clusterMatchers(source, clusters)];
  const text = matchers.map(({ label, operator, value }) => `${label}${operator}${quotePromql(value)}`).join(',');
  const buckets = await questions.ask(`count by (le) (${read.selector.metric}_bucket{${text}})`);
  const bounds = buckets
    .map(({ labels }) => Number((labels['le'] ?? '').replace('+Inf', 'Infinity')))
    .sort((a, b) => a - b);
  if (bounds.length === 0 || bounds.includes(measured.belowSeconds)) return [];
  const known = bounds.filter(Number.isFinite).join(', ');
  const message = `${measured.belowSeconds} s is no bucket of ${measured.histogram}: it has ${known === '' ? 'none' : known}`;
  return [
    told.error('BoundIsNoBucket', message, 'set below to one of the buckets, or add the bucket to the histogram'),
  ];
}

async function sloCost(
  { source, windowMs }: LiveSlo,
  { good }: Selectors,
  total: number,
  questions: Questions,
  budget: number,
  told: Told,
): Promise<readonly LiveFinding[]> {
  const series = total + (await questions.count(`count(${good})`));
  const samples = series * Math.max(1, windowMs.most / source.scrapeIntervalMs);
  return costFindings({ series, samples }, budget, told);
}
