import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  approximateCounts,
  fencepostsOf,
  isAtDesiredCounts,
  nextCounts,
} from '../../../../src/sandbox/argo/replica-counts.ts';
import { aReplicaSet, aRollout } from './fixtures.ts';

describe('pods that come nearest to a weight', () => {
  it.each([
    ['10 % of 1 with surge is one of two', 1, 10, 1, { canary: 1, stable: 1 }],
    ['10 % of 1 without surge stays on the stable one', 1, 10, 0, { canary: 0, stable: 1 }],
    ['10 % of 2 with surge is one of three', 2, 10, 1, { canary: 1, stable: 2 }],
    ['10 % of 4 with surge is one of five', 4, 10, 1, { canary: 1, stable: 4 }],
    ['25 % of 4 is exact', 4, 25, 1, { canary: 1, stable: 3 }],
    ['50 % of 3 without surge is a tie that goes up', 3, 50, 0, { canary: 2, stable: 1 }],
    ['99 % of 2 leaves one stable pod', 2, 99, 0, { canary: 1, stable: 1 }],
    ['0 % is nothing', 5, 0, 1, { canary: 0, stable: 5 }],
    ['100 % is everything', 5, 100, 1, { canary: 5, stable: 0 }],
    ['nothing wanted, nothing there', 0, 50, 1, { canary: 0, stable: 0 }],
  ] as const)('%s', (_, replicas, weight, surge, counts) => {
    expect(approximateCounts(replicas, weight, surge)).toEqual(counts);
  });
});

describe('surge and unavailability', () => {
  it.each([
    ['percentages: surge up, unavailable down', '25%', '25%', 10, { surge: 3, unavailable: 2 }],
    ['a string without a sign is a percentage too', '5', '50', 10, { surge: 1, unavailable: 5 }],
    ['left out they are 25 %', undefined, undefined, 8, { surge: 2, unavailable: 2 }],
    ['both resolved to nothing leave one unavailable', 0, '10%', 4, { surge: 0, unavailable: 1 }],
    ['more unavailable than wanted is everything', 1, 40, 3, { surge: 1, unavailable: 3 }],
  ] as const)('%s', (_, maxSurge, maxUnavailable, replicas, fenceposts) => {
    const strategy = {
      ...(maxSurge === undefined ? {} : { maxSurge }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    };
    expect(fencepostsOf(aRollout({ spec: { replicas, strategy: { canary: strategy } } }))).toEqual(fenceposts);
  });
});

/** replicas, weight, maxSurge, maxUnavailable, canary wanted and available, stable wanted and available, same, abort, promoteFull, others → canary, stable, at desired counts. */
type Row = readonly [
  number,
  number,
  number | string,
  number | string,
  number,
  number,
  number,
  number,
  boolean,
  boolean,
  boolean,
  number,
  number,
  number,
  boolean,
];

describe('what to scale to next', () => {
  const lines = readFileSync(join(import.meta.dirname, 'replica-counts.rows.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Row);

  it('is asked of Argo itself for hundreds of situations', () => {
    expect(rows.length).toBeGreaterThanOrEqual(500);
  });

  it('is what Argo 1.9.1 answers in each of them', () => {
    const answers = rows.map((row) => [row, answerOf(row)] as const);
    const wrong = answers.filter(([row, answer]) => JSON.stringify(row.slice(12)) !== JSON.stringify(answer));
    expect(wrong).toEqual([]);
  });
});

function answerOf(row: Row): readonly unknown[] {
  const [replicas, setWeight, maxSurge, maxUnavailable, cWanted, cAvailable, sWanted, sAvailable] = row;
  const [, , , , , , , , same, abort, promoteFull, others] = row;
  const rollout = aRollout({
    spec: { replicas, strategy: { canary: { maxSurge, maxUnavailable, steps: [{ setWeight }] } } },
    status: { stableRS: same ? 'canary' : 'stable', currentPodHash: 'canary', abort, promoteFull, currentStepIndex: 0 },
  });
  const canary = aReplicaSet('canary', cWanted, cAvailable);
  const roles = {
    canary,
    stable: same ? canary : aReplicaSet('stable', sWanted, sAvailable),
    others: others > 0 ? [aReplicaSet('other', others, others)] : [],
  };
  const counts = nextCounts(rollout, roles);
  return [counts.canary, counts.stable, isAtDesiredCounts(rollout, roles)];
}
