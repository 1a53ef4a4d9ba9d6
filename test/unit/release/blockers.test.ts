import { describe, expect, test } from 'vitest';
import type { TargetId } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import type { Approval, Freeze, FreezeScope, Window } from '../../../src/domain/wave-plan.ts';
import { nextFreezeChange, targetBlocker, waveBlockers } from '../../../src/release/blockers.ts';
import type { PreflightFinding, PreflightState, Snapshot } from '../../../src/release/snapshot.ts';
import {
  ACME,
  ago,
  ahead,
  aSnapshot,
  aStatus,
  GLOBEX,
  HOOLI,
  MINUTE_MS,
  NOW,
  PASSED,
  PLAN_HASH,
  POOL,
  RELEASE,
  RUNNING,
} from './a-release.ts';

function freeze(scope: FreezeScope, parts: Partial<Freeze> = {}): Freeze {
  return { name: 'f1', scope, from: null, until: null, reason: 'black friday', by: 'ana', ...parts };
}

const ALL: FreezeScope = { kind: 'all' };
/** Open on Monday afternoons; now is Monday 10:00 UTC. */
const AFTERNOON: Window = { days: ['Mon'], from: '14:00', to: '16:00', timezone: 'UTC' };
const MORNING: Window = { days: ['Mon'], from: '09:00', to: '11:00', timezone: 'UTC' };

function ofTarget(snapshot: Snapshot, id: TargetId) {
  const indexed = snapshot.index.targets.get(id)!;
  return targetBlocker(snapshot, snapshot.index.waves[indexed.waveIndex]!, indexed, NOW);
}

const reasonsOf = (snapshot: Snapshot, wave: number) => waveBlockers(snapshot, wave, NOW).map((one) => one.reason);

describe('a freeze of', () => {
  const tenantLabels = new Map([
    ['globex', { region: 'eu', cohort: 'early' }],
    ['hooli', { region: 'us' }],
  ]);
  const rows: readonly { readonly title: string; readonly scope: FreezeScope; readonly frozen: readonly TargetId[] }[] =
    [
      { title: 'all stops every target', scope: ALL, frozen: [POOL, GLOBEX, HOOLI, ACME] },
      {
        title: 'this release stops every target',
        scope: { kind: 'release', release: RELEASE },
        frozen: [POOL, GLOBEX, HOOLI, ACME],
      },
      { title: 'another release stops none', scope: { kind: 'release', release: 'other' }, frozen: [] },
      { title: 'a tier stops its targets', scope: { kind: 'tier', tier: 'business' }, frozen: [GLOBEX, HOOLI] },
      { title: 'a tenant stops the pool it is in', scope: { kind: 'tenant', tenant: 'bob' }, frozen: [POOL] },
      { title: 'a cluster stops what is in it', scope: { kind: 'cluster', cluster: 'acme' }, frozen: [ACME] },
      { title: 'labels stops whom they match', scope: { kind: 'labels', labels: { region: 'eu' } }, frozen: [GLOBEX] },
      {
        title: 'several labels stops whom all of them match',
        scope: { kind: 'labels', labels: { region: 'us', cohort: 'early' } },
        frozen: [],
      },
    ];
  test.each(rows)('$title', ({ scope, frozen }) => {
    const snapshot = aSnapshot({ freezes: [freeze(scope)], tenantLabels });
    const found = [POOL, GLOBEX, HOOLI, ACME].filter((id) => ofTarget(snapshot, id)?.reason === 'Frozen');
    expect(found).toEqual(frozen);
  });

  test.each([
    ['before it begins', { from: ahead(1) }, false],
    ['when it begins', { from: NOW }, true],
    ['until it ends', { until: ahead(1) }, true],
    ['when it ends', { until: NOW }, false],
  ] as const)('all, %s', (_, span, isFrozen) => {
    const snapshot = aSnapshot({ freezes: [freeze(ALL, span)] });
    expect(ofTarget(snapshot, POOL) !== null).toBe(isFrozen);
    expect(reasonsOf(snapshot, 0)).toEqual(isFrozen ? ['Frozen'] : []);
  });

  test('says who froze, why, and until when', () => {
    const snapshot = aSnapshot({ freezes: [freeze(ALL, { until: ahead(MINUTE_MS) })] });
    const wanted = { reason: 'Frozen', message: 'freeze f1 by ana: black friday', wakeAt: ahead(MINUTE_MS) };
    expect(ofTarget(snapshot, POOL)).toEqual(wanted);
    expect(waveBlockers(snapshot, 0, NOW)).toEqual([wanted]);
  });

  test('a part of a wave does not stop the wave', () => {
    const snapshot = aSnapshot({ freezes: [freeze({ kind: 'tenant', tenant: 'globex' })] });
    expect(reasonsOf(snapshot, 1)).toEqual([]);
  });

  test('of several, the next that begins or ends is waited for', () => {
    const freezes = [
      freeze(ALL, { from: ago(MINUTE_MS), until: ahead(3 * MINUTE_MS) }),
      freeze(ALL, { from: ahead(2 * MINUTE_MS) }),
      freeze(ALL),
    ];
    expect(nextFreezeChange(aSnapshot({ freezes }), NOW)).toBe(ahead(2 * MINUTE_MS));
    expect(nextFreezeChange(aSnapshot({ freezes: [freeze(ALL)] }), NOW)).toBeNull();
  });
});

