import type { RowCounts, SeriesSeen } from '../domain/series-seen.ts';
import { formatDuration } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { expectedScrapes, recentMs } from './evidence-window.ts';
import { formatCount } from './format-numbers.ts';

/** How a row was measured. */
export interface MeasuredWindow {
  readonly windowMs: number;
  /** As the source declares it. */
  readonly scrapeIntervalMs: number;
  /** Requests a verdict needs. */
  readonly minRequests: number;
}

/** Why a row's counts are not the whole truth. */
export interface Doubt extends Verdict {
  readonly kind: 'missing' | 'inconclusive';
  /** `counts`: they are no real events of the window. `pass`: the events are real, others may be hidden; what was seen to fail has failed. */
  readonly against: 'counts' | 'pass';
}

type DoubtFact = (row: RowCounts & { readonly seen: SeriesSeen }, window: MeasuredWindow) => Doubt | null;

/** Once is a restart. A pod that restarts again and again has hidden the end of each life. */
const UNSTEADY_RESETS = 2;

/** More falls a scrape are no restarts: after each of them all that a pod ever counted is counted again. */
const DOUBLED_RATIO = 0.25;

/** Events that the end of a window would hold at an even pace; none instead has a chance of e⁻²⁰. */
const EXPECTED_RECENT_EVENTS = 20;

const unsteady: DoubtFact = ({ seen }) => {
  const { resets, scrapes } = seen;
  if (resets < UNSTEADY_RESETS) return null;
  const isDoubled = resets > scrapes * DOUBLED_RATIO;
  const cause = isDoubled
    ? 'two processes write one series, or a scrape meets another pod each time; give each pod a label of its own'
    : 'its pod restarts again and again, or two pods share its labels; look at the restarts';
  const message = `a counter fell ${resets} times in ${scrapes} scrapes: ${cause}`;
  return { kind: 'missing', reason: 'UnsteadyCounter', message, against: isDoubled ? 'counts' : 'pass' };
};

const vanished: DoubtFact = ({ total, seen }, window) => {
  if (seen.newest.kind !== 'ended') return null;
  const message = `${requests(total)} in the window, and then all series ended over ${recently(window)} ago: the pods are gone or their scrapes fail; check up{} of these pods`;
  return { kind: 'missing', reason: 'SeriesVanished', message, against: 'pass' };
};

const stale: DoubtFact = ({ seen }, { scrapeIntervalMs }) => {
  if (seen.newest.kind !== 'old') return null;
  const message = `the newest sample is ${formatDuration(seen.newest.ageMs)} old, scraped every ${formatDuration(scrapeIntervalMs)}: check the scrapes and the lag of the source`;
  return { kind: 'missing', reason: 'StaleSamples', message, against: 'pass' };
};

/** A tenant's first requests make new series: few samples and few requests are no gap. */
const scrapeGap: DoubtFact = ({ total, seen }, { windowMs, scrapeIntervalMs, minRequests }) => {
  const expected = expectedScrapes(windowMs, scrapeIntervalMs);
  if (seen.scrapes * 2 >= expected || total * expected < minRequests * seen.scrapes) return null;
  const message = `${seen.scrapes} of ${expected} scrapes in ${formatDuration(windowMs)}: scrapes fail, or the source's scrapeInterval is not ${formatDuration(scrapeIntervalMs)}`;
  return { kind: 'missing', reason: 'ScrapeGap', message, against: 'pass' };
};

const standStill: DoubtFact = ({ total, seen }, window) => {
  const expected = (total * recentMs(window.windowMs, window.scrapeIntervalMs)) / window.windowMs;
  if (seen.recentEvents !== 0 || expected < EXPECTED_RECENT_EVENTS) return null;
  const message = `${requests(total)} in the window, none in its last ${recently(window)} though scrapes come in: traffic has stopped, or an exporter repeats the values of a dead pod`;
  return { kind: 'inconclusive', reason: 'SeriesStandStill', message, against: 'pass' };
};

/** In order; the first that applies wins. */
export const doubts: readonly (readonly [name: string, doubt: DoubtFact])[] = [
  ['unsteady', unsteady],
  ['vanished', vanished],
  ['stale', stale],
  ['scrapeGap', scrapeGap],
  ['standStill', standStill],
];

/** Why a row may not be believed; `null` when nothing speaks against it, or nothing is known. */
export function doubtOf(row: RowCounts, window: MeasuredWindow): Doubt | null {
  const { seen } = row;
  if (seen === null) return null;
  for (const [, doubt] of doubts) {
    const found = doubt({ ...row, seen }, window);
    if (found !== null) return found;
  }
  return null;
}

function requests(total: number): string {
  return `${formatCount(Math.round(total))} requests`;
}

function recently({ windowMs, scrapeIntervalMs }: MeasuredWindow): string {
  return formatDuration(recentMs(windowMs, scrapeIntervalMs));
}
