import { describe, expect, test } from 'vitest';
import type { PlanWave, TargetId } from '../../../src/domain/plan.ts';
import { type WaveStatus, waveClockMs } from '../../../src/domain/release-status.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { later } from '../../../src/domain/time.ts';
import { stepWave } from '../../../src/release/admission.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import {
  ANALYSIS,
  ago,
  ahead,
  answer,
  aRun,
  aSnapshot,
  aStatus,
  BAKING,
  GLOBEX,
  goodAnswer,
  HOOLI,
  INITECH,
  MINUTE_MS,
  NEW,
  NOW,
  noAnswer,
  OLD,
  OLD_IMAGE,
  PASSED,
  promotedRun,
  RUNNING,
  returningRun,
  runsOf,
  SECOND_MS,
} from './a-release.ts';
import { aPause, moving, onNew, onOld, pausedAt, putBack } from './an-observed-target.ts';

type Seen = ObservedTarget | 'absent';

/** The business wave after a free one that passed. */
function business(parts: {
  readonly wave?: Partial<PlanWave>;
  readonly status?: Partial<WaveStatus>;
  readonly runs?: readonly TargetRun[];
  readonly seen?: readonly [Seen | undefined, Seen | undefined, Seen | undefined];
  readonly snapshot?: Partial<Snapshot>;
}) {
  const seen = parts.seen ?? [onOld(), onOld(), onOld()];
  const targets = new Map<TargetId, Seen>();
  [GLOBEX, HOOLI, INITECH].forEach((id, index) => {
    const observed = seen[index];
    if (observed !== undefined) targets.set(id, observed);
  });
  const snapshot = aSnapshot({
    waves: [{}, parts.wave ?? {}],
    status: aStatus([PASSED, parts.status ?? RUNNING]),
    runs: runsOf(...(parts.runs ?? [])),
    targets,
    measurements: goodAnswer(),
    ...parts.snapshot,
  });
  return stepWave(snapshot, 1, NOW);
}

const started = (runs: readonly TargetRun[]) => runs.map((run) => run.target);
const reasons = (list: readonly { readonly reason: string }[]) => list.map((one) => one.reason);
const failed = (id: TargetId) =>
  returningRun(id, { failure: { reason: 'SloFailed', message: `${id} is bad`, at: ago(MINUTE_MS) } });

describe('slots', () => {
  test('are filled in plan order', () => {
    const step = business({ status: {} });
    expect(started(step.runs)).toEqual([GLOBEX, HOOLI]);
    expect(step.status).toMatchObject({ phase: 'Running', startedAt: NOW });
    expect(step.story).toEqual([{ reason: 'WaveStarted', message: 'wave business starts' }]);
  });

  test('are taken by what is in flight', () => {
    const step = business({ runs: [aRun(GLOBEX)], seen: [moving(), onOld(), onOld()] });
    expect(started(step.runs)).toEqual([HOOLI]);
  });

  test('are not taken by what is promoted, though it still bakes', () => {
    const step = business({ runs: [promotedRun(GLOBEX)], seen: [onNew(), onOld(), onOld()] });
    expect(started(step.runs)).toEqual([HOOLI, INITECH]);
  });

  test('are not taken by what goes back', () => {
    const step = business({
      wave: { maxConcurrency: 1, maxFailures: 1 },
      runs: [failed(GLOBEX)],
      seen: [pausedAt(0, { abort: true }), onOld(), onOld()],
    });
    expect(started(step.runs)).toEqual([HOOLI]);
  });

  test('are none when the width is in flight', () => {
    const step = business({ runs: [aRun(GLOBEX), aRun(HOOLI)], seen: [moving(), moving(), onOld()] });
    expect(started(step.runs)).toEqual([]);
  });

  test('pass over a target that has not been seen', () => {
    expect(started(business({ seen: [undefined, onOld(), onOld()] }).runs)).toEqual([HOOLI, INITECH]);
  });

  test('pass over a frozen target, and say so', () => {
    const freezes = [
      {
        name: 'f',
        by: 'ana',
        reason: 'audit',
        from: null,
        until: null,
        scope: { kind: 'tenant', tenant: 'globex' } as const,
      },
    ];
    const step = business({ snapshot: { freezes } });
    expect(started(step.runs)).toEqual([HOOLI, INITECH]);
    expect(step.waitingFor).toEqual([{ reason: 'Frozen', message: 'globex: freeze f by ana: audit' }]);
  });

  test('that a freeze leaves empty are told in one line, however many targets it covers', () => {
    const freezes = [
      {
        name: 'f',
        by: 'ana',
        reason: 'r',
        from: null,
        until: null,
        scope: { kind: 'tier', tier: 'business' } as const,
      },
    ];
    const step = business({ snapshot: { freezes } });
    expect(step.runs).toEqual([]);
    expect(step.waitingFor).toEqual([{ reason: 'Frozen', message: 'globex: freeze f by ana: r' }]);
  });

  test('are left empty while the wave is blocked', () => {
    const step = business({ snapshot: { busy: new Map([[INITECH, 'other']]) } });
    expect(step.runs).toEqual([]);
    expect(reasons(step.waitingFor)).toEqual(['AnotherRelease']);
    expect(step.status.blockedSince).toBe(NOW);
  });
});

