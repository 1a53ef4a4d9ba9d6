import type { ReleaseStatus, TimelineEntry, WaveStatus } from '../../../src/domain/release-status.ts';
import { instant } from '../../../src/domain/time.ts';
import type { ToldRelease } from '../../../src/release/notices.ts';

export const HASH = '9f3c1a2d04be'.padEnd(64, '0');
const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-22T10:00:00Z');

/** The instant so many minutes after ten o'clock. */
export const minute = (count: number) => instant(START + count * MINUTE_MS);

/** A line of the story. */
export const line = (minutes: number, reason: string, message: string): TimelineEntry => ({
  at: minute(minutes),
  reason,
  message,
});

const wave = (name: string, startedAt: number | null, passedAt: number | null): WaveStatus => ({
  name,
  phase: passedAt === null ? (startedAt === null ? 'Waiting' : 'Running') : 'Passed',
  startedAt: startedAt === null ? null : minute(startedAt),
  bakingSince: null,
  passedAt: passedAt === null ? null : minute(passedAt),
  blockedSince: null,
  blockedMs: 0,
});

/** `free` passed at minute 10, `business` began at 20, `enterprise` has not begun. */
export function toldRelease(timeline: readonly TimelineEntry[], status: Partial<ReleaseStatus> = {}): ToldRelease {
  return {
    name: 'storefront-4.12.0',
    uid: 'a-uid',
    workload: 'storefront',
    version: '4.12.0',
    status: {
      phase: 'Running',
      planHash: HASH,
      message: '',
      waves: [wave('free', 1, 10), wave('business', 20, null), wave('enterprise', null, null)],
      waitingFor: [],
      rollback: null,
      handledRequests: [],
      timeline,
      finishedAt: null,
      ...status,
    },
  };
}
