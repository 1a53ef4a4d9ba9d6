import { describe, expect, test } from 'vitest';
import type { TargetId } from '../../../src/domain/plan.ts';
import { type ReleaseStatus, TIMELINE_LIMIT } from '../../../src/domain/release-status.ts';
import type { Instant } from '../../../src/domain/time.ts';
import type { Freeze, RollbackRequest } from '../../../src/domain/wave-plan.ts';
import { type Decision, decide } from '../../../src/release/decide.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import {
  ACME,
  aDecision,
  ago,
  ahead,
  answer,
  aPlan,
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
  PASSED,
  POOL,
  promotedRun,
  RELEASE,
  RUNNING,
  returningRun,
  runsOf,
  SECOND_MS,
} from './a-release.ts';
import { aPause, moving, onNew, onOld, pausedAt, putBack } from './an-observed-target.ts';

const request = (parts: Partial<RollbackRequest> = {}): RollbackRequest => ({
  name: 'r1',
  release: RELEASE,
  scope: 'release',
  reason: 'complaints',
  by: 'ana',
  ...parts,
});
const freezeAll: Freeze = { name: 'f', by: 'ana', reason: 'r', from: null, until: null, scope: { kind: 'all' } };

function seen(...entries: readonly (readonly [TargetId, ObservedTarget])[]): ReadonlyMap<TargetId, ObservedTarget> {
  const rest = [POOL, GLOBEX, HOOLI, INITECH, ACME].map((id) => [id, onOld()] as const);
  return new Map([...rest, ...entries]);
}

/** What the daemon has persisted after a decision. */
function persisted(snapshot: Snapshot, decision: Decision): Snapshot {
  return {
    ...snapshot,
    status: decision.status ?? snapshot.status,
    runs: new Map([...snapshot.runs, ...runsOf(...decision.runs)]),
  };
}

const commandsOf = (decision: Decision) => decision.commands.map((one) => [one.target, one.action.kind]);
const reasonsOf = (status: ReleaseStatus | null) => (status?.timeline ?? []).map((entry) => entry.reason);

describe('a release that is over', () => {
  test.each(['Completed', 'RolledBack', 'Refused'] as const)('%s: nothing is done any more', (phase) => {
    const snapshot = aSnapshot({
      status: aStatus([PASSED, RUNNING], { phase, finishedAt: ago(MINUTE_MS) }),
      runs: runsOf(aRun(GLOBEX)),
      targets: seen([GLOBEX, pausedAt(1)]),
    });
    expect(decide(snapshot, NOW)).toEqual({ status: null, runs: [], commands: [], wakeAt: null });
  });

  test('and completed is taken back when a person asks', () => {
    const status = aStatus([PASSED, PASSED, PASSED], { phase: 'Completed', finishedAt: ago(MINUTE_MS) });
    const decision = decide(aSnapshot({ status, requests: [request()], runs: runsOf(promotedRun(POOL)) }), NOW);
    expect(decision.status).toMatchObject({
      phase: 'RollingBack',
      finishedAt: null,
      handledRequests: ['r1'],
      rollback: { scope: 'release', by: 'ana', reason: 'Requested' },
    });
  });

  test('whose rollback is incomplete still goes on', () => {
    const decision = decide(
      aSnapshot({
        status: aStatus([PASSED, RUNNING], { phase: 'RollbackIncomplete', rollback: aDecision('wave') }),
        runs: runsOf(returningRun(GLOBEX)),
        targets: seen([GLOBEX, onNew()]),
      }),
      NOW,
    );
    expect(commandsOf(decision)).toEqual([[GLOBEX, 'restoreTemplate']]);
  });
});

