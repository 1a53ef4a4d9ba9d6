import { describe, expect, it } from 'vitest';
import { planDiff } from '../../../src/planning/plan-diff.ts';
import { diffLines, diffMarkdown, diffSentence } from '../../../src/planning/plan-diff-text.ts';
import {
  fleet,
  IMAGE,
  inPool,
  ownNamespace,
  planned,
  release,
  tenant,
  wave,
  wavePlan,
  workload,
} from './storefront.ts';

const base = planned();
const other = `registry.example/storefront@sha256:${'b2'.repeat(32)}`;
const verbatim = (text: string) => text;

/** The fleet with one tenant made differently, or a further one. */
function fleetWith(changed: ReturnType<typeof tenant>) {
  return { fleet: { ...fleet, tenants: [...fleet.tenants.filter(({ name }) => name !== changed.name), changed] } };
}

describe('two plans', () => {
  it('of the same input are the same', () => {
    const diff = planDiff(base, planned());
    expect(diff.isSame).toBe(true);
    expect(diffLines(diff)).toEqual([expect.stringMatching(/: the same$/)]);
  });

  it('that differ in the version alone differ in one image, and in no object', () => {
    const to = planned({ release: { ...release, name: 'next', version: { name: '5.0', images: { app: other } } } });
    const diff = planDiff(base, to);
    expect(diff).toMatchObject({ isSame: false, images: [{ name: 'app', from: IMAGE, to: other }] });
    expect({ ...diff, images: [], from: null, to: null, isSame: true }).toEqual({
      ...planDiff(base, base),
      from: null,
      to: null,
    });
  });

  it('name the targets that come and go, with their tenants', () => {
    const soylent = tenant('soylent', { tier: 'business', placements: [ownNamespace('shared-eu', 'soylent')] });
    const to = planned(fleetWith(soylent));
    const place = { target: 'shared-eu/soylent/storefront', wave: 'business', tenants: ['soylent'] };
    expect(planDiff(base, to).added).toEqual([place]);
    expect(planDiff(to, base).removed).toEqual([place]);
    expect(diffSentence(planDiff(base, to))).toContain('1 target more');
  });

  it('name the tenants that come to a pool', () => {
    const to = planned(fleetWith(tenant('cyd', { placements: [inPool('free-eu')] })));
    expect(planDiff(base, to).tenants).toEqual([{ target: 'shared-eu/pool-free/storefront', came: ['cyd'], went: [] }]);
  });

  it('name a target that changes its wave', () => {
    const globex = fleet.tenants.find(({ name }) => name === 'globex')!;
    const to = planned(fleetWith({ ...globex, tier: 'free' }));
    expect(planDiff(base, to).moved).toEqual([{ name: 'shared-eu/globex/storefront', from: 'business', to: 'free' }]);
  });

  it('name a tenant that is held from now on', () => {
    const hooli = fleet.tenants.find(({ name }) => name === 'hooli')!;
    const to = planned(fleetWith({ ...hooli, hold: { version: '4.11', reason: 'freeze', until: null } }));
    const diff = planDiff(base, to);
    expect(diff.leftOut).toEqual([{ name: 'hooli', from: null, to: 'Held' }]);
    expect(diffLines(diff)).toContain('  hooli: reached → Held');
  });

  it.each([
    ['a limit', { maxConcurrency: { kind: 'count', count: 1 } }, 'at once', null],
    ['a bake', { bakeStepMs: 600_000 }, 'bake of a step', '10m'],
    ['approvals', { requiredApprovals: 2 }, 'approvals', '2'],
    ['what a failure does', { onFailure: 'release' }, 'a failure rolls back', 'release'],
  ] as const)('name the wave in which %s differs', (_, parts, setting, to) => {
    const waves = wavePlan.waves.map((one) => (one.name === 'business' ? wave('business', { ...one, ...parts }) : one));
    const { settings } = planDiff(base, planned({ wavePlan: { ...wavePlan, waves } }));
    expect(settings.map((one) => [one.wave, one.setting])).toEqual([['business', setting]]);
    if (to !== null) expect(settings[0]!.to).toBe(to);
  });

  it('tell where objects differ, and no value of them', () => {
    const template = structuredClone(workload.source.template) as { spec: { containers: { env: unknown[] }[] } };
    template.spec.containers[0]!.env = [{ name: 'NAMESPACE', value: 'secret-value' }];
    const to = planned({ workload: { ...workload, source: { ...workload.source, template: template as never } } });
    const diff = planDiff(base, to);
    expect(diff.objects.map(({ paths }) => paths)).toEqual([['Rollout spec.template.spec.containers[0].env[0].value']]);
    expect(diff.objects[0]!.targets).toHaveLength(base.waves.flatMap(({ targets }) => targets).length);
    expect(JSON.stringify(diff)).not.toContain('secret-value');
  });

  it('are compared in Markdown under headings', () => {
    const to = planned({ release: { ...release, version: { name: '5.0', images: { app: other } } } });
    expect(diffMarkdown(planDiff(base, to), verbatim)).toContain(`### Version\n\n- app: ${IMAGE} → ${other}`);
  });
});
