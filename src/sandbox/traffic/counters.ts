import type { Instant } from '../../domain/time.ts';
import { exactRequests, type TenantRevision } from './traffic.ts';

/** The counters of one tenant and revision at one instant, whole events. They never fall. */
export interface Counters {
  /** Answered with 200. */
  readonly ok: number;
  /** Answered with 500. */
  readonly failed: number;
  /** Every measured request. */
  readonly total: number;
  /** Requests that took at most the bound, in the order of LATENCY_BOUNDS. */
  readonly within: readonly number[];
  readonly secondsSum: number;
}

/** What the application has counted. Each counter is rounded down by itself, so that rare events come as whole ones and always alike. */
export function countersAt(row: TenantRevision, at: Instant): Counters {
  const requests = exactRequests(row, at);
  const { errorRatio, withinRatios, meanSeconds } = row.profile;
  return {
    ok: Math.floor(requests * (1 - errorRatio)),
    failed: Math.floor(requests * errorRatio),
    total: Math.floor(requests),
    within: withinRatios.map((ratio) => Math.floor(requests * ratio)),
    secondsSum: requests * meanSeconds,
  };
}

/** `true` when the application exposes the series: pods that are gone expose nothing. */
export function isExposed({ profile, timeline, revision }: TenantRevision, at: Instant): boolean {
  return profile.isMeasured && timeline.isServing(revision.podHash, at);
}
