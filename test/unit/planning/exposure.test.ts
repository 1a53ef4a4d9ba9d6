import { describe, expect, it } from 'vitest';
import { everyone, exposure } from '../../../src/planning/exposure.ts';
import { fleetWith, inPool, ownNamespace, planned, tenant } from './storefront.ts';

const rows = (plan: Parameters<typeof exposure>[0]) =>
  exposure(plan).map(({ wave, weightPercent, full, partial, partialPercent }) => [
    `${wave} ${weightPercent ?? 'done'}`,
    full.tenants,
    full.weight,
    partial.tenants,
    partial.weight,
    partialPercent,
  ]);

describe('exposure', () => {
  it('a pool exposes all of its tenants in part, a batch only its own', () => {
    expect(rows(planned())).toEqual([
      ['free 10', 0, 0, 2, 5, 10],
      ['free 25', 0, 0, 2, 5, 27],
      ['free 50', 0, 0, 2, 5, 50],
      ['free done', 2, 5, 0, 0, 0],
      ['business 10', 2, 5, 2, 200, 33],
      ['business 50', 2, 5, 2, 200, 50],
      ['business done', 5, 505, 0, 0, 0],
      ['enterprise 10', 5, 505, 1, 5200, 20],
      ['enterprise 25', 5, 505, 1, 5200, 25],
      ['enterprise 50', 5, 505, 1, 5200, 50],
      ['enterprise done', 6, 5705, 0, 0, 0],
    ]);
  });

  it('a tenant of two waves is partial until its last target is promoted, and counted once', () => {
    const both = tenant('acme', {
      tier: 'enterprise',
      weight: 5200,
      placements: [ownNamespace('acme-prod', 'storefront'), ownNamespace('shared-eu', 'acme')],
    });
    const last = rows(planned({ fleet: fleetWith(both) })).slice(-4);
    expect(last).toEqual([
      ['enterprise 10', 5, 505, 1, 5200, 20],
      ['enterprise 25', 5, 505, 1, 5200, 25],
      ['enterprise 50', 5, 505, 1, 5200, 50],
      ['enterprise done', 6, 5705, 0, 0, 0],
    ]);
  });

  it('a tenant with a target in a later wave stays partial until then', () => {
    const strict = tenant('zeta', { tier: 'enterprise', weight: 7, placements: [inPool('free-eu')] });
    const both = tenant('eve', { weight: 11, placements: [inPool('free-eu'), ownNamespace('shared-eu', 'eve')] });
    const found = new Map(rows(planned({ fleet: fleetWith(strict, both) })).map(([at, ...numbers]) => [at, numbers]));
    expect(found.get('free done')).toEqual([0, 0, 1, 11, 0]);
    expect(found.get('business done')).toEqual([3, 500, 1, 11, 0]);
    expect(found.get('enterprise 10')).toEqual([3, 500, 4, 23, 20]);
    expect(found.get('enterprise done')).toEqual([8, 5723, 0, 0, 0]);
  });

  it('shares are shares of every tenant, left out or not', () => {
    expect(everyone(planned())).toEqual({ tenants: 7, weight: 6605 });
  });
});
