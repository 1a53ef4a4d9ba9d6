import { describe, expect, test } from 'vitest';
import type { TargetId } from '../../../src/domain/plan.ts';
import type { RollbackDecision } from '../../../src/domain/release-status.ts';
import type { RollbackRequest } from '../../../src/domain/wave-plan.ts';
import {
  decisionAfter,
  decisionOf,
  runsInScope,
  stepRollback,
  unhandledRequests,
} from '../../../src/release/rollback.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import {
  ACME,
  aDecision,
  ago,
  ahead,
  answer,
  aRun,
  aSnapshot,
  aStatus,
  GLOBEX,
  goodAnswer,
  HOOLI,
  JUDGED_AFTER_MS,
  MINUTE_MS,
  NOW,
  noAnswer,
  OLD,
  PASSED,
  POOL,
  promotedRun,
  RELEASE,
  RUNNING,
  returningRun,
  runsOf,
  SECOND_MS,
} from './a-release.ts';
import { onNew, pausedAt, putBack } from './an-observed-target.ts';

const request = (parts: Partial<RollbackRequest> = {}): RollbackRequest => ({
  name: 'r1',
  release: RELEASE,
  scope: 'wave',
  reason: 'complaints',
  by: 'ana',
  ...parts,
});

describe('the scope', () => {
  /** Free is done, business is half way, nothing of enterprise has started. */
  const runs = runsOf(promotedRun(POOL), promotedRun(GLOBEX), aRun(HOOLI));
  const rows: readonly { readonly scope: RollbackDecision['scope']; readonly back: readonly TargetId[] }[] = [
    { scope: 'target', back: [HOOLI] },
    { scope: 'inFlight', back: [HOOLI] },
    { scope: 'wave', back: [GLOBEX, HOOLI] },
    { scope: 'release', back: [POOL, GLOBEX, HOOLI] },
  ];
  test.each(rows)('$scope takes back $back', ({ scope, back }) => {
    expect(runsInScope(aSnapshot({ runs }), aDecision(scope)).map((run) => run.target)).toEqual(back);
  });

  test('wave is the wave that failed, whatever wave has come after it', () => {
    const scope = runsInScope(aSnapshot({ runs }), aDecision('wave', 0));
    expect(scope.map((run) => run.target)).toEqual([POOL, HOOLI]);
  });

  test.each(['target', 'inFlight', 'wave', 'release'] as const)('%s keeps what goes back already', (scope) => {
    const back = returningRun(POOL, { reachedAt: ago(MINUTE_MS) });
    expect(runsInScope(aSnapshot({ runs: runsOf(back) }), aDecision(scope))).toEqual([back]);
  });
});

describe('a request', () => {
  const requests = [request({ name: 'r1' }), request({ name: 'r2' }), request({ name: 'r3', release: 'other' })];

  test('is acted on once, and for its own release', () => {
    const names = (handledRequests: readonly string[]) =>
      unhandledRequests(aSnapshot({ requests, status: aStatus([], { handledRequests }) })).map((one) => one.name);
    expect(names([])).toEqual(['r1', 'r2']);
    expect(names(['r1'])).toEqual(['r2']);
    expect(names(['r1', 'r2'])).toEqual([]);
  });

  test('names who asked, why, and the wave of the moment', () => {
    const snapshot = aSnapshot({ status: aStatus([PASSED, RUNNING]) });
    expect(decisionAfter(snapshot, request(), NOW)).toEqual({
      scope: 'wave',
      wave: 1,
      reason: 'Requested',
      message: 'ana asked to roll back (wave): complaints',
      by: 'ana',
      decidedAt: NOW,
    });
  });

  test('after the last wave is about the last wave', () => {
    const snapshot = aSnapshot({ status: aStatus([PASSED, PASSED, PASSED]) });
    expect(decisionAfter(snapshot, request(), NOW).wave).toBe(2);
  });

  const rows: readonly {
    readonly decided: RollbackDecision['scope'];
    readonly asked: RollbackRequest['scope'];
    readonly holds: RollbackDecision['scope'];
  }[] = [
    { decided: 'target', asked: 'inFlight', holds: 'inFlight' },
    { decided: 'target', asked: 'wave', holds: 'wave' },
    { decided: 'inFlight', asked: 'wave', holds: 'wave' },
    { decided: 'wave', asked: 'release', holds: 'release' },
    { decided: 'wave', asked: 'inFlight', holds: 'wave' },
    { decided: 'release', asked: 'wave', holds: 'release' },
    { decided: 'wave', asked: 'wave', holds: 'wave' },
  ];
  test.each(rows)('for $asked after a decision for $decided gives $holds', ({ decided, asked, holds }) => {
    const before = aDecision(decided);
    const snapshot = aSnapshot({ status: aStatus([PASSED, RUNNING], { rollback: before }) });
    const after = decisionAfter(snapshot, request({ scope: asked }), NOW);
    expect(after.scope).toBe(holds);
    // a narrower one changes nothing at all
    if (holds === decided) expect(after).toBe(before);
  });
});

test('a failed wave decides by itself', () => {
  const failure = { wave: 1, scope: 'wave', reason: 'SloFailed', message: 'm' } as const;
  expect(decisionOf(failure, NOW)).toEqual({ ...failure, by: null, decidedAt: NOW });
});

