import { describe, expect, test } from 'vitest';
import { followRelease } from '../../../../src/cli/release/follow.ts';
import type { LiveOutput } from '../../../../src/cli/release/live-output.ts';
import type { SeenRelease } from '../../../../src/cli/release/release-reader.ts';
import { pendingStatus } from '../../../../src/controller/new-release.ts';
import { TerminalError, TransientError } from '../../../../src/domain/errors.ts';
import type { ReleasePhase } from '../../../../src/domain/release-status.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { NOW, planned } from '../../planning/storefront.ts';

const plan = planned();
const refusal = new TerminalError('get Release: not allowed (403)');

function seen(phase: ReleasePhase, uid = 'one'): SeenRelease {
  const status = { ...pendingStatus(plan, NOW), phase };
  return { uid, view: { status } } as SeenRelease;
}

/** Follows looks of one a second; the last one is repeated. */
async function follow(looks: readonly (SeenRelease | null | Error)[]) {
  const clock = createVirtualClock();
  const troubles: string[] = [];
  const live: LiveOutput = { show: () => {}, trouble: (message) => void troubles.push(message), end: () => {} };
  let next = 0;
  const read = async () => {
    const look = looks[Math.min(next, looks.length - 1)]!;
    next += 1;
    if (look instanceof Error) throw look;
    return look;
  };
  const following = followRelease({
    reader: { read },
    clock,
    live,
    signal: new AbortController().signal,
    timeoutMs: 120_000,
    isThere: (status) => status?.phase === 'Completed',
  });
  const end = following.then(
    ({ code }) => code,
    (error: Error) => error.message,
  );
  await clock.advance(130_000);
  return { end: await end, troubles };
}

describe('following a release', () => {
  test.each([
    ['it is there', [seen('Running'), seen('Completed')], 0, 0],
    ['a hub that does not answer is asked again', [new TransientError('no network'), seen('Completed')], 0, 1],
    ['so is one that refuses what it allowed a moment ago', [seen('Running'), refusal, seen('Completed')], 0, 1],
    ['one that refuses from the start is believed', [refusal], refusal.message, 0],
    ['one that goes on refusing is believed after half a minute', [seen('Running'), refusal], refusal.message, 29],
    ['a release that is gone is superseded', [seen('Running'), null], 60, 0],
    ['so is one that was made again', [seen('Running'), seen('Running', 'two')], 60, 0],
    ['time is up', [seen('Running')], 11, 0],
  ] as const)('%s', async (_, looks, end, troubles) => {
    const followed = await follow(looks);
    expect(followed.end).toBe(end);
    expect(followed.troubles).toHaveLength(troubles);
  });
});
