import { expectedScrapes, recentMs } from '../../analysis/evidence-window.ts';
import { COUNTED_LABEL } from '../../analysis/promql.ts';
import type { NewestSample, SeriesSeen } from '../../domain/series-seen.ts';
import type { Instant } from '../../domain/time.ts';
import type { Sample } from './instant-query.ts';
import type { ReadPlace } from './join-rows.ts';

/** When and how the series were asked about. */
export interface EvidenceWindow {
  readonly at: Instant;
  readonly windowMs: number;
  readonly scrapeIntervalMs: number;
}

/** Values by row, for each thing that was asked. */
export type Evidence = (what: string, key: string) => number | null;

/** Takes marked samples apart. */
export function readEvidence(samples: readonly Sample[], placeOf: ReadPlace): Evidence {
  const values = new Map<string, Map<string, number>>();
  for (const sample of samples) {
    const what = sample.labels[COUNTED_LABEL] ?? '';
    const byRow = values.get(what) ?? new Map<string, number>();
    values.set(what, byRow.set(placeOf(sample).key, sample.value));
  }
  return (what, key) => values.get(what)?.get(key) ?? null;
}

/** Whether a row needs to be looked at closer: a series has too few samples, or no new ones. */
export function isIrregular(watched: Evidence, key: string): boolean {
  return watched('recent', key) === null || watched('short', key) !== null;
}

/** What was seen of a row's series; `detail` knows nothing of rows that are regular. */
export function seriesSeen(watched: Evidence, detail: Evidence, key: string, window: EvidenceWindow): SeriesSeen {
  const recentEvents = watched('recent', key);
  const newTotal = detail('newTotal', key) ?? 0;
  const newGood = detail('newGood', key) ?? 0;
  return {
    newest: recentEvents === null ? newestSample(detail('newestAt', key), window) : { kind: 'fresh' },
    scrapes: detail('scrapes', key) ?? expectedScrapes(window.windowMs, window.scrapeIntervalMs),
    resets: watched('resets', key) ?? 0,
    recentEvents,
    unseenBad: Math.max(0, newTotal - newGood),
  };
}

function newestSample(newestAtSeconds: number | null, window: EvidenceWindow): NewestSample {
  if (newestAtSeconds === null) return { kind: 'ended' };
  const ageMs = window.at - newestAtSeconds * 1000;
  return ageMs < recentMs(window.windowMs, window.scrapeIntervalMs) ? { kind: 'fresh' } : { kind: 'old', ageMs };
}
