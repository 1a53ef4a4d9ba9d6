import { describe, expect, test } from 'vitest';
import type { TargetId } from '../../../src/domain/plan.ts';
import { decide } from '../../../src/release/decide.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import {
  ACME,
  aDecision,
  ago,
  aPlan,
  aSnapshot,
  aStatus,
  GLOBEX,
  HOOLI,
  NOW,
  PASSED,
  RUNNING,
  returningRun,
  runsOf,
  SECOND_MS,
} from './a-release.ts';
import { moving, pausedAt } from './an-observed-target.ts';

const asked = () => pausedAt(0, { abort: true });
const draining = () => moving({ abort: true, abortedAt: true, updatedPods: 1 });
const off = () => moving({ abort: true, abortedAt: true, updatedPods: 0 });
const invalid = () => moving({ isInvalidSpec: true, abort: true, updatedPods: 1 });

/** What is done to targets on their way back for ten seconds, those of one wave but for acme's in one cluster. */
function commands(
  targets: readonly (readonly [TargetId, ObservedTarget])[],
  { width = 50, sinceMs = 10 * SECOND_MS } = {},
) {
  const snapshot = aSnapshot({
    plan: aPlan([], { rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: width } }),
    status: aStatus([PASSED, RUNNING], { phase: 'RollingBack', rollback: aDecision('release') }),
    runs: runsOf(...targets.map(([id]) => returningRun(id, { goalAt: ago(sinceMs) }))),
    targets: new Map(targets),
  });
  return decide(snapshot, NOW)
    .commands.filter((one) => one.action.kind !== 'nudge')
    .map((one) => [one.target, one.action.kind]);
}

describe('templates of aborted targets', () => {
  test.each([
    ['an abort of the cluster waits for its controller', asked()],
    ['pods of the new version are left in the cluster', draining()],
  ])('wait while %s', (_, neighbour) => {
    expect(
      commands([
        [GLOBEX, off()],
        [HOOLI, neighbour],
      ]),
    ).toEqual([]);
  });

  test('come when traffic is off everywhere in the cluster', () => {
    expect(
      commands([
        [GLOBEX, off()],
        [HOOLI, off()],
      ]),
    ).toEqual([
      [GLOBEX, 'restoreTemplate'],
      [HOOLI, 'restoreTemplate'],
    ]);
  });

  test('do not wait for another cluster', () => {
    expect(
      commands([
        [ACME, off()],
        [HOOLI, asked()],
      ]),
    ).toEqual([[ACME, 'restoreTemplate']]);
  });

  test('do not wait for ever', () => {
    const targets = [
      [GLOBEX, off()],
      [HOOLI, asked()],
    ] as const;
    expect(commands(targets, { sinceMs: 60 * SECOND_MS - 1 })).toEqual([]);
    expect(commands(targets, { sinceMs: 60 * SECOND_MS })).toEqual([[GLOBEX, 'restoreTemplate']]);
  });

  test('neither wait for an InvalidSpec nor let it wait: it carries out no abort', () => {
    expect(
      commands([
        [GLOBEX, off()],
        [HOOLI, invalid()],
      ]),
    ).toEqual([
      [GLOBEX, 'restoreTemplate'],
      [HOOLI, 'restoreTemplate'],
    ]);
    expect(
      commands([
        [GLOBEX, asked()],
        [HOOLI, invalid()],
      ]),
    ).toEqual([[HOOLI, 'restoreTemplate']]);
  });
});

describe('the width of a rollback', () => {
  test('counts targets that still serve the new version', () => {
    expect(
      commands(
        [
          [GLOBEX, draining()],
          [HOOLI, pausedAt(0)],
        ],
        { width: 1 },
      ),
    ).toEqual([]);
    expect(
      commands(
        [
          [GLOBEX, off()],
          [HOOLI, pausedAt(0)],
        ],
        { width: 1 },
      ),
    ).toEqual([
      [GLOBEX, 'restoreTemplate'],
      [HOOLI, 'abort'],
    ]);
  });
});
