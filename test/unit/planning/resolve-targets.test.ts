import { describe, expect, it } from 'vitest';
import type { Fleet, Tenant } from '../../../src/domain/fleet.ts';
import { instant } from '../../../src/domain/time.ts';
import { type ResolvedTargets, resolveTargets } from '../../../src/planning/resolve-targets.ts';
import { brief, fleetWith, inPool, NOW, ownNamespace, release, selector, tenant } from './storefront.ts';

const hold = { version: '4.11', reason: 'audit', until: null };

function resolve(fleet: Fleet, parts: Partial<typeof release> = {}, now = NOW): ResolvedTargets {
  return resolveTargets({
    fleet,
    workload: 'storefront',
    rollout: 'storefront',
    release: { ...release, ...parts },
    rollbackOrder: ['enterprise', 'business', 'free'],
    now,
  });
}

const reasons = (resolved: ResolvedTargets) => resolved.leftOut.map((one) => `${one.tenant}: ${one.reason}`);
const ids = (resolved: ResolvedTargets) => resolved.targets.map((target) => target.id);

describe('who is left out, and why', () => {
  const pooled = (name: string, parts: Partial<Tenant> = {}) =>
    tenant(name, { placements: [inPool('free-eu')], ...parts });
  const cases: readonly [string, Fleet, Partial<typeof release>, readonly string[]][] = [
    ['a held tenant', fleetWith(), {}, ['umbrella: Held']],
    [
      'a pool with one held tenant is left out whole',
      fleetWith(pooled('ada', { hold })),
      {},
      ['ada: Held', 'bob: PoolMateHeld', 'umbrella: Held'],
    ],
    [
      'a hold on the version that is released holds nobody',
      fleetWith(pooled('ada', { hold: { ...hold, version: '4.12.0' } })),
      {},
      ['umbrella: Held'],
    ],
    [
      'a hold that ended holds nobody',
      fleetWith(pooled('ada', { hold: { ...hold, until: NOW } })),
      {},
      ['umbrella: Held'],
    ],
    [
      'a hold that ends a millisecond from now holds',
      fleetWith(pooled('ada', { hold: { ...hold, until: instant(NOW + 1) } })),
      {},
      ['ada: Held', 'bob: PoolMateHeld', 'umbrella: Held'],
    ],
    [
      'the scope',
      fleetWith(),
      { scope: selector({ tiers: ['business'] }) },
      ['acme: OutOfScope', 'ada: OutOfScope', 'bob: OutOfScope', 'umbrella: Held'],
    ],
    [
      'a pool of which the scope takes one tenant only',
      fleetWith(pooled('ada', { labels: { cohort: 'early' } })),
      { scope: selector({ labels: { cohort: 'early' } }) },
      [
        'acme: OutOfScope',
        'ada: OutOfScope',
        'bob: OutOfScope',
        'globex: OutOfScope',
        'hooli: OutOfScope',
        'initech: OutOfScope',
        'umbrella: Held',
      ],
    ],
    [
      'a tenant without a place for this workload',
      fleetWith(tenant('ada', { placements: [{ kind: 'pool', pool: 'free-eu', workloads: ['api'] }] })),
      {},
      ['ada: NoPlacement', 'umbrella: Held'],
    ],
    [
      'a held tenant that does not run this workload is not said to be held',
      fleetWith(tenant('umbrella', { placements: [], hold })),
      {},
      ['umbrella: NoPlacement'],
    ],
  ];
  it.each(cases)('%s', (_, fleet, parts, expected) => {
    expect(reasons(resolve(fleet, parts))).toEqual(expected);
  });

  it('names the mate, the version and the end of a hold', () => {
    const resolved = resolve(fleetWith(pooled('ada', { hold })));
    expect(resolved.leftOut.map((one) => one.message)).toEqual([
      'held on 4.11 until it is lifted: audit',
      'pool free-eu also serves ada, which is held; a pool goes whole or not at all',
      'held on 4.11 until 2026-12-31T00:00:00.000Z: contract freeze',
    ]);
  });
});

describe('targets', () => {
  it('are one a place, with the strictest tier inside', () => {
    const fleet = fleetWith(tenant('zeta', { tier: 'enterprise', placements: [inPool('free-eu')] }));
    const pool = resolve(fleet).targets.find((target) => target.owner.kind === 'pool');
    expect(pool).toMatchObject({ id: 'shared-eu/pool-free/storefront', tier: 'enterprise' });
    expect(pool?.tenants.map(({ name }) => name)).toEqual(['ada', 'bob', 'zeta']);
  });

  it('a tenant with two places has two; one that stays behind is said', () => {
    const both = tenant('ada', { placements: [inPool('free-eu'), ownNamespace('acme-prod', 'ada')] });
    expect(ids(resolve(fleetWith(both)))).toContain('acme-prod/ada/storefront');
    const resolved = resolve(fleetWith(both, tenant('bob', { placements: [inPool('free-eu')], hold })));
    expect(reasons(resolved)).toEqual(['bob: Held', 'umbrella: Held']);
    expect(resolved.findings.map(brief)).toEqual(['PartlyLeftOut tenant ada']);
  });

  it('says which holds have ended', () => {
    const ended = tenant('ada', { placements: [inPool('free-eu')], hold: { ...hold, until: NOW } });
    expect(resolve(fleetWith(ended)).findings.map(brief)).toEqual(['HoldEnded tenant ada']);
  });
});

describe('a fleet that does not hang together', () => {
  const cases: readonly [string, Tenant, readonly string[]][] = [
    ['an unknown pool', tenant('ada', { placements: [inPool('free-us')] }), ['UnknownPool tenant ada']],
    ['an unknown cluster', tenant('ada', { placements: [ownNamespace('moon', 'ada')] }), ['UnknownCluster tenant ada']],
    [
      'two tenants in one namespace without a pool',
      tenant('ada', { placements: [ownNamespace('shared-eu', 'globex')] }),
      ['SharedNamespace shared-eu/globex/storefront'],
    ],
    [
      'a tenant in the namespace of a pool',
      tenant('zed', { placements: [ownNamespace('shared-eu', 'pool-free')] }),
      ['SharedNamespace shared-eu/pool-free/storefront'],
    ],
    [
      'a tier without a rank',
      tenant('ada', { tier: 'gold', placements: [ownNamespace('acme-prod', 'ada')] }),
      ['TierNotInRollbackOrder tier gold'],
    ],
  ];
  it.each(cases)('%s', (_, changed, expected) => {
    const { findings } = resolve(fleetWith(changed));
    expect(findings.filter(({ severity }) => severity === 'error').map(brief)).toEqual(expected);
  });
});