describe('a first deploy', () => {
  test('waits until the version is proven on those that have one', () => {
    expect(started(business({ seen: ['absent', onOld(), onOld()] }).runs)).toEqual([HOOLI, INITECH]);
    const half = business({
      runs: [promotedRun(HOOLI), aRun(INITECH)],
      seen: ['absent', onNew(), moving()],
    });
    expect(half.runs).toEqual([]);
  });

  test('goes last', () => {
    const step = business({
      runs: [promotedRun(HOOLI), promotedRun(INITECH)],
      seen: ['absent', onNew(), onNew()],
    });
    expect(step.runs).toMatchObject([
      { target: GLOBEX, goal: { kind: 'promoted' }, previous: { kind: 'nothing' }, revision: null },
    ]);
  });

  test('starts where there is nothing else', () => {
    expect(started(business({ seen: ['absent', 'absent', 'absent'] }).runs)).toEqual([GLOBEX, HOOLI]);
  });
});

describe('the record of a start', () => {
  test('names what the cluster ran before anything is done', () => {
    expect(business({}).runs[0]).toEqual({
      target: GLOBEX,
      goal: { kind: 'step', step: 0 },
      goalAt: NOW,
      startedAt: NOW,
      previous: { kind: 'revision', hash: OLD, image: OLD_IMAGE },
      revision: null,
      reachedAt: null,
      failure: null,
      deciding: [],
      nudges: 0,
    });
  });

  test('of a target that runs the version already asks for no step', () => {
    const seen = [onNew({ release: 'storefront-by-hand' }), onOld(), onOld()] as const;
    expect(business({ seen }).runs[0]).toMatchObject({
      goal: { kind: 'promoted' },
      previous: { kind: 'revision', hash: NEW },
      revision: NEW,
    });
  });

  test('of a target that this release promoted, its record lost, claims nothing about what it ran before', () => {
    expect(business({ seen: [onNew(), onOld(), onOld()] }).runs[0]).toMatchObject({
      goal: { kind: 'promoted' },
      previous: { kind: 'nothing' },
    });
  });

  test('of a target on its way to the version takes the stable one for the one before', () => {
    expect(business({ seen: [pausedAt(0), onOld(), onOld()] }).runs[0]).toMatchObject({
      goal: { kind: 'step', step: 0 },
      previous: { kind: 'revision', hash: OLD },
      revision: null,
    });
  });
});

describe('a wave that waits', () => {
  test('does not start while it is blocked', () => {
    const step = business({ status: {}, snapshot: { preflight: new Map() } });
    expect(step).toMatchObject({ status: { phase: 'Waiting', startedAt: null }, runs: [], failure: null });
    expect(reasons(step.waitingFor)).toEqual(['PreflightPending']);
  });

  test('wakes when the first blocker may end by itself', () => {
    const until = ahead(MINUTE_MS);
    const freezes = [{ name: 'f', by: 'ana', reason: 'r', from: null, until, scope: { kind: 'all' } as const }];
    expect(business({ status: {}, snapshot: { freezes } }).wakeAt).toBe(until);
  });
});

