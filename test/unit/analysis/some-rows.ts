import type { RowCounts, SeriesSeen } from '../../../src/domain/series-seen.ts';

/** Two minutes, scraped every ten seconds; 5 % may be bad. */
export const POLICY = { objective: 0.95, minRequests: 500, windowMs: 120_000, scrapeIntervalMs: 10_000 };

/** A row whose series are as they should be, and whatever is odd about it. */
export function aRow(
  counts: { readonly good: number; readonly total: number },
  odd: Partial<SeriesSeen> = {},
): RowCounts {
  const recentEvents = counts.total / 4;
  return {
    ...counts,
    seen: { newest: { kind: 'fresh' }, scrapes: 12, resets: 0, recentEvents, unseenBad: 0, ...odd },
  };
}

/** 1 % bad. */
export const GOOD = { good: 1188, total: 1200 };
/** 30 % bad. */
export const BAD = { good: 840, total: 1200 };
