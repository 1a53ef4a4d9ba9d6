import { expect, test } from 'vitest';
import { placement, readiness, readinessAnswer } from '../../../src/api/readiness.ts';
import { instant } from '../../../src/domain/time.ts';

const leading = { kind: 'leading', epoch: 4, validUntil: instant(1) } as const;
const follows = { kind: 'following', holder: 'b' } as const;
const alone = { kind: 'following', holder: null } as const;
const away = { kind: 'cluster', name: 'eu', message: 'connection refused' } as const;

test.each([
  ['a leader that sees everything is ready', leading, [], 200, { kind: 'leading', epoch: 4 }],
  ['a leader that does not see a cluster is not', leading, [away], 503, { kind: 'leading', epoch: 4 }],
  ['a follower is ready', follows, [], 200, { kind: 'following', holder: 'b' }],
  ['one that knows of no leader is not', alone, [], 503, { kind: 'following', holder: null }],
])('%s', (_, state, notFresh, status, leadership) => {
  const answer = readinessAnswer(readiness(state, notFresh));
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ ready: status === 200, leadership, notFresh });
});

const gone = { kind: 'hub', name: 'hub', message: 'has not answered for 20 s' } as const;

test.each([
  ['a leader that does not see a cluster is in its place', leading, [away], 200, []],
  ['a leader that does not see the hub is not', leading, [away, gone], 503, [gone]],
  ['a follower is in its place', follows, [], 200, []],
  ['one that knows of no leader is not', alone, [], 503, []],
])('for a rollout of the daemon: %s', (_, state, notFresh, status, named) => {
  const answer = readinessAnswer(placement(readiness(state, notFresh)));
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ ready: status === 200, notFresh: named });
});