describe('failures', () => {
  const sloFails = answer({
    'T-globex': { good: 900, total: 1000 },
    'T-hooli': { good: 1000, total: 1000 },
    'T-initech': { good: 1000, total: 1000 },
  });

  test('of a target send it back with the counts that decided', () => {
    const step = business({
      wave: { maxFailures: 1 },
      runs: [aRun(GLOBEX)],
      seen: [pausedAt(0), onOld(), onOld()],
      snapshot: { measurements: sloFails },
    });
    expect(step.runs[0]).toMatchObject({
      target: GLOBEX,
      goal: { kind: 'restored' },
      goalAt: NOW,
      failure: { reason: 'SloFailed', at: NOW },
      deciding: [{ verdict: 'fail', good: 900, total: 1000 }],
    });
    expect(step.failure).toBeNull();
    expect(step.story).toEqual([
      { reason: 'SloFailed', message: 'globex failed: globex availability: 10 % of 1 000 requests bad, allowed 1 %' },
    ]);
  });

  const budget: readonly {
    readonly title: string;
    readonly maxFailures: number;
    readonly runs: readonly TargetRun[];
    readonly message: string | null;
  }[] = [
    { title: 'none of none is fine', maxFailures: 0, runs: [], message: null },
    {
      title: 'one of none fails the wave',
      maxFailures: 0,
      runs: [failed(GLOBEX)],
      message: `wave business failed: ${GLOBEX} is bad`,
    },
    { title: 'one of one is within budget', maxFailures: 1, runs: [failed(GLOBEX)], message: null },
    {
      title: 'two of one fail the wave',
      maxFailures: 1,
      runs: [failed(GLOBEX), failed(HOOLI)],
      message: `wave business failed (2 failures, allowed 1): ${HOOLI} is bad`,
    },
  ];
  test.each(budget)('$title', ({ maxFailures, runs, message }) => {
    const back = putBack({ phase: 'Progressing' });
    const step = business({ wave: { maxFailures }, runs, seen: [back, back, onOld()] });
    expect(step.failure?.message ?? null).toBe(message);
    expect(step.failure?.reason ?? null).toBe(message === null ? null : 'SloFailed');
    expect(step.status.phase).toBe(message === null ? 'Running' : 'Failed');
  });

  test('found in this very pass count', () => {
    const step = business({
      runs: [aRun(GLOBEX)],
      seen: [pausedAt(0), onOld(), onOld()],
      snapshot: { measurements: sloFails },
    });
    expect(step.failure).toMatchObject({ wave: 1, scope: 'wave', reason: 'SloFailed' });
  });

  test('reach as far as the wave says', () => {
    const step = business({
      wave: { onFailure: 'release' },
      runs: [failed(GLOBEX)],
      seen: [putBack(), onOld(), onOld()],
    });
    expect(step.failure?.scope).toBe('release');
  });

  test('leave nothing started and nothing advanced', () => {
    const step = business({
      wave: { maxConcurrency: 3 },
      runs: [failed(GLOBEX), aRun(HOOLI)],
      seen: [putBack({ phase: 'Progressing' }), pausedAt(0), onOld()],
    });
    expect(step).toMatchObject({ status: { phase: 'Failed' }, runs: [] });
  });

  test('of the data of all targets together fail the wave, though each alone is inconclusive', () => {
    const some = { good: 60, total: 90 };
    const step = business({
      wave: { maxConcurrency: 3 },
      runs: [aRun(GLOBEX), aRun(HOOLI), aRun(INITECH)],
      seen: [pausedAt(0), pausedAt(0), pausedAt(0)],
      snapshot: { measurements: answer({ 'T-globex': some, 'T-hooli': some, 'T-initech': some }) },
    });
    expect(step.failure).toMatchObject({ reason: 'SloFailed' });
    expect(step.failure?.message).toContain('of 270 requests bad');
  });

  test('of a wave that has passed are still seen', () => {
    const step = business({
      status: PASSED,
      runs: [promotedRun(GLOBEX), promotedRun(HOOLI), promotedRun(INITECH)],
      seen: [onNew(), onNew(), onNew()],
      snapshot: { measurements: sloFails },
    });
    expect(step).toMatchObject({ failure: { reason: 'SloFailed' }, status: { phase: 'Failed' } });
    expect(started(step.runs)).toEqual([GLOBEX]);
  });
});

