import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../../src/cli/exit-codes.ts';
import { releaseSuites } from '../../../../src/cli/release/release-junit.ts';
import { releaseMarkdown } from '../../../../src/cli/release/release-markdown.ts';
import type { ReleaseView } from '../../../../src/cli/view/release-view.ts';
import { pendingStatus } from '../../../../src/controller/new-release.ts';
import type { TargetRun } from '../../../../src/domain/target-run.ts';
import { later } from '../../../../src/domain/time.ts';
import { NOW, planned } from '../../planning/storefront.ts';

const plan = planned();
const [first] = plan.waves;

const run = (index: number, changes: Partial<TargetRun>): TargetRun => ({
  target: first!.targets[index]!.id,
  goal: { kind: 'promoted' },
  goalAt: NOW,
  startedAt: NOW,
  previous: { kind: 'nothing' },
  revision: null,
  reachedAt: later(NOW, 30_000),
  failure: null,
  deciding: [],
  nudges: 0,
  ...changes,
});

const view = (...runs: readonly TargetRun[]): ReleaseView => ({
  release: plan.release,
  workload: plan.workload,
  version: plan.version.name,
  plan,
  status: pendingStatus(plan, NOW),
  runs,
  versionNames: new Map(),
  now: later(NOW, 60_000),
});

const failure = { reason: 'SloFailed', message: 'globex <p95> over | 500 ms', at: NOW };
const done = { code: exitCodes.done, message: '', waitedFor: 'wave=free' } as const;
const back = { code: exitCodes.rolledBack, message: 'wave free failed', waitedFor: 'done' } as const;

describe('JUnit of a release', () => {
  it('has a suite for what was waited for and one a wave', () => {
    const suites = releaseSuites(view(run(0, {})), done);
    expect(suites.map(({ name }) => name)).toEqual([
      `release ${plan.release}`,
      ...plan.waves.map(({ name }) => `wave ${name}`),
    ]);
    expect(suites[0]!.cases).toEqual([{ name: 'wave=free', outcome: { kind: 'passed' }, durationMs: 0 }]);
    expect(suites[1]!.cases).toHaveLength(first!.targets.length);
  });

  it.each([
    ['passes a promoted target, with its time', run(0, {}), { kind: 'passed' }, 30_000],
    ['fails one that failed, with the reason', run(0, { failure }), { kind: 'failed', reason: 'SloFailed' }, 30_000],
    ['skips one under way', run(0, { reachedAt: null }), { kind: 'skipped', message: 'under way' }, 60_000],
    [
      'skips one that went back with the others',
      run(0, { goal: { kind: 'restored' } }),
      { kind: 'skipped', message: 'taken back with the others' },
      30_000,
    ],
  ])('%s', (_, one, outcome, durationMs) => {
    expect(releaseSuites(view(one), done)[1]!.cases[0]).toMatchObject({ outcome, durationMs });
  });

  it.each([
    ['a release that was rolled back has failed', exitCodes.rolledBack, 'failed', 'rolledBack'],
    ['a person who is waited for is nobody’s failure', exitCodes.waitingForPerson, 'unknown', 'waitingForPerson'],
    ['what still runs has not failed', exitCodes.stillRunning, 'unknown', 'stillRunning'],
  ])('%s', (_, code, kind, reason) => {
    const [release] = releaseSuites(view(), { code, message: 'because', waitedFor: 'done' });
    expect(release!.cases[0]!.outcome).toEqual({ kind, reason, message: 'because' });
  });
});

describe('the summary of a release', () => {
  it('begins with the outcome and has a row a wave', () => {
    const text = releaseMarkdown(view(run(0, {})), done);
    expect(text).toMatch(/^## storefront \S+: wave=free passed\n/);
    for (const wave of plan.waves) expect(text).toMatch(new RegExp(`^\\| ${wave.name} +\\|`, 'm'));
  });

  it('names what failed as text, ten at most', () => {
    const one = releaseMarkdown(view(run(0, { failure })), back);
    expect(one).toContain(': rolled back');
    expect(one).toContain('globex &lt;p95> over | 500 ms (`SloFailed`)');
    const many = Array.from({ length: 13 }, () => run(0, { failure }));
    expect(releaseMarkdown(view(...many), back)).toContain('- and 3 more targets');
  });

  it('says what to do when a person is waited for', () => {
    const text = releaseMarkdown(view(), { code: exitCodes.waitingForPerson, message: '', waitedFor: 'done' });
    expect(text).toContain(`tidegate release approve ${plan.release} --wave ${first!.name}`);
  });
});
