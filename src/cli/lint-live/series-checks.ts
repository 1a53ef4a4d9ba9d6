import { formatCount } from '../../analysis/format-numbers.ts';
import { promqlDuration, quotePromql } from '../../analysis/promql-string.ts';
import { formatDuration } from '../../domain/time.ts';
import type { LiveFinding, Told } from './live-finding.ts';
import type { Questions } from './questions.ts';

/** A selector as a gate takes its range. */
export interface LookedAtSeries {
  readonly selector: string;
  /** For messages. */
  readonly title: string;
  readonly rangeMs: number;
  /** As the source declares it; `null` where nobody did. */
  readonly scrapeIntervalMs: number | null;
}

/** Long enough for a few scrapes of any usual interval. */
const SAMPLED_MS = 300_000;
/** A series with fewer samples says little about its interval. */
const MIN_SAMPLES = 3;
/** Looks at a series' sample times, over a sampled window. */
const STEPS = 60;
/** Once or twice is a restart, more often a restart loop; a gauge falls at every other scrape. */
const MIN_FALLS = 3;
const FALLS_RATIO = 0.15;
/** A range needs two samples, and should bear that a scrape fails. */
const SCRAPES_OF_A_RANGE = 4;
/** Jitter of scrapes apart. */
const INTERVAL_TOLERANCE = 1.5;

/** Whether what is taken for a counter is one. */
export async function counterFindings(
  { selector, title }: Pick<LookedAtSeries, 'selector' | 'title'>,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  const sampled = `${selector}[${promqlDuration(SAMPLED_MS)}]`;
  // the series that falls most, and the samples of that very series
  const falls = await questions.ask(`topk(1, resets(${sampled}) / count_over_time(${sampled}))`);
  const times = await questions.count(`max(resets(${sampled}))`);
  const ratio = falls[0]?.value ?? 0;
  if (times < MIN_FALLS || !(ratio > FALLS_RATIO)) return [];
  const share = `${Math.round(ratio * 100)} %`;
  const message = `${title} fell ${times} times in ${formatDuration(SAMPLED_MS)}, at ${share} of its scrapes: it is a gauge, or several processes write one series`;
  return [told.error('CounterFalls', message, 'count with a counter, or give each process a label of its own')];
}

/** Whether a range holds enough scrapes, by the samples that are there. */
export async function scrapeFindings(
  { selector, title, rangeMs, scrapeIntervalMs }: LookedAtSeries,
  questions: Questions,
  told: Told,
): Promise<readonly LiveFinding[]> {
  const intervalMs = await scrapeIntervalOf(selector, questions);
  if (intervalMs === null) return [];
  const every = `${title} is scraped every ${about(intervalMs)}`;
  const found: LiveFinding[] = [];
  if (rangeMs < 2 * intervalMs * 0.95) {
    const message = `${every}, and a range of ${formatDuration(rangeMs)} has less than two samples`;
    found.push(
      told.error('WindowTooShort', message, `take a range of ${about(SCRAPES_OF_A_RANGE * intervalMs)} or more`),
    );
  } else if (rangeMs < SCRAPES_OF_A_RANGE * intervalMs * 0.95) {
    const message = `${every}, and a range of ${formatDuration(rangeMs)} is empty when a scrape fails`;
    found.push(
      told.warning('WindowTight', message, `take a range of ${about(SCRAPES_OF_A_RANGE * intervalMs)} or more`),
    );
  }
  if (scrapeIntervalMs !== null && intervalMs > scrapeIntervalMs * INTERVAL_TOLERANCE) {
    const message = `${every}, and the metric source says ${formatDuration(scrapeIntervalMs)}: a gate believes data too early`;
    found.push(
      told.warning('ScrapeIntervalDiffers', message, `set scrapeInterval of the source to ${about(intervalMs)}`),
    );
  }
  return found;
}

/** Of the series with most samples, by the time from its first sample on; `null` where too few are there. */
async function scrapeIntervalOf(selector: string, questions: Questions): Promise<number | null> {
  const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(selector)?.[0];
  if (metric === undefined) return null;
  for (const sampledMs of [SAMPLED_MS, 12 * SAMPLED_MS]) {
    const window = promqlDuration(sampledMs);
    const [most] = await questions.ask(`topk(1, count_over_time(${selector}[${window}]))`);
    if (most === undefined || most.value < MIN_SAMPLES) continue;
    const matchers = Object.entries(most.labels).map(([label, value]) => `${label}=${quotePromql(value)}`);
    const times = `timestamp(${metric}{${matchers.join(',')}})[${window}:${promqlDuration(sampledMs / STEPS)}]`;
    const [oldestS, newestS] = await Promise.all([
      questions.count(`min_over_time(${times})`),
      questions.count(`max_over_time(${times})`),
    ]);
    // a series that is older than the window has filled it
    const isFull = oldestS * 1000 <= questions.at - sampledMs;
    return isFull ? sampledMs / most.value : ((newestS - oldestS) * 1000) / (most.value - 1);
  }
  return null;
}

/** `15s`, `10s`: to whole seconds. */
function about(ms: number): string {
  return formatDuration(ms < 1500 ? Math.round(ms / 100) * 100 : Math.round(ms / 1000) * 1000);
}

/** Cost of a gate's round: series that it reads, and samples within their ranges. */
export function costFindings(
  cost: { readonly series: number; readonly samples: number },
  budget: number,
  told: Told,
): readonly LiveFinding[] {
  if (cost.series <= budget) return [];
  const message = `a round reads ${formatCount(Math.round(cost.series))} series (${formatCount(Math.round(cost.samples))} samples), the budget is ${formatCount(budget)}`;
  return [
    told.warning(
      'OverBudget',
      message,
      'record the sum by tenant and revision with a recording rule, narrow the selector, or raise --series-budget',
    ),
  ];
}