describe('the deadline of a wave', () => {
  const late = { ...RUNNING, startedAt: ago(60 * MINUTE_MS + 1) };
  const open = { runs: [aRun(GLOBEX)], seen: [moving(), onOld(), onOld()] } as const;

  test('fails it', () => {
    expect(business({ ...open, status: late }).failure).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'wave business failed: not done after 1h',
    });
  });

  test('is not over at its very moment', () => {
    expect(business({ ...open, status: { ...late, startedAt: ago(60 * MINUTE_MS) } }).failure).toBeNull();
  });

  test.each([
    ['that is over', { blockedMs: 1 }],
    ['that lasts', { blockedSince: ago(SECOND_MS) }],
  ])('leaves out a time of blocking %s', (_, blocked) => {
    expect(business({ ...open, status: { ...late, ...blocked } }).failure).toBeNull();
  });

  test('does not count for a wave that has passed', () => {
    const step = business({
      status: { ...PASSED, startedAt: ago(600 * MINUTE_MS) },
      runs: [promotedRun(GLOBEX), promotedRun(HOOLI), promotedRun(INITECH)],
      seen: [onNew(), onNew(), onNew()],
    });
    expect(step).toMatchObject({ failure: null, status: { phase: 'Passed' } });
  });

  test('is looked at when it may be over', () => {
    const status = { ...RUNNING, startedAt: ago(58 * MINUTE_MS) };
    expect(business({ ...open, status }).wakeAt).toBe(ahead(2 * MINUTE_MS + 1));
  });
});

describe('the clock of a wave', () => {
  const asks = [pausedAt(1), onOld(), onOld()] as const;

  test('stands from the moment a person is asked', () => {
    const step = business({ runs: [aRun(GLOBEX)], seen: asks });
    expect(step.status).toMatchObject({ blockedSince: NOW, blockedMs: 0 });
    expect(step.waitingFor).toEqual([{ reason: 'AheadOfGoal', message: `wave business: ${GLOBEX} (AheadOfGoal)` }]);
  });

  test('keeps the moment while it stands', () => {
    const status = { ...RUNNING, blockedSince: ago(MINUTE_MS) };
    expect(business({ runs: [aRun(GLOBEX)], seen: asks, status }).status.blockedSince).toBe(ago(MINUTE_MS));
  });

  test('goes on with the blocked time left out', () => {
    const status = { ...RUNNING, blockedSince: ago(MINUTE_MS), blockedMs: 5 };
    const after = business({ runs: [aRun(GLOBEX)], seen: [moving(), onOld(), onOld()], status }).status;
    expect(after).toMatchObject({ blockedSince: null, blockedMs: MINUTE_MS + 5 });
    expect(waveClockMs(after, NOW)).toBe(19 * MINUTE_MS - 5);
  });
});

describe('a step that passed', () => {
  test('gives the next goal with the samples that decided', () => {
    const step = business({ runs: [aRun(GLOBEX)], seen: [pausedAt(0), onOld(), onOld()] });
    expect(step.runs[0]).toMatchObject({
      target: GLOBEX,
      goal: { kind: 'step', step: 1 },
      goalAt: NOW,
      deciding: [{ slo: 'availability', verdict: 'pass' }],
    });
  });

  test('is one of the wave where each target alone has too little traffic', () => {
    const some = { good: 50, total: 50 };
    const measurements = answer({ 'T-globex': some, 'T-hooli': some, 'T-initech': some });
    const both = {
      runs: [aRun(GLOBEX), aRun(HOOLI), aRun(INITECH)],
      seen: [pausedAt(0), pausedAt(0), pausedAt(0)],
      snapshot: { measurements },
    } as const;
    const goals = (analysis: Partial<PlanWave['analysis']>) =>
      business({ ...both, wave: { maxConcurrency: 3, analysis: { ...ANALYSIS, ...analysis } } }).runs.map(
        (run) => run.goal,
      );
    expect(goals({})).toEqual([]);
    expect(goals({ scope: 'wave' })).toHaveLength(3);
    expect(goals({ onInsufficient: 'useWave' })).toHaveLength(3);
  });
});