describe('intent precedes action', () => {
  test('a target that starts in this pass gets its command in the next', () => {
    const snapshot = aSnapshot({ targets: seen() });
    const first = decide(snapshot, NOW);
    expect(first.runs.map((run) => run.target)).toEqual([POOL]);
    expect(first.commands).toEqual([]);
    expect(commandsOf(decide(persisted(snapshot, first), NOW))).toEqual([[POOL, 'writeTemplate']]);
  });

  test('a step that passes in this pass is resumed in the next', () => {
    const snapshot = aSnapshot({
      status: aStatus([RUNNING]),
      runs: runsOf(aRun(POOL)),
      targets: seen([POOL, pausedAt(0)]),
      measurements: goodAnswer(),
    });
    const first = decide(snapshot, NOW);
    expect(first.runs).toMatchObject([{ target: POOL, goal: { kind: 'step', step: 1 } }]);
    expect(first.commands).toEqual([]);
    expect(commandsOf(decide(persisted(snapshot, first), NOW))).toEqual([[POOL, 'resume']]);
  });

  test('a goal that changes in this pass gets no command of the goal before', () => {
    const snapshot = aSnapshot({
      waves: [{ maxFailures: 1 }],
      status: aStatus([RUNNING]),
      runs: runsOf(aRun(POOL, { goalAt: ago(10 * MINUTE_MS + 1), revision: null })),
      targets: seen(),
    });
    const decision = decide(snapshot, NOW);
    expect(decision.runs).toMatchObject([{ target: POOL, goal: { kind: 'restored' } }]);
    expect(decision.commands).toEqual([]);
  });

  test('a rollback is decided, then its goals are set, then it is carried out', () => {
    const snapshot = aSnapshot({
      status: aStatus([PASSED, RUNNING]),
      runs: runsOf(promotedRun(POOL), promotedRun(GLOBEX), aRun(HOOLI)),
      targets: seen([POOL, onNew()], [GLOBEX, onNew()], [HOOLI, pausedAt(0)]),
      measurements: answer({ 'T-hooli': { good: 500, total: 1000 } }),
    });
    const decided = decide(snapshot, NOW);
    expect(decided.status).toMatchObject({ phase: 'RollingBack', rollback: { scope: 'wave', wave: 1, by: null } });
    expect(decided.runs.map((run) => run.target)).toEqual([HOOLI]);
    expect(decided.commands).toEqual([]);
    const second = persisted(snapshot, decided);
    const goals = decide(second, NOW);
    expect(goals.runs.map((run) => run.target)).toEqual([GLOBEX]);
    expect(commandsOf(goals)).toEqual([[HOOLI, 'abort']]);
    expect(commandsOf(decide(persisted(second, goals), NOW))).toEqual([
      [GLOBEX, 'restoreTemplate'],
      [HOOLI, 'abort'],
    ]);
  });
});

describe('a request of a person', () => {
  test('is decided before anything else, and alone', () => {
    const decision = decide(
      aSnapshot({
        status: aStatus([RUNNING]),
        runs: runsOf(aRun(POOL)),
        targets: seen([POOL, pausedAt(0)]),
        measurements: goodAnswer(),
        requests: [request({ scope: 'wave' })],
      }),
      NOW,
    );
    expect(decision.runs).toEqual([]);
    expect(decision.status).toMatchObject({ phase: 'RollingBack', rollback: { wave: 0 }, handledRequests: ['r1'] });
    expect(decision.wakeAt).toBe(NOW);
  });

  test('stops what was about to widen in the same pass', () => {
    const snapshot = aSnapshot({
      status: aStatus([RUNNING]),
      runs: runsOf(aRun(POOL, { goal: { kind: 'step', step: 1 } })),
      targets: seen([POOL, pausedAt(0)]),
    });
    expect(commandsOf(decide(snapshot, NOW))).toEqual([[POOL, 'resume']]);
    expect(commandsOf(decide({ ...snapshot, requests: [request()] }, NOW))).toEqual([]);
  });

  test('for less than is decided already is taken note of and changes nothing else', () => {
    const status = aStatus([PASSED, RUNNING], { phase: 'RollingBack', rollback: aDecision('release') });
    const decision = decide(aSnapshot({ status, requests: [request({ scope: 'wave' })] }), NOW);
    expect(decision.status).toMatchObject({ phase: 'RollingBack', rollback: { scope: 'release', by: null } });
    expect(decision.status?.handledRequests).toEqual(['r1']);
    expect(decision.status?.timeline).toEqual([]);
  });

  test('comes after the one before it', () => {
    const requests = [request({ scope: 'inFlight' }), request({ name: 'r2' })];
    const snapshot = aSnapshot({ status: aStatus([RUNNING]), requests });
    const first = decide(snapshot, NOW);
    expect(first.status).toMatchObject({ rollback: { scope: 'inFlight' }, handledRequests: ['r1'] });
    expect(decide(persisted(snapshot, first), NOW).status).toMatchObject({
      rollback: { scope: 'release' },
      handledRequests: ['r1', 'r2'],
    });
  });
});

