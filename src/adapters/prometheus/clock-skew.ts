import { TransientError } from '../../domain/errors.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import { formatDuration, type Instant } from '../../domain/time.ts';
import type { HttpAnswer } from './prometheus-answer.ts';

/** A `Date` header names the whole second that its instant lies in. */
const DATE_RESOLUTION_MS = 999;

const LEAST_TOLERANCE_MS = 2_000;

/** How far a source's clock may be from ours before its samples cannot be told older from newer than a step, ms: half of what a gate allows for. */
export function skewToleranceMs({ scrapeIntervalMs }: Pick<MetricSourceSpec, 'scrapeIntervalMs'>): number {
  return Math.max(LEAST_TOLERANCE_MS, scrapeIntervalMs);
}

/**
 * How far the server's clock is from ours at least, ms: it said its time between our question and its answer. Positive when it is ahead; 0
 * when both may be equal, or it does not tell.
 */
export function skewMs(
  { headers }: Pick<HttpAnswer, 'headers'>,
  { askedAt, answeredAt }: { readonly askedAt: Instant; readonly answeredAt: Instant },
): number {
  const { date } = headers;
  const serverAt = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(serverAt)) return 0;
  if (serverAt > answeredAt) return serverAt - answeredAt;
  return Math.min(0, serverAt + DATE_RESOLUTION_MS - askedAt);
}

/** @throws TransientError with reason `ClockSkew` when the clocks are further apart than tolerated */
export function refuseSkewed(
  answer: Pick<HttpAnswer, 'headers'>,
  times: { readonly askedAt: Instant; readonly answeredAt: Instant },
  toleranceMs: number,
  what: string,
): void {
  const ms = skewMs(answer, times);
  if (Math.abs(ms) <= toleranceMs) return;
  const apart = `${formatDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} ours`;
  const message = `${what}: its clock is ${apart}, ${formatDuration(toleranceMs)} are tolerated: its samples cannot be told older or newer than a step, synchronise the clocks (NTP)`;
  throw new TransientError(message, { reason: 'ClockSkew' });
}
