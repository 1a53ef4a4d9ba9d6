import { formatCount } from '../../analysis/format-numbers.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Instant } from '../../domain/time.ts';
import type { VerdictKind } from '../../domain/verdict.ts';

/** `7 tenants`, `1 tenant`, `10 000 tenants` */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The share of `part` in `total` as `4.1 %`; what is above 0 never reads as 0. */
export function share(part: number, total: number): string {
  if (total === 0 || part === 0) return '0 %';
  const percent = (100 * part) / total;
  return percent < 0.1 ? '<0.1 %' : `${Math.round(percent * 10) / 10} %`;
}

/** A ratio (0…1) as percent with as many digits as it has: 0.9995 → `99.95 %`. */
export function percentOf(ratio: number): string {
  return `${Number((100 * ratio).toFixed(6))} %`;
}

/** A measured share as percent, rounded down: 99.996 % must not read as 100 %. */
export function shareFloor(part: number, total: number): string {
  return `${Math.floor((part * 10_000) / total) / 100} %`;
}

/** A verdict as documents and pictures say it. */
export function verdictWord(verdict: VerdictKind): string {
  switch (verdict) {
    case 'pass':
    case 'inconclusive':
      return verdict;
    case 'fail':
      return 'FAIL';
    case 'missing':
      return 'no data';
    default:
      return assertNever(verdict);
  }
}

/** `2026-11-23 09:42 UTC` */
export function utc(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-11-23 09:42:07 UTC` */
export function utcSeconds(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A bound in seconds as people say it: 0.3 → `300 ms`, 1 → `1 s`. */
export function bound(seconds: number): string {
  return seconds < 1 ? `${Number((seconds * 1000).toFixed(3))} ms` : `${seconds} s`;
}

/** A duration to the second below ten minutes, to the minute above: for forecasts, which are no better. */
export function about(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 600) return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
