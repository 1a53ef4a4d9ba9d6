import { describe, expect, test } from 'vitest';
import { etaOf } from '../../../src/cli/view/eta.ts';
import { measuredPace } from '../../../src/cli/view/measured-pace.ts';
import { targetId } from '../../../src/domain/plan.ts';
import type { WaveStatus } from '../../../src/domain/release-status.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { later } from '../../../src/domain/time.ts';
import { ago, ahead, aPlan, aRun, aStatus, MINUTE_MS, NOW, PASSED, promotedRun, target } from '../release/a-release.ts';

const COUNT = 10;
const IDS = Array.from({ length: COUNT }, (_, index) => targetId('eu', `n${index}`, 'app'));
const targets = IDS.map((id) => target(id, 'business', [id]));
/** Two steps of two minutes each. */
const plan = aPlan([{}, { targets, maxConcurrency: 6 }]);
const BAKES_MS = 2 * 2 * MINUTE_MS;
const START = ago(30 * MINUTE_MS);

function paceOf(runs: readonly TargetRun[], wave: Partial<WaveStatus> = {}) {
  return measuredPace(plan, aStatus([PASSED, { phase: 'Running', startedAt: START, ...wave }]), runs);
}

const startedAfter = (ms: readonly number[]) =>
  ms.map((one, index) => aRun(IDS[index]!, { startedAt: later(START, one) }));
/** Arrived after so long, each of its three moves a third of what is left beside the bakes. */
const arrived = (index: number, moveMs: number) => ({
  ...promotedRun(IDS[index]!, later(START, BAKES_MS + 3 * moveMs)),
  startedAt: START,
});

describe('a move of a target', () => {
  test('takes what it took the middle one of those that arrived, bakes apart', () => {
    const runs = [arrived(0, 9_000), arrived(1, 4_000), arrived(2, 5_000), aRun(IDS[3]!)];
    expect(paceOf(runs)).toEqual({ podReadyMs: 5_000 });
  });

  test('is not known before one has arrived, nor from what goes back', () => {
    const back = aRun(IDS[0]!, { goal: { kind: 'restored' }, startedAt: START, reachedAt: NOW });
    expect(paceOf([aRun(IDS[1]!), back])).toEqual({});
  });
});

describe('what a target costs its cluster', () => {
  test('is the time between two starts', () => {
    expect(paceOf(startedAfter([0, 500, 900, 1_600, 2_000]))).toEqual({ controllerMs: 500 });
  });

  test('is not read off starts that waited for a slot', () => {
    expect(paceOf(startedAfter([0, 100, 200, 300, 400, 500, 9 * MINUTE_MS]))).toEqual({ controllerMs: 100 });
  });

  test('is not known from a few', () => {
    expect(paceOf(startedAfter([0, 500, 900, 1_600]))).toEqual({});
  });
});

test.each([
  ['is blocked', { blockedSince: ago(MINUTE_MS) }],
  ['was blocked', { blockedMs: MINUTE_MS }],
])('a wave that %s shows nothing', (_, wave) => {
  expect(paceOf([...startedAfter([0, 500, 900, 1_600, 2_000]).slice(1), arrived(0, 5_000)], wave)).toEqual({});
});

test('the forecast of the rest follows what was measured', () => {
  const status = aStatus([PASSED, { phase: 'Running', startedAt: NOW }]);
  const [assumed, quick, slow] = [{}, { podReadyMs: 1_000, controllerMs: 10 }, { controllerMs: 5_000 }].map(
    (pace) => etaOf(plan, status, NOW, pace)!,
  );
  expect(quick!).toBeLessThan(assumed!);
  expect(slow!).toBeGreaterThan(assumed!);
  // two batches of six and four, three moves each, two bakes each; then a wave of one target
  const rest = 3 * 31_000 + BAKES_MS + 5 * MINUTE_MS;
  const moves = 3 * (2 * 30_000 + 10 * 1_000);
  expect(etaOf(plan, status, NOW, { controllerMs: 1_000 })).toBe(ahead(moves + 2 * BAKES_MS + 5 * MINUTE_MS + rest));
});