test('the revision is recorded when the controller first shows it', () => {
  const step = business({
    runs: [aRun(GLOBEX, { revision: null })],
    seen: [moving(), onOld(), onOld()],
  });
  expect(step.runs[0]).toEqual(aRun(GLOBEX, { revision: NEW }));
});

describe('the gate of a wave', () => {
  const all = {
    runs: [promotedRun(GLOBEX), promotedRun(HOOLI), promotedRun(INITECH)],
    seen: [onNew(), onNew(), onNew()],
  } as const;

  test('begins to bake when the last target is promoted and healthy', () => {
    const step = business({
      runs: [promotedRun(GLOBEX), promotedRun(HOOLI), aRun(INITECH, { goal: { kind: 'promoted' } })],
      seen: all.seen,
    });
    expect(step.runs).toMatchObject([{ target: INITECH, reachedAt: NOW }]);
    expect(step.status.phase).toBe('Running');
    const next = business(all);
    expect(next.status).toMatchObject({ phase: 'Baking', bakingSince: NOW });
    expect(next.wakeAt).toBe(ahead(5 * MINUTE_MS));
    expect(reasons(next.story)).toEqual(['WaveBaking']);
  });

  test('passes after the bake', () => {
    const step = business({ ...all, status: BAKING });
    expect(step).toMatchObject({ status: { phase: 'Passed', passedAt: NOW }, failure: null });
    expect(reasons(step.story)).toEqual(['WavePassed']);
  });

  test('does not pass before it', () => {
    const status = { ...BAKING, bakingSince: ago(5 * MINUTE_MS - 1) };
    expect(business({ ...all, status })).toMatchObject({ status: { phase: 'Baking' }, wakeAt: ahead(1) });
    expect(business({ ...all, status: { ...BAKING, bakingSince: ago(5 * MINUTE_MS) } }).status.phase).toBe('Passed');
  });

  const silences: readonly { readonly title: string; readonly measurements: Snapshot['measurements'] }[] = [
    { title: 'data are missing', measurements: answer({}) },
    { title: 'the source is away', measurements: noAnswer() },
    {
      title: 'one target has too few requests',
      measurements: answer({
        'T-globex': { good: 1000, total: 1000 },
        'T-hooli': { good: 1000, total: 1000 },
        'T-initech': { good: 1, total: 1 },
      }),
    },
  ];
  test.each(silences)('does not pass while $title', ({ measurements }) => {
    expect(business({ ...all, status: BAKING, snapshot: { measurements } }).status.phase).toBe('Baking');
  });

  test('passes on the sum where the policy judges the wave', () => {
    const measurements = answer({ 'T-globex': { good: 1000, total: 1000 }, 'T-initech': { good: 1, total: 1 } });
    const wave = { analysis: { ...ANALYSIS, scope: 'wave' } } as const;
    expect(business({ ...all, wave, status: BAKING, snapshot: { measurements } }).status.phase).toBe('Passed');
  });

  test('tells a person when data do not come within the limit', () => {
    const bakedFor = (ms: number) => ({ ...BAKING, bakingSince: ago(5 * MINUTE_MS + ms) });
    const waiting = (ms: number) =>
      business({ ...all, status: bakedFor(ms), snapshot: { measurements: answer({}) } }).waitingFor;
    expect(waiting(10 * MINUTE_MS)).toEqual([]);
    expect(waiting(10 * MINUTE_MS + 1)).toEqual([
      { reason: 'DataMissing', message: 'wave business is on the new version and waits for data that prove it' },
    ]);
  });

  test('fails when data do not come within the limit and the policy says to roll back', () => {
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the domain; never awaited
    const wave = { analysis: { ...ANALYSIS, then: 'rollback' } } as const;
    const failed = (ms: number, measurements = answer({})) => {
      const status = { ...BAKING, bakingSince: ago(5 * MINUTE_MS + 10 * MINUTE_MS + ms) };
      return business({ ...all, wave, status, snapshot: { measurements } }).failure;
    };
    expect(failed(0)).toBeNull();
    expect(failed(1)).toMatchObject({ scope: 'wave', reason: 'DataMissing' });
    expect(failed(1, goodAnswer())).toBeNull();
  });

  test('does not pass while it is blocked', () => {
    const freezes = [{ name: 'f', by: 'a', reason: 'r', from: null, until: null, scope: { kind: 'all' } as const }];
    expect(business({ ...all, status: BAKING, snapshot: { freezes } }).status.phase).toBe('Baking');
  });

  test('does not pass while a cluster of it is out of sight', () => {
    const clusters: Snapshot['clusters'] = new Map([
      ['eu', { kind: 'stale', sinceAt: ago(MINUTE_MS), message: 'away' }],
    ]);
    const step = business({ ...all, status: BAKING, snapshot: { clusters } });
    expect(step.status).toMatchObject({ phase: 'Running', bakingSince: null });
    expect(step.waitingFor).toEqual([
      { reason: 'ClusterUnreachable', message: `wave business: ${GLOBEX} and 2 more (ClusterUnreachable)` },
    ]);
  });

  test('bakes anew when a target got unhealthy', () => {
    const step = business({ ...all, seen: [onNew({ phase: 'Degraded' }), onNew(), onNew()], status: BAKING });
    expect(step.status).toMatchObject({ phase: 'Running', bakingSince: null });
  });

  test('passes with a failed target that is back, within the budget', () => {
    const back = { ...failed(GLOBEX), reachedAt: ago(20 * MINUTE_MS) };
    const step = business({
      wave: { maxFailures: 1 },
      runs: [back, promotedRun(HOOLI), promotedRun(INITECH)],
      seen: [putBack(), onNew(), onNew()],
      status: BAKING,
    });
    expect(step.status.phase).toBe('Passed');
  });

  test('does not pass while a failed target is still on its way back', () => {
    const step = business({
      wave: { maxFailures: 1 },
      runs: [failed(GLOBEX), promotedRun(HOOLI), promotedRun(INITECH)],
      seen: [putBack({ phase: 'Progressing' }), onNew(), onNew()],
      status: BAKING,
    });
    expect(step.status.phase).toBe('Running');
  });
});