describe('waves', () => {
  test('come one after another: the next one starts when the one before is persisted as passed', () => {
    const snapshot = aSnapshot({
      status: aStatus([BAKING]),
      runs: runsOf(promotedRun(POOL)),
      targets: seen([POOL, onNew()]),
      measurements: goodAnswer(),
    });
    const passes = decide(snapshot, NOW);
    expect(passes.status?.waves.map((wave) => wave.phase)).toEqual(['Passed', 'Waiting', 'Waiting']);
    expect(passes.runs).toEqual([]);
    const next = decide(persisted(snapshot, passes), NOW);
    expect(next.status?.waves.map((wave) => wave.phase)).toEqual(['Passed', 'Running', 'Waiting']);
    expect(next.runs.map((run) => run.target)).toEqual([GLOBEX, HOOLI]);
  });

  test('that all passed complete the release', () => {
    const runs = [POOL, GLOBEX, HOOLI, INITECH, ACME].map((id) => promotedRun(id));
    const decision = decide(
      aSnapshot({
        status: aStatus([PASSED, PASSED, PASSED]),
        runs: runsOf(...runs),
        targets: new Map(runs.map((run) => [run.target, onNew()])),
        measurements: goodAnswer(),
      }),
      NOW,
    );
    expect(decision.status).toMatchObject({ phase: 'Completed', finishedAt: NOW, message: 'every wave passed' });
    expect(reasonsOf(decision.status)).toEqual(['Completed']);
  });

  test('that passed are still measured, and take their targets back', () => {
    const decision = decide(
      aSnapshot({
        waves: [{ onFailure: 'release' }],
        status: aStatus([PASSED, RUNNING]),
        runs: runsOf(promotedRun(POOL), aRun(GLOBEX)),
        targets: seen([POOL, onNew()], [GLOBEX, moving()]),
        measurements: answer({ 'T-ada': { good: 500, total: 1000 } }),
      }),
      NOW,
    );
    expect(decision.status?.rollback).toMatchObject({ scope: 'release', wave: 0, reason: 'SloFailed' });
  });

  test('none of which has started leave the release pending', () => {
    const decision = decide(aSnapshot({ preflight: new Map(), targets: seen() }), NOW);
    expect(decision.status).toMatchObject({ phase: 'Pending', waitingFor: [{ reason: 'PreflightPending' }] });
  });
});

describe('commands', () => {
  const back = [POOL, GLOBEX, ACME].map((id) => returningRun(id));
  const returning: Partial<Snapshot> = {
    status: aStatus([PASSED, PASSED, RUNNING], { phase: 'RollingBack', rollback: aDecision('release') }),
    runs: runsOf(...back),
    targets: seen(...back.map((run) => [run.target, onNew()] as const)),
  };

  test('take back the most valuable tier first', () => {
    expect(commandsOf(decide(aSnapshot(returning), NOW)).map(([id]) => id)).toEqual([ACME, GLOBEX, POOL]);
  });

  test('take back no more at once than the width', () => {
    const plan = aPlan([], { rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 1 } });
    expect(commandsOf(decide(aSnapshot({ ...returning, plan }), NOW))).toEqual([[ACME, 'restoreTemplate']]);
  });

  test('do not let a target under way give its slot away', () => {
    const plan = aPlan([], { rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 1 } });
    expect(commandsOf(decide(aSnapshot({ ...returning, plan, inFlight: new Set([ACME]) }), NOW))).toEqual([]);
  });

  test('come one at a time to a target', () => {
    expect(commandsOf(decide(aSnapshot({ ...returning, inFlight: new Set([ACME]) }), NOW)).map(([id]) => id)).toEqual([
      GLOBEX,
      POOL,
    ]);
  });

  test('are not sent to a cluster out of sight', () => {
    const clusters: Snapshot['clusters'] = new Map([
      ['acme', { kind: 'stale', sinceAt: ago(MINUTE_MS), message: 'away' }],
      ['eu', { kind: 'fresh' }],
    ]);
    expect(commandsOf(decide(aSnapshot({ ...returning, clusters }), NOW)).map(([id]) => id)).toEqual([GLOBEX, POOL]);
  });

  test('take back under a freeze', () => {
    expect(commandsOf(decide(aSnapshot({ ...returning, freezes: [freezeAll] }), NOW))).toHaveLength(3);
  });

  test('that wait for the aborts of their neighbours come at the latest a minute after their goal', () => {
    const aborted = { abort: true, abortedAt: true };
    const snapshot = aSnapshot({
      status: aStatus([PASSED, RUNNING], { phase: 'RollingBack', rollback: aDecision('wave') }),
      runs: runsOf(
        returningRun(GLOBEX, { goalAt: ago(50 * SECOND_MS) }),
        returningRun(HOOLI, { goalAt: ago(50 * SECOND_MS) }),
      ),
      targets: seen([GLOBEX, moving({ ...aborted, updatedPods: 0 })], [HOOLI, moving({ ...aborted, updatedPods: 1 })]),
    });
    expect(decide(snapshot, NOW)).toMatchObject({ commands: [], wakeAt: ahead(10 * SECOND_MS) });
  });

  test('go first to what goes back', () => {
    const decision = decide(
      aSnapshot({
        waves: [{}, { maxFailures: 1 }],
        status: aStatus([PASSED, RUNNING]),
        runs: runsOf(aRun(GLOBEX, { goal: { kind: 'step', step: 1 } }), returningRun(HOOLI)),
        targets: seen([GLOBEX, pausedAt(0)], [HOOLI, pausedAt(0)]),
      }),
      NOW,
    );
    expect(commandsOf(decision)).toEqual([
      [HOOLI, 'abort'],
      [GLOBEX, 'resume'],
    ]);
  });

  test('widen nothing under a freeze', () => {
    const snapshot = aSnapshot({
      status: aStatus([RUNNING]),
      runs: runsOf(aRun(POOL, { goal: { kind: 'promoted' } })),
      targets: seen([POOL, pausedAt(1)]),
    });
    expect(commandsOf(decide(snapshot, NOW))).toEqual([[POOL, 'resume']]);
    expect(commandsOf(decide({ ...snapshot, freezes: [freezeAll] }, NOW))).toEqual([]);
  });

  test('widen nothing once a rollback is decided, though its goal stands', () => {
    const snapshot = aSnapshot({
      status: aStatus([RUNNING], { phase: 'RollingBack', rollback: aDecision('inFlight', 0) }),
      runs: runsOf(aRun(POOL, { goal: { kind: 'promoted' } })),
      targets: seen([POOL, pausedAt(1)]),
    });
    expect(commandsOf(decide(snapshot, NOW))).toEqual([]);
  });
});

