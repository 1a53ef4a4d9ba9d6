import { recentMs } from '../../analysis/evidence-window.ts';
import type { RowCounts, SeriesSeen } from '../../domain/series-seen.ts';
import { type Instant, instant } from '../../domain/time.ts';
import type { Counts } from '../../domain/verdict.ts';
import type { MeasureRequest } from '../../ports/metric-source.ts';
import { countersAt, isExposed } from './counters.ts';
import type { TenantRevision } from './traffic.ts';

/** Counts whose series the model has seen. */
export type SeenCounts = Counts & { readonly seen: SeriesSeen };

/** Scrapes of a window that found a series. */
export interface SampledSpan {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** The first and the last scrape in `(at - window, at]` that found the series. */
export function sampledSpan(row: TenantRevision, at: Instant, windowMs: number, scrapeMs: number): SampledSpan | null {
  let lastAt = Math.floor(at / scrapeMs) * scrapeMs;
  let firstAt = (Math.floor((at - windowMs) / scrapeMs) + 1) * scrapeMs;
  while (lastAt > firstAt && !isExposed(row, instant(lastAt))) lastAt -= scrapeMs;
  while (lastAt > firstAt && !isExposed(row, instant(firstAt))) firstAt += scrapeMs;
  return lastAt > firstAt ? { firstAt: instant(firstAt), lastAt: instant(lastAt) } : null;
}

/** What a Prometheus would see of the series of one tenant and revision. Counters of the model never fall; series are exposed from the first pod on. */
export function seriesSeen(
  row: TenantRevision,
  { at, windowMs }: MeasureRequest,
  { firstAt, lastAt, bornWith }: SampledSpan & { readonly bornWith: Counts },
  scrapeMs: number,
): SeriesSeen {
  const recent = sampledSpan(row, at, recentMs(windowMs, scrapeMs), scrapeMs);
  const isBorn = row.timeline.servingMs(row.revision.podHash, at - windowMs) === 0;
  return {
    newest: recent === null ? { kind: 'ended' } : { kind: 'fresh' },
    scrapes: (lastAt - firstAt) / scrapeMs + 1,
    resets: 0,
    recentEvents: recent === null ? null : countersAt(row, recent.lastAt).total - countersAt(row, recent.firstAt).total,
    unseenBad: isBorn ? bornWith.total - bornWith.good : 0,
  };
}

/** Several rows as one, as grouping in a query makes it. */
export function summed(rows: readonly RowCounts[]): RowCounts {
  return rows.reduce((sum, row) => ({
    good: sum.good + row.good,
    total: sum.total + row.total,
    seen: sum.seen === null || row.seen === null ? null : together(sum.seen, row.seen),
  }));
}

function together(one: SeriesSeen, other: SeriesSeen): SeriesSeen {
  const events = [one.recentEvents, other.recentEvents].filter((count) => count !== null);
  return {
    newest: one.newest.kind === 'fresh' ? one.newest : other.newest,
    scrapes: Math.max(one.scrapes, other.scrapes),
    resets: Math.max(one.resets, other.resets),
    recentEvents: events.length === 0 ? null : events.reduce((sum, count) => sum + count, 0),
    unseenBad: one.unseenBad + other.unseenBad,
  };
}
