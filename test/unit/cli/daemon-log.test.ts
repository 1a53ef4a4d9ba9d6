import { type Logger, pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDaemonLog } from '../../../src/cli/daemon-log.ts';
import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import { pendingStatus } from '../../../src/controller/new-release.ts';
import { ConflictError, TransientError } from '../../../src/domain/errors.ts';
import type { ReleaseStatus } from '../../../src/domain/release-status.ts';
import { instant, later } from '../../../src/domain/time.ts';
import type { Action } from '../../../src/release/commands.ts';
import { indexPlan } from '../../../src/release/plan-index.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import { planned } from '../planning/storefront.ts';

const AT = instant(1_000_000);
const plan = planned();
const index = indexPlan(plan);
const [target] = [...index.targets.keys()];
const wave = index.waves[index.targets.get(target!)!.waveIndex]!.name;
const place = { release: plan.release, wave, target };

let lines: Record<string, unknown>[];
let report: (event: DaemonEvent) => void;
let log: Logger;

beforeEach(() => {
  lines = [];
  const stream = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };
  const levels = { formatters: { level: (label: string) => ({ level: label }) }, base: null, timestamp: false };
  log = pino(levels, stream);
  report = createDaemonLog(log);
});

function decided(status: ReleaseStatus | null): DaemonEvent {
  const snapshot = { release: plan.release, index, status: pendingStatus(plan, AT) } as Snapshot;
  return { type: 'decided', snapshot, decision: { status, runs: [], commands: [], wakeAt: null }, at: later(AT, 5) };
}

function sent(action: Action): DaemonEvent {
  return { type: 'sent', command: { target: target!, epoch: 1, basis: null, action }, at: AT };
}

function refused(error: Error): DaemonEvent {
  return {
    type: 'refused',
    command: { target: target!, epoch: 1, basis: null, action: { kind: 'abort' } },
    error,
    at: AT,
  };
}

describe('the log of a daemon', () => {
  it.each<[string, DaemonEvent, Record<string, unknown>]>([
    ['says that it leads, with its epoch', { type: 'leading', epoch: 3 }, { level: 'info', epoch: 3, msg: 'leads' }],
    ['says whom it follows', { type: 'following', holder: 'a' }, { level: 'info', holder: 'a', msg: 'follows' }],
    [
      'warns of a release that it has to look at again',
      { type: 'retrying', release: 'r', error: new Error('gone') },
      { level: 'warn', release: 'r', error: 'gone', msg: 'looks at the release again' },
    ],
    [
      'warns of a cluster that it does not see',
      { type: 'clusterState', cluster: 'eu', state: { kind: 'stale', sinceAt: AT, message: 'connection refused' } },
      {
        level: 'warn',
        cluster: 'eu',
        error: 'connection refused',
        msg: 'does not see the cluster; its targets wait',
      },
    ],
    [
      'says when it sees one',
      { type: 'clusterState', cluster: 'eu', state: { kind: 'fresh' } },
      { level: 'info', cluster: 'eu', msg: 'sees the cluster as it is' },
    ],
  ])('%s', (_, event, line) => {
    report(event);
    expect(lines).toEqual([line]);
  });

  it('says nothing of a pass that changes nothing', () => {
    report(decided(null));
    expect(lines).toEqual([]);
  });

  it('says nothing of the releases that it sees', () => {
    report({ type: 'releasesSeen', releases: [], tenantLabels: new Map() });
    expect(lines).toEqual([]);
  });

  it('tells of every pass that does something where debug is asked for', () => {
    log.level = 'debug';
    report(decided(null));
    const command = { target: target!, epoch: 1, basis: null, action: { kind: 'abort' } } as const;
    const snapshot = { release: plan.release, index, status: pendingStatus(plan, AT) } as Snapshot;
    const decision = { status: null, runs: [], commands: [command], wakeAt: later(AT, 2_000) };
    report({ type: 'decided', snapshot, decision, at: AT });
    expect(lines).toEqual([
      { level: 'debug', release: plan.release, commands: 1, runs: 0, wakeInMs: 2_000, msg: 'decides' },
    ]);
  });

  it('tells what is new in the story, then the phase', () => {
    const before = pendingStatus(plan, AT);
    const entry = { at: later(AT, 5), reason: 'WaveStarted', message: 'wave free starts' };
    report(decided({ ...before, phase: 'Running', message: 'on its way', timeline: [...before.timeline, entry] }));
    expect(lines).toEqual([
      { level: 'info', release: plan.release, reason: 'WaveStarted', msg: 'wave free starts' },
      { level: 'info', release: plan.release, phase: 'Running', plan: plan.hash.slice(0, 12), msg: 'on its way' },
    ]);
  });

  it('names release, wave and target of a command', () => {
    report(decided(null));
    report(sent({ kind: 'abort' }));
    expect(lines).toEqual([{ level: 'info', ...place, action: 'abort', msg: 'sends a command' }]);
  });

  it('warns of a nudge', () => {
    report(decided(null));
    report(sent({ kind: 'nudge', effect: 'abort', attempt: 2, at: AT }));
    expect(lines).toMatchObject([{ level: 'warn', ...place, action: 'nudge', effect: 'abort', attempt: 2 }]);
  });

  it('takes a conflict for the fence at work, and warns of any other refusal', () => {
    report(decided(null));
    report(sent({ kind: 'abort' }));
    report(refused(new ConflictError('changed')));
    report(refused(new TransientError('timed out')));
    expect(lines.slice(1)).toMatchObject([
      { level: 'info', ...place, kind: 'ConflictError', error: 'changed' },
      { level: 'warn', ...place, kind: 'TransientError', error: 'timed out' },
    ]);
  });
});