describe('a rollback', () => {
  const rollback = aDecision('wave');
  const status = aStatus([PASSED, RUNNING], { phase: 'RollingBack', rollback });

  test('ends when all are back and proven', () => {
    const runs = runsOf(promotedRun(POOL), returningRun(GLOBEX, { reachedAt: ago(10 * MINUTE_MS) }));
    const decision = decide(aSnapshot({ status, runs, targets: seen([GLOBEX, putBack()]) }), NOW);
    expect(decision.status).toMatchObject({ phase: 'RolledBack', finishedAt: NOW });
    expect(reasonsOf(decision.status)).toEqual(['RolledBack']);
  });

  test('that passes a deadline is called incomplete, and complete again when it is', () => {
    const late = runsOf(returningRun(GLOBEX, { goalAt: ago(11 * MINUTE_MS) }));
    const snapshot = aSnapshot({ status, runs: late, targets: seen([GLOBEX, putBack({ phase: 'Progressing' })]) });
    const decision = decide(snapshot, NOW);
    expect(decision.status).toMatchObject({ phase: 'RollbackIncomplete', finishedAt: null });
    expect(reasonsOf(decision.status)).toEqual(['RollbackPending']);
    const back = { ...persisted(snapshot, decision), targets: seen([GLOBEX, putBack()]) };
    expect(decide(back, NOW).runs).toMatchObject([{ target: GLOBEX, reachedAt: NOW }]);
  });

  test('of a command that shows no effect tells a person', () => {
    const runs = runsOf(returningRun(GLOBEX, { goalAt: ago(MINUTE_MS + 1) }));
    const unseen = putBack({ currentHash: NEW, stableHash: NEW, isObserved: false });
    const decision = decide(aSnapshot({ status, runs, targets: seen([GLOBEX, unseen]) }), NOW);
    expect(decision.status?.waitingFor).toEqual([
      {
        reason: 'CommandStuck',
        message: `${GLOBEX} does not show the effect of template; is the Argo Rollouts controller of eu alive?`,
      },
    ]);
    expect(commandsOf(decision)).toEqual([[GLOBEX, 'nudge']]);
  });
});

