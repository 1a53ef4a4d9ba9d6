import { expectedScrapes, recentMs } from './evidence-window.ts';
import { byRow, type CountRequest, countedSelectors, type QueryProblem } from './promql.ts';
import { promqlDuration } from './promql-string.ts';

/** Rows whose counts are asked for, and how often their series are scraped. */
export interface EvidenceRequest extends CountRequest {
  readonly scrapeIntervalMs: number;
}

/** How far before a window a series is looked for before it is called new, ms. */
const BEFORE_WINDOW_MS = 900_000;

/** Queries that are asked as one, by what their rows hold; or why there can be none. */
export type EvidenceQueries =
  | { readonly kind: 'queries'; readonly byName: Readonly<Record<string, string>> }
  | QueryProblem;

/**
 * Asks whether the series behind counts are as they should be: as many series as the counts themselves, and few rows.
 *
 * - `recent`: events in the last scrapes; no row where no series has two samples in them
 * - `short`: samples in the window of the series that has least, only where that is fewer than expected
 * - `resets`: how often the unsteadiest series fell, only where more than once
 */
export function watchQueries(request: EvidenceRequest): EvidenceQueries {
  const { source, windowMs, scrapeIntervalMs } = request;
  const selectors = countedSelectors(request);
  if (selectors.kind === 'problem') return selectors;
  const window = `${selectors.total}[${promqlDuration(windowMs)}]`;
  const recent = `${selectors.total}[${promqlDuration(recentMs(windowMs, scrapeIntervalMs))}]`;
  const byName = {
    recent: byRow(source, 'sum', `increase(${recent})`),
    short: `${byRow(source, 'min', `count_over_time(${window})`)} < ${expectedScrapes(windowMs, scrapeIntervalMs)}`,
    resets: `${byRow(source, 'max', `resets(${window})`)} > 1`,
  };
  return { kind: 'queries', byName };
}

/**
 * Asks about rows that are not as they should be.
 *
 * - `scrapes`: samples in the window of the series that has most
 * - `newestAt`: when the newest sample was taken, seconds since the epoch; no row where all series have ended
 * - `newTotal`, `newGood`: what series had already counted when they first appeared in the window
 */
export function detailQueries(request: EvidenceRequest): EvidenceQueries {
  const { source, windowMs } = request;
  const selectors = countedSelectors(request);
  if (selectors.kind === 'problem') return selectors;
  const { good, total } = selectors;
  const window = promqlDuration(windowMs);
  const born = (selector: string) =>
    `min_over_time(${selector}[${window}]) unless count_over_time(${selector}[${promqlDuration(BEFORE_WINDOW_MS)}] offset ${window})`;
  const byName = {
    scrapes: byRow(source, 'max', `count_over_time(${total}[${window}])`),
    newestAt: byRow(source, 'max', `timestamp(${total})`),
    newTotal: byRow(source, 'sum', born(total)),
    newGood: byRow(source, 'sum', born(good)),
  };
  return { kind: 'queries', byName };
}
