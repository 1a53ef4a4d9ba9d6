import type { CountOrPercent } from '../domain/wave-plan.ts';

/** How many targets of `total` may be in flight: a share is rounded up and is at least one; a count stays as it is. */
export function resolveConcurrency(limit: CountOrPercent, total: number): number {
  return limit.kind === 'count' ? limit.count : Math.max(1, Math.ceil((limit.percent * total) / 100));
}

/** How many of `total` targets may fail: a share is rounded down, 0 % is 0; never more than there are. */
export function resolveFailures(limit: CountOrPercent, total: number): number {
  return Math.min(total, limit.kind === 'count' ? limit.count : Math.floor((limit.percent * total) / 100));
}

/** `4` or `25 %`, as it was declared. */
export function formatLimit(limit: CountOrPercent): string {
  return limit.kind === 'count' ? String(limit.count) : `${limit.percent} %`;
}
