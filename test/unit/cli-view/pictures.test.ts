import { describe, expect, it } from 'vitest';
import { whoIsOnWhat } from '../../../src/cli/demo/who-is-on-what.ts';
import { explanationLines } from '../../../src/cli/explain/explanation-lines.ts';
import { changeLines } from '../../../src/cli/view/change-lines.ts';
import { etaOf } from '../../../src/cli/view/eta.ts';
import { exposureNow } from '../../../src/cli/view/exposure-now.ts';
import { paint } from '../../../src/cli/view/line.ts';
import type { ReleaseView } from '../../../src/cli/view/release-view.ts';
import { fitToRows, renderRelease } from '../../../src/cli/view/render-release.ts';
import { pendingStatus } from '../../../src/controller/new-release.ts';
import { targetId } from '../../../src/domain/plan.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { later } from '../../../src/domain/time.ts';
import { NOW, planned } from '../planning/storefront.ts';

const plan = planned();
const [first] = plan.waves;
const options = { width: 200, color: false, zone: 'UTC' } as const;

const run = (index: number, changes: Partial<TargetRun> = {}): TargetRun => ({
  target: first!.targets[index]!.id,
  goal: { kind: 'step', step: 0 },
  goalAt: NOW,
  startedAt: NOW,
  previous: { kind: 'nothing' },
  revision: null,
  reachedAt: null,
  failure: null,
  deciding: [],
  nudges: 0,
  ...changes,
});

const view = (runs: readonly TargetRun[], message?: string): ReleaseView => {
  const status = pendingStatus(plan, NOW);
  const timeline = message === undefined ? [] : [{ at: NOW, reason: 'WaveStarted', message }];
  return {
    release: plan.release,
    workload: plan.workload,
    version: plan.version.name,
    plan,
    status: { ...status, timeline: [...status.timeline, ...timeline] },
    runs,
    versionNames: new Map(),
    now: NOW,
  };
};

describe('exposure', () => {
  const tenants = first!.targets[0]!.tenants.length;

  it('is partial from the first step, full once promoted, and none once taken back', () => {
    expect(exposureNow(plan, [run(0)]).partly.tenants).toBe(tenants);
    const promoted = run(0, { goal: { kind: 'promoted' }, reachedAt: NOW });
    expect(exposureNow(plan, [promoted])).toMatchObject({ onNew: { tenants }, partly: { tenants: 0 } });
    const back = run(0, { goal: { kind: 'restored' }, reachedAt: NOW });
    expect(exposureNow(plan, [back])).toMatchObject({ onNew: { tenants: 0 }, onOld: { tenants: plan.tenants.length } });
  });
});

describe('plain lines', () => {
  it('say nothing when nothing changed', () => {
    const same = view([run(0)], 'wave free starts');
    expect(changeLines(same, { ...same, now: later(NOW, 5_000) }, options)).toEqual([]);
  });

  it('tell new sentences, then what moved', () => {
    const lines = changeLines(view([]), view([run(0)], 'wave free starts'), options);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d wave free starts$/);
    expect(lines[1]).toContain(`wave ${first!.name} 0/${first!.targets.length} done, 1 in flight`);
  });
});

describe('a wave that wants approvals', () => {
  const wave = plan.waves.find(({ requiredApprovals }) => requiredApprovals === 1)!;
  const picture = (by: readonly string[]) =>
    renderRelease({ ...view([]), approvedBy: new Map([[wave.name, new Set(by)]]) }, options).join('\n');

  it('asks for those that are missing, and for none once they are there', () => {
    expect(picture([])).toContain('+ 1 approval');
    expect(picture(['ada'])).not.toContain('approval');
  });
});

describe('the picture on a small screen', () => {
  const full = view([run(0)], 'wave free starts');
  const whole = renderRelease(full, options);

  it('is whole where it fits', () => {
    expect(fitToRows(full, options, whole.length)).toEqual(whole);
  });

  it('gives up the story before the state of the release and its waves', () => {
    const told = full.status!.timeline.length;
    const withoutStory = whole.slice(0, whole.length - told - 1);
    expect(fitToRows(full, options, withoutStory.length)).toEqual(withoutStory);
    expect(fitToRows(full, options, 3)).toEqual(whole.slice(0, 3));
  });

  it('is one line at least', () => {
    expect(fitToRows(full, options, -2)).toEqual(whole.slice(0, 1));
  });
});

describe('the forecast of a release under way', () => {
  it('shrinks as time passes, and there is none on the way back', () => {
    const status = pendingStatus(plan, NOW);
    const running = {
      ...status,
      waves: [{ ...status.waves[0]!, phase: 'Running' as const, startedAt: NOW }, ...status.waves.slice(1)],
    };
    const atStart = etaOf(plan, running, NOW)!;
    const later5 = later(NOW, 5_000);
    expect(etaOf(plan, running, later5)).toBe(atStart);
    const decided = { scope: 'wave', wave: 0, reason: 'SloFailed', message: '', by: null, decidedAt: NOW } as const;
    expect(etaOf(plan, { ...running, rollback: decided }, later5)).toBeNull();
  });
});

describe('who is on what', () => {
  it('shows the tiers, and who was hurt, by mark and word', () => {
    const versions = new Map(plan.tenants.map(({ name }) => [name, '4.12.0']));
    const harmed = [{ tenant: plan.tenants[0]!.name, seconds: 5.1, badRequests: 1_245 }];
    const text = whoIsOnWhat({ plan, versions, good: '4.12.0', bad: '4.13.0', harmed })
      .map((line) => paint(line, 200, false))
      .join('\n');
    expect(text).toContain(`● on 4.12.0: ${plan.tenants.length} tenants, 100 % of weight`);
    expect(text).toContain('✗ on 4.13.0: 0 tenants, 0 % of weight');
    expect(text).toContain(`${plan.tenants[0]!.name} for 5.1 s (1 245 bad responses)`);
  });
});

describe('an explanation', () => {
  it.each([
    ['only partly', ['partly']],
    ['only partly', ['new', 'old']],
    ['not', ['old', 'old']],
  ] as const)('says that a tenant is %s on the version when its targets serve %j', (word, servings) => {
    const targets = servings.map((serving) => ({
      target: targetId('eu', 'globex', 'storefront'),
      wave: 'business',
      serving,
      facts: [],
    }));
    const release = { tenant: 'globex', tier: 'business', release: 'r', version: '4.12.0', phase: 'Running' } as const;
    const [first] = explanationLines({ ...release, isOnNewVersion: false, facts: [], targets });
    expect(first).toBe(`globex (business) is ${word} on 4.12.0; release r is Running`);
  });

  it('gives a line to every fact', () => {
    const lines = explanationLines({
      tenant: 'globex',
      tier: 'business',
      release: 'storefront-4.12.0',
      version: '4.12.0',
      phase: 'Running',
      isOnNewVersion: false,
      facts: [{ fact: 'hold', reason: 'Held', message: 'held on 4.11.0: contract freeze' }],
      targets: [
        {
          target: targetId('eu', 'globex', 'storefront'),
          wave: 'business',
          serving: 'old',
          facts: [{ fact: 'earlierWave', reason: 'WaveBaking', message: 'wave free is baking' }],
        },
      ],
    });
    expect(lines).toEqual([
      'globex (business) is not on 4.12.0; release storefront-4.12.0 is Running',
      '  hold  Held  held on 4.11.0: contract freeze',
      'eu/globex/storefront in wave business: on the version it had',
      '  earlierWave  WaveBaking  wave free is baking',
    ]);
  });
});