describe('a target does not widen', () => {
  test('while its cluster is stale', () => {
    const clusters: Snapshot['clusters'] = new Map([['eu', { kind: 'stale', sinceAt: NOW, message: 'timeout' }]]);
    const snapshot = aSnapshot({ clusters });
    expect(ofTarget(snapshot, POOL)).toEqual({ reason: 'ClusterUnreachable', message: 'eu: timeout', wakeAt: null });
    expect(ofTarget(snapshot, ACME)).toBeNull();
  });

  test('outside the windows of its wave', () => {
    const opensAt = instant(Date.parse('2026-11-23T14:00:00Z'));
    const snapshot = aSnapshot({ waves: [{ windows: [AFTERNOON] }] });
    const closed = {
      reason: 'WindowClosed',
      message: 'the window of wave free opens 2026-11-23T14:00:00.000Z',
      wakeAt: opensAt,
    };
    expect(ofTarget(snapshot, POOL)).toEqual(closed);
    expect(waveBlockers(snapshot, 0, NOW)).toEqual([closed]);
    expect(ofTarget(snapshot, GLOBEX)).toBeNull();
  });

  test('but inside one of them it does', () => {
    expect(ofTarget(aSnapshot({ waves: [{ windows: [AFTERNOON, MORNING] }] }), POOL)).toBeNull();
  });
});

describe('approvals of a wave', () => {
  const approval = (parts: Partial<Approval> = {}): Approval => ({
    name: 'a1',
    release: RELEASE,
    planHash: PLAN_HASH,
    wave: 'free',
    by: 'ana',
    ...parts,
  });
  const rows: readonly {
    readonly title: string;
    readonly required: number;
    readonly given: readonly Approval[];
    readonly reasons: readonly string[];
  }[] = [
    { title: 'none is needed', required: 0, given: [], reasons: [] },
    { title: 'one is missing', required: 1, given: [], reasons: ['ApprovalRequired'] },
    { title: 'one is given', required: 1, given: [approval()], reasons: [] },
    {
      title: 'one person counts once',
      required: 2,
      given: [approval(), approval({ name: 'a2' })],
      reasons: ['ApprovalRequired'],
    },
    { title: 'two people', required: 2, given: [approval(), approval({ name: 'a2', by: 'bo' })], reasons: [] },
    {
      title: 'of another plan',
      required: 1,
      given: [approval({ planHash: 'other' })],
      reasons: ['ApprovalRequired'],
    },
    { title: 'of another wave', required: 1, given: [approval({ wave: 'business' })], reasons: ['ApprovalRequired'] },
  ];
  test.each(rows)('$title', ({ required, given, reasons }) => {
    const snapshot = aSnapshot({ waves: [{ requiredApprovals: required }], approvals: given });
    expect(reasonsOf(snapshot, 0)).toEqual(reasons);
  });

  test('say how many are given, and for which plan', () => {
    const snapshot = aSnapshot({ waves: [{ requiredApprovals: 2 }], approvals: [approval()] });
    expect(waveBlockers(snapshot, 0, NOW)[0]?.message).toBe('wave free has 1 of 2 approvals for plan c0ffeec0ffee');
  });
});

test('a wave does not start on a target of another release', () => {
  const busy = new Map([[GLOBEX, 'hotfix-1']]);
  expect(waveBlockers(aSnapshot({ busy }), 1, NOW)).toEqual([
    { reason: 'AnotherRelease', message: 'release hotfix-1 acts on eu/globex/storefront', wakeAt: null },
  ]);
  expect(reasonsOf(aSnapshot({ busy }), 0)).toEqual([]);
});

describe('preflight of a wave', () => {
  const finding = (severity: PreflightFinding['severity'], message: string): PreflightFinding => ({
    severity,
    target: null,
    reason: 'NotHealthy',
    message,
  });
  const done = (...findings: readonly PreflightFinding[]): PreflightState => ({ kind: 'done', findings });
  const rows: readonly {
    readonly title: string;
    readonly state: PreflightState | null;
    readonly reasons: readonly string[];
  }[] = [
    { title: 'not begun', state: null, reasons: ['PreflightPending'] },
    { title: 'under way', state: { kind: 'pending' }, reasons: ['PreflightPending'] },
    { title: 'without findings', state: done(), reasons: [] },
    { title: 'with warnings only', state: done(finding('warning', 'w')), reasons: [] },
    {
      title: 'with an error',
      state: done(finding('warning', 'w'), finding('error', 'e')),
      reasons: ['PreflightFailed'],
    },
  ];
  test.each(rows)('$title', ({ state, reasons }) => {
    const preflight = new Map(state === null ? [] : [[0, state]]);
    expect(reasonsOf(aSnapshot({ preflight }), 0)).toEqual(reasons);
  });

  test('tells the first error and how many more there are', () => {
    const preflight = new Map([[0, done(finding('error', 'globex: is Degraded'), finding('error', 'x'))]]);
    expect(waveBlockers(aSnapshot({ preflight }), 0, NOW)[0]?.message).toBe('globex: is Degraded (and 1 more)');
  });

  test('does not stop a wave that has started', () => {
    const preflight = new Map([[0, done(finding('error', 'e'))]]);
    expect(reasonsOf(aSnapshot({ preflight, status: aStatus([RUNNING]) }), 0)).toEqual([]);
    expect(reasonsOf(aSnapshot({ preflight, status: aStatus([PASSED]) }), 0)).toEqual([]);
  });
});
