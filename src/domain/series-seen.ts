import type { Counts } from './verdict.ts';

/** Where the newest sample of a row's series is. */
export type NewestSample =
  /** Within the last scrapes, as it should be. */
  | { readonly kind: 'fresh' }
  /** @property ageMs how long before the measurement's time, ms */
  | { readonly kind: 'old'; readonly ageMs: number }
  /** The source itself says that all series have ended: the pods are gone, or their scrapes fail. */
  | { readonly kind: 'ended' };

/** What a source saw of the series behind a row, beside their counts: whether the counts may be believed. */
export interface SeriesSeen {
  readonly newest: NewestSample;
  /** Samples in the window of the series that has most. */
  readonly scrapes: number;
  /** How often the value of the unsteadiest series fell in the window. Once or twice is a restart. */
  readonly resets: number;
  /** Events in the last few scrapes; `null`: not two samples in them. */
  readonly recentEvents: number | null;
  /** Bad events that series already had when they first appeared in the window: no count holds them. */
  readonly unseenBad: number;
}

/** Counts with what was seen of their series; `null`: the source does not tell. */
export interface RowCounts extends Counts {
  readonly seen: SeriesSeen | null;
}