describe('a rollback', () => {
  function step(parts: Partial<Snapshot>, decision = aDecision('wave')) {
    return stepRollback(
      aSnapshot({ status: aStatus([PASSED, RUNNING], { rollback: decision }), ...parts }),
      decision,
      NOW,
    );
  }

  test('sends back finished and moving targets alike, and no target twice', () => {
    const runs = runsOf(promotedRun(POOL), promotedRun(GLOBEX), aRun(HOOLI));
    const first = step({ runs });
    expect(first.state).toBe('moving');
    expect(first.runs).toEqual([
      { ...promotedRun(GLOBEX), goal: { kind: 'restored' }, goalAt: NOW, reachedAt: null },
      { ...aRun(HOOLI), goal: { kind: 'restored' }, goalAt: NOW },
    ]);
    const after = step({
      runs: new Map([...runs, ...runsOf(...first.runs)]),
      targets: new Map([
        [GLOBEX, onNew()],
        [HOOLI, pausedAt(0)],
      ]),
    });
    expect(after).toMatchObject({ state: 'moving', runs: [] });
  });

  test('takes note of every target that is back, whatever its wave', () => {
    const runs = runsOf(returningRun(POOL), returningRun(ACME), returningRun(GLOBEX));
    const targets = new Map([
      [POOL, putBack()],
      [ACME, putBack()],
      [GLOBEX, pausedAt(0)],
    ]);
    const back = step({ runs, targets }).runs;
    expect(back.map((run) => [run.target, run.reachedAt])).toEqual([
      [POOL, NOW],
      [ACME, NOW],
    ]);
  });

  test('looks when the deadline of a target is over', () => {
    const runs = runsOf(returningRun(GLOBEX, { goalAt: ago(9 * MINUTE_MS) }));
    expect(step({ runs })).toMatchObject({ state: 'moving', waitingFor: [], wakeAt: ahead(MINUTE_MS + 1) });
  });

  test('tells of a target that is not back within its deadline', () => {
    const runs = runsOf(returningRun(GLOBEX, { goalAt: ago(10 * MINUTE_MS + 1) }));
    const targets = new Map([[GLOBEX, putBack({ phase: 'Progressing' })]]);
    expect(step({ runs, targets })).toMatchObject({
      state: 'moving',
      waitingFor: [{ reason: 'RollbackPending', message: `${GLOBEX} is not back yet, look at its pods and events` }],
      wakeAt: null,
    });
  });

  test('never takes an unreachable target for back', () => {
    const runs = runsOf(returningRun(GLOBEX, { goalAt: ago(10 * MINUTE_MS + 1) }));
    const clusters: Snapshot['clusters'] = new Map([
      ['eu', { kind: 'stale', sinceAt: ago(MINUTE_MS), message: 'away' }],
    ]);
    expect(step({ runs, clusters, targets: new Map([[GLOBEX, putBack()]]) })).toMatchObject({
      state: 'moving',
      runs: [],
      waitingFor: [{ reason: 'RollbackPending', message: `${GLOBEX} is not back yet: away` }],
    });
  });

  test('of nothing is done', () => {
    expect(step({})).toEqual({ state: 'done', runs: [], waitingFor: [], wakeAt: null });
  });
});

describe('when all are back, a rollback', () => {
  const readyAt = ago(2 * MINUTE_MS);
  /** A window, two scrapes and five rounds after the last target was back. */
  const LIMIT_MS = JUDGED_AFTER_MS + 50 * SECOND_MS;

  function verify(measurements: Snapshot['measurements'], reachedAt = readyAt) {
    const decision = aDecision('wave');
    const runs = runsOf(returningRun(GLOBEX, { reachedAt }));
    const status = aStatus([PASSED, RUNNING], { rollback: decision });
    return stepRollback(
      aSnapshot({ status, runs, measurements, targets: new Map([[GLOBEX, putBack()]]) }),
      decision,
      NOW,
    );
  }

  test('is done once the SLOs hold on the old version', () => {
    expect(verify(goodAnswer({ revision: OLD }), ago(90 * SECOND_MS))).toMatchObject({ state: 'done', waitingFor: [] });
  });

  test('is not proven by what the new version did', () => {
    expect(verify(goodAnswer(), ago(90 * SECOND_MS))).toMatchObject({ state: 'verifying', runs: [] });
  });

  test('looks when data can be there', () => {
    const step = verify(new Map(), ago(10 * SECOND_MS));
    expect(step).toMatchObject({ state: 'verifying', wakeAt: ahead(JUDGED_AFTER_MS - 10 * SECOND_MS) });
  });

  test('ends after five rounds though too little traffic proves it', () => {
    expect(verify(noAnswer(), ago(LIMIT_MS - 1))).toMatchObject({ state: 'verifying', wakeAt: ahead(1) });
    expect(verify(noAnswer(), ago(LIMIT_MS))).toMatchObject({ state: 'done', waitingFor: [] });
  });

  test('tells when the old version fails as well', () => {
    const bad = answer({ 'T-globex': { good: 500, total: 1000 } }, { revision: OLD });
    expect(verify(bad, ago(90 * SECOND_MS)).state).toBe('verifying');
    const end = verify(bad, ago(LIMIT_MS));
    expect(end.state).toBe('done');
    expect(end.waitingFor).toEqual([
      {
        reason: 'SloNotRestored',
        message:
          'still failing on the old version: wave business availability: 50 % of 1 000 requests bad, allowed 1 %',
      },
    ]);
  });

  test('does not verify a first deploy, which has no version before', () => {
    const decision = aDecision('wave');
    const runs = runsOf(returningRun(GLOBEX, { reachedAt: NOW, previous: { kind: 'nothing' } }));
    expect(stepRollback(aSnapshot({ runs }), decision, NOW).state).toBe('done');
  });
});
