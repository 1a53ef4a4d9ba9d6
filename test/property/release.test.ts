import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TargetId } from '../../src/domain/plan.ts';
import type { WaveStatus } from '../../src/domain/release-status.ts';
import type { Goal, TargetRun } from '../../src/domain/target-run.ts';
import type { Freeze } from '../../src/domain/wave-plan.ts';
import { type Decision, decide } from '../../src/release/decide.ts';
import type { ObservedTarget } from '../../src/release/observed-target.ts';
import type { ClusterState, Snapshot } from '../../src/release/snapshot.ts';
import {
  ACME,
  aDecision,
  ago,
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
  PASSED,
  POOL,
  RELEASE,
  RUNNING,
  runsOf,
} from '../unit/release/a-release.ts';
import { aPause, moving, onNew, onOld, pausedAt, putBack, written } from '../unit/release/an-observed-target.ts';

const IDS = [POOL, GLOBEX, HOOLI, INITECH, ACME];
const FORWARD: ReadonlySet<string> = new Set(['create', 'writeTemplate', 'resume']);

const aTime = fc.integer({ min: 0, max: 90 }).map((minutes) => ago(minutes * MINUTE_MS));

/** Whatever a target may look like, likely or not. */
const anObserved: fc.Arbitrary<ObservedTarget> = fc
  .tuple(
    fc.constantFrom(
      onOld(),
      written(),
      moving(),
      pausedAt(0),
      pausedAt(1),
      pausedAt(0, { pause: aPause(ago(MINUTE_MS)) }),
      pausedAt(0, { pause: null }),
      pausedAt(1, { pause: aPause(ago(MINUTE_MS), 'InconclusiveAnalysisRun') }),
      pausedAt(0, { templateDigest: 'theirs' }),
      onNew(),
      onNew({ phase: 'Degraded' }),
      moving({ abort: true, abortedAt: true }),
      moving({ isInvalidSpec: true }),
      putBack(),
      putBack({ phase: 'Progressing' }),
      putBack({ stableHash: NEW, currentHash: NEW, isObserved: false }),
      putBack({ stableHash: NEW, stepIndex: 1, pause: aPause(ago(MINUTE_MS)) }),
      onOld({ release: 'storefront-3', currentHash: 'third', stableHash: 'third' }),
    ),
    fc.constantFrom(null, 2, 3, 3, 3, 4),
  )
  .map(([observed, epoch]) => ({ ...observed, epoch }));

const aGoal: fc.Arbitrary<Goal> = fc.constantFrom(
  { kind: 'step', step: 0 },
  { kind: 'step', step: 1 },
  { kind: 'promoted' },
  { kind: 'restored' },
);

const someRun = (id: TargetId): fc.Arbitrary<TargetRun> =>
  fc
    .record({
      goal: aGoal,
      goalAt: aTime,
      reachedAt: fc.option(aTime, { nil: null }),
      revision: fc.constantFrom(null, NEW),
      previous: fc.constantFrom<TargetRun['previous']>({ kind: 'revision', hash: OLD, image: '' }, { kind: 'nothing' }),
      failure: fc.constantFrom(null, null, null, { reason: 'SloFailed', message: 'm', at: ago(MINUTE_MS) }),
    })
    .map((parts) => aRun(id, { ...parts, reachedAt: parts.goal.kind === 'step' ? null : parts.reachedAt }));

const someCluster: fc.Arbitrary<ClusterState> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<ClusterState>({ kind: 'fresh' }) },
  { weight: 1, arbitrary: aTime.map((sinceAt): ClusterState => ({ kind: 'stale', sinceAt, message: 'away' })) },
);

const freezeAll: Freeze = { name: 'f', by: 'a', reason: 'r', from: null, until: null, scope: { kind: 'all' } };
const bad = { good: 500, total: 1000 };

/** What a target looks like on a way that goes well, most of the time: its goal, and what may be seen then. */
const PLAUSIBLE: readonly (readonly [Goal, readonly ObservedTarget[]])[] = [
  [{ kind: 'step', step: 0 }, [onOld(), written(), moving(), pausedAt(0), pausedAt(0), pausedAt(0)]],
  [{ kind: 'step', step: 1 }, [pausedAt(0), pausedAt(0, { pause: null }), pausedAt(1), pausedAt(1)]],
  [{ kind: 'promoted' }, [pausedAt(1), moving({ stepIndex: 4 }), onNew(), onNew()]],
  [{ kind: 'restored' }, [pausedAt(0), onNew(), moving({ abort: true, abortedAt: true, updatedPods: 0 }), putBack()]],
];

interface Situation {
  readonly run: TargetRun | undefined;
  readonly observed: ObservedTarget | 'absent' | undefined;
}

const aSituation = (id: TargetId): fc.Arbitrary<Situation> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Situation>({ run: undefined, observed: onOld() }) },
    {
      weight: 7,
      arbitrary: fc
        .constantFrom(...PLAUSIBLE.flatMap(([goal, seen]) => seen.map((observed) => [goal, observed] as const)))
        .map(([goal, observed]): Situation => ({ run: aRun(id, { goal }), observed })),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        run: fc.option(someRun(id), { nil: undefined }),
        observed: fc.oneof(anObserved, fc.constantFrom('absent' as const, undefined)),
      }),
    },
  );

const seldom = <T>(usual: T, unusual: T) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(unusual) });

const someSnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    situations: fc.tuple(...IDS.map(aSituation)),
    waves: fc.constantFrom<readonly Partial<WaveStatus>[]>(
      [],
      [RUNNING],
      [BAKING],
      [PASSED],
      [PASSED, RUNNING],
      [PASSED, BAKING],
      [PASSED, PASSED, RUNNING],
      [PASSED, PASSED, PASSED],
    ),
    rollback: fc.constantFrom(null, null, null, aDecision('wave'), aDecision('release'), aDecision('inFlight', 0)),
    measurements: fc.constantFrom(
      new Map(),
      goodAnswer(),
      goodAnswer(),
      goodAnswer(),
      noAnswer(),
      answer({ 'T-ada': bad, 'T-globex': bad }),
    ),
    clusters: fc.tuple(someCluster, someCluster),
    freezes: seldom<readonly Freeze[]>([], [freezeAll]),
    maxFailures: fc.nat(1),
    isAsked: seldom(false, true),
  })
  .map(({ situations, ...parts }) =>
    aSnapshot({
      waves: [0, 1, 2].map(() => ({ maxFailures: parts.maxFailures })),
      targets: new Map(
        IDS.flatMap((id, index) => {
          const observed = situations[index]?.observed;
          return observed === undefined ? [] : [[id, observed]];
        }),
      ),
      runs: runsOf(...situations.flatMap(({ run }) => run ?? [])),
      status: aStatus(parts.waves, {
        rollback: parts.rollback,
        phase: parts.rollback === null ? 'Running' : 'RollingBack',
      }),
      measurements: parts.measurements,
      clusters: new Map([
        ['eu', parts.clusters[0]],
        ['acme', parts.clusters[1]],
      ]),
      freezes: parts.freezes,
      requests: parts.isAsked ? [{ name: 'r', release: RELEASE, scope: 'wave', reason: '', by: 'ana' }] : [],
    }),
  );

function persisted(snapshot: Snapshot, decision: Decision): Snapshot {
  return {
    ...snapshot,
    status: decision.status ?? snapshot.status,
    runs: new Map([...snapshot.runs, ...runsOf(...decision.runs)]),
  };
}

const isForward = (decision: Decision) => decision.commands.some((one) => FORWARD.has(one.action.kind));

function holds(property: (snapshot: Snapshot, decision: Decision) => void): void {
  fc.assert(
    fc.property(someSnapshot, (snapshot) => {
      property(snapshot, decide(snapshot, NOW));
    }),
    { numRuns: 500 },
  );
}

describe('whatever is seen,', () => {
  test('much of it is decided on: the properties below are about something', () => {
    let [forward, back, advanced, started] = [0, 0, 0, 0];
    holds((snapshot, decision) => {
      if (isForward(decision)) forward += 1;
      if (decision.commands.some((one) => !FORWARD.has(one.action.kind))) back += 1;
      for (const run of decision.runs) {
        const before = snapshot.runs.get(run.target);
        if (before === undefined) started += 1;
        else if (run.goal.kind !== 'restored' && run.goal !== before.goal) advanced += 1;
      }
    });
    for (const count of [forward, back, advanced, started]) expect(count).toBeGreaterThan(10);
  });

  test('the same snapshot gives the same decision', () => {
    holds((snapshot, decision) => expect(decide(snapshot, NOW)).toEqual(decision));
  });

  test('a world that stands still is written about a few times and then no more', () => {
    holds((snapshot) => {
      let current = snapshot;
      for (let pass = 0; pass < 10; pass += 1) current = persisted(current, decide(current, NOW));
      expect(decide(current, NOW)).toMatchObject({ status: null, runs: [] });
    });
  });

  test('nothing goes forward once a rollback is decided or asked for', () => {
    holds((snapshot, decision) => {
      if (snapshot.status.rollback !== null || snapshot.requests.length > 0) expect(isForward(decision)).toBe(false);
    });
  });

  test('nothing goes forward under a freeze', () => {
    holds((snapshot, decision) => {
      if (snapshot.freezes.length > 0) expect(isForward(decision)).toBe(false);
    });
  });

  test('commands follow persisted goals, one a target, where the cluster is seen and no newer daemon acts', () => {
    holds((snapshot, { commands, runs }) => {
      expect(new Set(commands.map((one) => one.target)).size).toBe(commands.length);
      for (const { target, basis } of commands) {
        expect(snapshot.runs.has(target)).toBe(true);
        expect(runs.some((run) => run.target === target)).toBe(false);
        expect(snapshot.clusters.get(target.split('/')[0]!)?.kind).toBe('fresh');
        expect(basis?.epoch ?? 0).toBeLessThanOrEqual(snapshot.epoch);
      }
    });
  });

  test('a goal goes further only by a pass of every SLO', () => {
    holds((snapshot, { runs }) => {
      for (const run of runs) {
        const before = snapshot.runs.get(run.target);
        if (before === undefined || run.goal.kind === 'restored' || run.goal === before.goal) continue;
        expect(run.deciding.length).toBeGreaterThan(0);
        expect(run.deciding.map((sample) => sample.verdict)).toEqual(run.deciding.map(() => 'pass'));
      }
    });
  });

  test('what goes back never turns round', () => {
    holds((snapshot, { runs }) => {
      for (const run of runs)
        if (snapshot.runs.get(run.target)?.goal.kind === 'restored') expect(run.goal.kind).toBe('restored');
    });
  });

  test('starts never exceed the width of their wave', () => {
    holds((snapshot, { runs }) => {
      for (const wave of snapshot.index.waves) {
        const all = new Map([...snapshot.runs, ...runsOf(...runs)]);
        const started = runs.filter((run) => !snapshot.runs.has(run.target) && isIn(wave, run));
        const inFlight = [...all.values()].filter(
          (run) => isIn(wave, run) && run.reachedAt === null && run.goal.kind !== 'restored',
        );
        if (started.length > 0) expect(inFlight.length).toBeLessThanOrEqual(wave.maxConcurrency);
      }
    });
  });
});

function isIn(wave: Snapshot['index']['waves'][number], run: TargetRun): boolean {
  return wave.targets.some((target) => target.id === run.target);
}