describe('a target that goes back is taken for back', () => {
  const step = (observed: Seen, snapshot: Partial<Snapshot> = {}) =>
    business({
      wave: { maxFailures: 1 },
      runs: [failed(GLOBEX)],
      seen: [observed, onOld(), onOld()],
      snapshot,
    }).runs.filter((run) => run.target === GLOBEX);

  test.each<readonly [string, Seen]>([
    ['healthy on the old version under our epoch', putBack()],
    ['deleted', 'absent'],
    ['taken over by another release', onOld({ release: 'storefront-3', currentHash: 'third', stableHash: 'third' })],
  ])('when %s', (_, observed) => {
    expect(step(observed)).toEqual([{ ...failed(GLOBEX), reachedAt: NOW }]);
  });

  test.each<readonly [string, Seen, Partial<Snapshot>]>([
    ['its pods still move', putBack({ phase: 'Progressing' }), {}],
    ['an older daemon may still write', putBack({ epoch: 2 }), {}],
    ['a command of ours is under way', putBack(), { inFlight: new Set([GLOBEX]) }],
    [
      'its cluster is out of sight',
      putBack(),
      { clusters: new Map([['eu', { kind: 'stale', sinceAt: NOW, message: 'away' }]]) },
    ],
  ])('not while %s', (_, observed, snapshot) => {
    expect(step(observed, snapshot)).toEqual([]);
  });
});

test('a wave wakes for the first of its targets', () => {
  const pause = aPause(ago(100 * SECOND_MS));
  const step = business({ runs: [aRun(GLOBEX)], seen: [pausedAt(0, { pause }), onOld(), onOld()] });
  expect(step.wakeAt).toBe(later(pause.startedAt, 2 * MINUTE_MS));
});
