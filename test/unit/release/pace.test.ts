import { describe, expect, test } from 'vitest';
import type { PlanTarget, TargetId } from '../../../src/domain/plan.ts';
import { targetId } from '../../../src/domain/plan.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { later } from '../../../src/domain/time.ts';
import { stepWave } from '../../../src/release/admission.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import {
  admittedWidth,
  type ClusterPace,
  HELD_START_MS,
  nudgePatienceMs,
  owedAnswer,
  paceMessage,
  paceWindowMs,
} from '../../../src/release/pace.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import { ago, aPlan, aRun, aSnapshot, aStatus, MINUTE_MS, NOW, PASSED, RUNNING, runsOf, target } from './a-release.ts';
import { moving, onNew, onOld, pausedAt, putBack, written } from './an-observed-target.ts';

const EU = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => targetId('eu', name, 'storefront'));
const US = ['g', 'h'].map((name) => targetId('us', name, 'storefront'));

const NEVER: ClusterPace = {
  lagP50Ms: null,
  lagP90Ms: null,
  effectP90Ms: null,
  toPauseP50Ms: null,
  waiting: 0,
  answeredLately: 0,
  samples: 0,
};

/** A business wave of six targets in one cluster and two in another, as wide as it is long. */
function wave(parts: {
  readonly runs?: readonly TargetRun[];
  readonly seen?: ReadonlyMap<TargetId, ObservedTarget | 'absent'>;
  readonly eu?: Partial<ClusterPace>;
  readonly maxConcurrency?: number;
  readonly snapshot?: Partial<Snapshot>;
}) {
  const targets: readonly PlanTarget[] = [...EU, ...US].map((id) => target(id, 'business', [id.split('/')[1]!]));
  const plan = aPlan([{}, { targets, maxConcurrency: parts.maxConcurrency ?? 8 }]);
  const snapshot = aSnapshot({
    plan,
    status: aStatus([PASSED, RUNNING]),
    runs: runsOf(...(parts.runs ?? [])),
    targets: new Map([...[...EU, ...US].map((id) => [id, onOld()] as const), ...(parts.seen ?? [])]),
    clusters: new Map(['eu', 'us', 'acme'].map((name) => [name, { kind: 'fresh' }])),
    pace: new Map([['eu', { ...NEVER, ...parts.eu }]]),
    ...parts.snapshot,
  });
  return stepWave(snapshot, 1, NOW);
}

const started = (step: ReturnType<typeof wave>, cluster = 'eu') =>
  step.runs.filter((run) => run.startedAt === NOW && run.target.startsWith(cluster)).length;
const young = (id: TargetId) => aRun(id, { goalAt: NOW, startedAt: ago(1), revision: null });

test.each([
  ['nobody measures', undefined, 0],
  ['has answered nothing yet', NEVER, 0],
  ['answers within a second', { ...NEVER, lagP90Ms: 90 }, 180],
  ['is slow', { ...NEVER, lagP90Ms: 1_500 }, 3_000],
  ['is very slow', { ...NEVER, lagP90Ms: 60_000 }, 8_000],
])('a controller that %s is left to itself before a nudge for so long', (_, pace, patienceMs) => {
  expect(nudgePatienceMs(pace)).toBe(patienceMs);
});

describe('what the controller owes:', () => {
  test.each([
    ['a look at a new template', written(), 'generation'],
    ['a look at whatever was changed', onNew({ isObserved: false }), 'generation'],
    ['an abort that is not carried out', moving({ abort: true }), 'command'],
    ['a resume whose pause it still keeps', pausedAt(0, { pause: null }), 'command'],
    ['nothing when aborted', moving({ abort: true, abortedAt: true }), null],
    ['nothing while pods move', moving(), null],
    ['nothing at a pause', pausedAt(0), null],
    ['nothing when back', putBack(), null],
  ])('%s', (_, observed, owed) => {
    expect(owedAnswer(observed)).toBe(owed);
  });
});

describe('the width of a cluster', () => {
  test.each([
    ['is one when nothing was answered', 0, 8, 1],
    ['is what was answered lately', 5, 8, 5],
    ['is never more than maxConcurrency', 50, 8, 8],
  ])('%s', (_, answeredLately, maxConcurrency, width) => {
    expect(admittedWidth({ ...NEVER, answeredLately }, maxConcurrency)).toBe(width);
  });

  test('looks at half a second, and at up to four where the cluster is far away', () => {
    expect([20, 125, 300, 9_000].map(paceWindowMs)).toEqual([500, 500, 1_200, 4_000]);
  });
});

describe('starts', () => {
  test('are one in a cluster that has answered nothing yet, and as many as there are slots where nobody measures', () => {
    const step = wave({});
    expect([started(step, 'eu'), started(step, 'us')]).toEqual([1, 2]);
  });

  test('are as many as were answered lately, less those that wait', () => {
    expect(started(wave({ eu: { answeredLately: 4 } }))).toBe(4);
    expect(started(wave({ eu: { answeredLately: 4, waiting: 3 } }))).toBe(1);
    expect(started(wave({ eu: { answeredLately: 4, waiting: 4 } }))).toBe(0);
  });

  test('do not exceed maxConcurrency', () => {
    const step = wave({ eu: { answeredLately: 100 }, maxConcurrency: 3 });
    expect(step.runs).toHaveLength(3);
  });

  test('are none while a decision has not come to its object', () => {
    expect(started(wave({ runs: [young(EU[0]!)] }))).toBe(0);
  });

  test('are none while a resume has not come to its object', () => {
    const runs = [aRun(EU[0]!, { goal: { kind: 'step', step: 1 }, goalAt: ago(1) })];
    expect(started(wave({ runs, seen: new Map([[EU[0]!, pausedAt(0)]]) }))).toBe(0);
  });

  test('do not wait for a target whose pods move or that bakes', () => {
    const runs = [aRun(EU[0]!), aRun(EU[1]!)];
    const seen = new Map([
      [EU[0]!, moving()],
      [EU[1]!, pausedAt(0)],
    ]);
    expect(started(wave({ runs, seen }))).toBe(1);
  });

  test('do not wait for a target whose command was refused', () => {
    const refusals = new Map([[EU[0]!, 'denied by a webhook']]);
    expect(started(wave({ runs: [young(EU[0]!)], snapshot: { refusals } }))).toBe(1);
  });

  test('do not wait longer than a minute for a target that is never written', () => {
    const stuck = aRun(EU[0]!, { goalAt: ago(2 * MINUTE_MS), revision: null });
    expect(started(wave({ runs: [stuck] }))).toBe(1);
  });

  test('that are held are looked at again, and nothing is written about them', () => {
    const step = wave({
      eu: { waiting: 1 },
      snapshot: { pace: new Map(['eu', 'us'].map((name) => [name, { ...NEVER, waiting: 1 }])) },
    });
    expect(step.runs).toEqual([]);
    expect(step.waitingFor).toEqual([]);
    expect(step.story).toEqual([]);
    expect(step.wakeAt).toBe(later(NOW, HELD_START_MS));
  });
});

test('people read which cluster it is, what waits and how long', () => {
  expect(paceMessage('eu', { ...NEVER, waiting: 12, lagP50Ms: 4_100 })).toBe(
    'cluster eu is at its pace: 12 wait for its controller, lag 4.1s',
  );
  expect(paceMessage('eu', { ...NEVER, waiting: 1 })).toBe('cluster eu is at its pace: 1 waits for its controller');
});