describe('no write without a change of meaning', () => {
  const cases: readonly { readonly title: string; readonly snapshot: Snapshot }[] = [
    { title: 'before the first wave', snapshot: aSnapshot({ targets: seen(), preflight: new Map() }) },
    { title: 'when targets start', snapshot: aSnapshot({ targets: seen() }) },
    {
      title: 'while a step bakes',
      snapshot: aSnapshot({
        status: aStatus([RUNNING]),
        runs: runsOf(aRun(POOL)),
        targets: seen([POOL, pausedAt(0, { pause: aPause(ago(10 * SECOND_MS)) })]),
      }),
    },
    {
      title: 'while data are missing',
      snapshot: aSnapshot({
        status: aStatus([RUNNING]),
        runs: runsOf(aRun(POOL)),
        targets: seen([POOL, pausedAt(0)]),
        measurements: answer({}),
      }),
    },
    {
      title: 'while a person is asked',
      snapshot: aSnapshot({
        status: aStatus([RUNNING]),
        runs: runsOf(aRun(POOL)),
        targets: seen([POOL, pausedAt(1)]),
      }),
    },
    {
      title: 'under a freeze',
      snapshot: aSnapshot({
        status: aStatus([RUNNING]),
        runs: runsOf(aRun(POOL)),
        targets: seen([POOL, pausedAt(0)]),
        measurements: goodAnswer(),
        freezes: [freezeAll],
      }),
    },
    {
      title: 'while a rollback moves',
      snapshot: aSnapshot({
        status: aStatus([RUNNING], { phase: 'RollingBack', rollback: aDecision('wave', 0) }),
        runs: runsOf(promotedRun(POOL)),
        targets: seen([POOL, onNew()]),
      }),
    },
    {
      title: 'while a rollback is late',
      snapshot: aSnapshot({
        status: aStatus([RUNNING], { phase: 'RollingBack', rollback: aDecision('wave', 0) }),
        runs: runsOf(returningRun(POOL, { goalAt: ago(11 * MINUTE_MS) })),
        targets: seen([POOL, putBack({ phase: 'Progressing' })]),
      }),
    },
  ];
  test.each(cases)('$title', ({ snapshot }) => {
    const after = settled(snapshot, NOW);
    expect(decide(after, NOW)).toMatchObject({ status: null, runs: [] });
    // a second later nothing has happened either
    expect(decide(after, ahead(SECOND_MS))).toMatchObject({ status: null, runs: [] });
  });

  test.each(cases)('deciding again gives the same decision: $title', ({ snapshot }) => {
    expect(decide(snapshot, NOW)).toEqual(decide(snapshot, NOW));
  });
});

describe('the story', () => {
  const frozen = aSnapshot({
    status: aStatus([RUNNING]),
    runs: runsOf(aRun(POOL)),
    targets: seen([POOL, pausedAt(0)]),
    measurements: goodAnswer(),
    freezes: [freezeAll],
  });

  test('tells a wait once, and once that it is over', () => {
    const during = settled(frozen, NOW);
    expect(reasonsOf(during.status)).toEqual(['Frozen']);
    const after = settled({ ...during, freezes: [] }, NOW);
    expect(reasonsOf(after.status)).toEqual(['Frozen', 'FrozenOver']);
    expect(after.status.waitingFor).toEqual([]);
  });

  test('does not tell of a preflight', () => {
    expect(reasonsOf(decide(aSnapshot({ targets: seen(), preflight: new Map() }), NOW).status)).toEqual([]);
  });

  test('keeps its last lines', () => {
    const timeline = Array.from({ length: TIMELINE_LIMIT }, (_, line) => ({
      at: ago(MINUTE_MS),
      reason: `R${line}`,
      message: '',
    }));
    const { status } = decide({ ...frozen, status: { ...frozen.status, timeline } }, NOW);
    expect(status?.timeline).toHaveLength(TIMELINE_LIMIT);
    expect([reasonsOf(status)[0], reasonsOf(status).at(-1)]).toEqual(['R1', 'Frozen']);
  });

  test('shows in one line what is waited for', () => {
    expect(decide(frozen, NOW).status?.message).toBe('freeze f by ana: r');
    expect(settled({ ...frozen, freezes: [] }, NOW).status.message).toBe('wave free is running');
  });
});

test('a decision wakes for the next freeze', () => {
  const freezes = [{ ...freezeAll, from: ahead(5 * SECOND_MS), until: ahead(MINUTE_MS) }];
  expect(decide(aSnapshot({ targets: seen(), freezes }), NOW).wakeAt).toBe(ahead(5 * SECOND_MS));
});

/** Decides and persists until nothing changes. */
function settled(snapshot: Snapshot, now: Instant): Snapshot {
  let current = snapshot;
  for (let pass = 0; pass < 5; pass += 1) current = persisted(current, decide(current, now));
  return current;
}
