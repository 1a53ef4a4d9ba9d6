import { describe, expect, it } from 'vitest';
import { movedSince, type Standing } from '../../../src/cli/adopt/standing.ts';

const before: Standing = {
  uid: 'u1',
  replicas: 2,
  currentHash: 'h1',
  stableHash: 'h1',
  replicaSets: new Map([['app-h1', 'r1']]),
  pods: new Map([
    ['app-h1-a', 'p1'],
    ['app-h1-b', 'p2'],
  ]),
};

describe('what moved', () => {
  it.each<[string, Partial<Standing>, readonly string[]]>([
    ['nothing', {}, []],
    ['an autoscaler took a pod', { replicas: 1, pods: new Map([['app-h1-a', 'p1']]) }, []],
    ['an old ReplicaSet was cleaned up', { replicaSets: new Map() }, []],
    ['another revision came', { currentHash: 'h2' }, ['the pod hash went from h1 to h2']],
    ['another revision became stable', { stableHash: 'h2' }, ['the stable revision went from h1 to h2']],
    [
      'a ReplicaSet came',
      { replicaSets: new Map([...before.replicaSets, ['app-h2', 'r2']]) },
      ['ReplicaSet app-h2 is new'],
    ],
    [
      'a pod was replaced',
      {
        pods: new Map([
          ['app-h1-a', 'p1'],
          ['app-h1-c', 'p3'],
        ]),
      },
      ['pod app-h1-b is gone', 'pod app-h1-c is new'],
    ],
    ['all was deleted and made again', { uid: 'u2' }, ['the Rollout was deleted and made again']],
  ])('when %s', (_, change, moved) => {
    expect(movedSince(before, { ...before, ...change })).toEqual(moved);
  });
});
