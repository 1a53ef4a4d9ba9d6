import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet, Placement, Tenant } from '../../src/domain/fleet.ts';
import { instant } from '../../src/domain/time.ts';
import type { WavePlan } from '../../src/domain/wave-plan.ts';
import { type PlanInput, plan } from '../../src/planning/plan.ts';
import { fromSlices, toSlices } from '../../src/planning/slices.ts';
import {
  cluster,
  inPool,
  input,
  NOW,
  ownNamespace,
  release,
  selector,
  source,
  tenant,
  wave,
  workload,
} from '../unit/planning/storefront.ts';

const CLUSTERS = ['eu', 'us', 'ap'];
const POOLS = CLUSTERS.map((name) => ({ name: `pool-${name}`, cluster: name, namespace: 'pool' }));
const RUNS = 150;

const limit = fc.oneof(
  fc.record({ kind: fc.constant('count' as const), count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 0, max: 100 }) }),
);

const weights = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
  .map((steps) => steps.sort((a, b) => a - b));

/** One tenant; its own namespace carries its name, so that no two meet there. */
function tenantNamed(name: string): fc.Arbitrary<Tenant> {
  const places: fc.Arbitrary<Placement> = fc.oneof(
    fc.constantFrom(...POOLS).map((pool) => inPool(pool.name)),
    fc.constantFrom(...CLUSTERS).map((one) => ownNamespace(one, `ns-${name}`)),
  );
  return fc
    .record({
      tier: fc.constantFrom('free', 'business', 'enterprise'),
      weight: fc.integer({ min: 0, max: 1000 }),
      labels: fc
        .option(fc.constantFrom('early', 'late'), { nil: null })
        .map((cohort): Record<string, string> => (cohort === null ? {} : { cohort })),
      placements: fc.array(places, { maxLength: 3 }),
      hold: fc.oneof(
        { weight: 8, arbitrary: fc.constant(null) },
        fc
          .constantFrom(null, instant(NOW - 1), instant(NOW + 1))
          .map((until) => ({ version: '4.11', reason: 'x', until })),
      ),
    })
    .map((parts) => tenant(name, parts));
}

const fleets: fc.Arbitrary<Fleet> = fc
  .integer({ min: 1, max: 25 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => tenantNamed(`t${index}`))))
  .map((tenants) => ({
    clusters: CLUSTERS.map((name) => cluster(name)),
    metricSources: [source],
    pools: POOLS,
    tenants,
  }));

const wavePlans: fc.Arbitrary<WavePlan> = fc
  .record({ maxConcurrency: limit, maxFailures: limit, steps: weights })
  .map((parts) => ({
    name: 'saas-tiers',
    waves: [
      wave('early', { ...parts, select: selector({ labels: { cohort: 'early' } }) }),
      wave('free', parts),
      wave('rest', { ...parts, select: selector({ rest: true }) }),
    ].map((one) => ({ ...one, targetDeadlineMs: 1e9, waveDeadlineMs: 1e12 })),
    rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 50 },
  }));

const scopes = fc.constantFrom(
  null,
  selector({ tiers: ['free', 'business'] }),
  selector({ not: selector({ labels: { cohort: 'late' } }) }),
);

const inputs: fc.Arbitrary<PlanInput> = fc
  .record({ fleet: fleets, wavePlan: wavePlans, scope: scopes, replicas: fc.integer({ min: 1, max: 30 }) })
  .map(({ fleet, wavePlan, scope, replicas }) => ({
    ...input,
    fleet,
    wavePlan,
    release: { ...release, scope },
    workload: { ...workload, source: { ...workload.source, replicas: { default: replicas, free: 3 } } },
  }));

/** The same fleet as other files in another order would give it. */
function shuffledOf(fleet: Fleet, seed: readonly number[]): Fleet {
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item, index) => ({ item, rank: seed[index % seed.length] ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  return {
    clusters: shuffle(fleet.clusters),
    metricSources: shuffle(fleet.metricSources),
    pools: shuffle(fleet.pools),
    tenants: shuffle(fleet.tenants),
  };
}

describe('any plan', () => {
  it('is the same, or refused for the same reasons, whatever order the files come in', () => {
    const seeds = fc.array(fc.integer(), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(inputs, seeds, (one, seed) => {
        expect(plan({ ...one, fleet: shuffledOf(one.fleet, seed) })).toEqual(plan(one));
      }),
      { numRuns: RUNS },
    );
  });

  it('has every tenant behind a target or left out, never both, and each target in one wave', () => {
    fc.assert(
      fc.property(inputs, (one) => {
        const result = plan(one);
        fc.pre(result.kind === 'planned');
        const targets = result.plan.waves.flatMap((wave) => wave.targets);
        const reached = new Set(targets.flatMap((target) => target.tenants));
        const left = result.plan.leftOut.map(({ tenant }) => tenant);
        expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length);
        expect([...reached, ...left].sort()).toEqual(one.fleet.tenants.map(({ name }) => name).sort());
      }),
      { numRuns: RUNS },
    );
  });

  it('has integers everywhere, steps that rise, and limits that fit', () => {
    fc.assert(
      fc.property(inputs, (one) => {
        const result = plan(one);
        fc.pre(result.kind === 'planned');
        for (const wave of result.plan.waves) {
          expect(Number.isInteger(wave.maxConcurrency) && wave.maxConcurrency >= 1).toBe(true);
          expect(Number.isInteger(wave.maxFailures) && wave.maxFailures >= 0).toBe(true);
          expect(wave.maxFailures).toBeLessThanOrEqual(wave.targets.length);
          for (const { steps } of wave.targets) expectRising(steps);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('survives being cut into slices', () => {
    fc.assert(
      fc.property(inputs, (one) => {
        const result = plan(one);
        fc.pre(result.kind === 'planned');
        expect(fromSlices(toSlices(result.plan))).toEqual(result.plan);
      }),
      { numRuns: 30 },
    );
  });

  it('is planned often enough for the properties above to mean something', () => {
    const kinds = fc.sample(inputs, { numRuns: 200, seed: 7 }).map((one) => plan(one).kind);
    expect(kinds.filter((kind) => kind === 'planned').length).toBeGreaterThan(40);
    expect(kinds).toContain('refused');
  });
});

function expectRising(steps: readonly { readonly weightPercent: number; readonly effectivePercent: number }[]): void {
  for (const field of ['weightPercent', 'effectivePercent'] as const) {
    const values = [0, ...steps.map((step) => step[field]), 100];
    expect(values.every(Number.isInteger)).toBe(true);
    expect(values.slice(1).every((value, index) => value > (values[index] ?? 0))).toBe(true);
  }
}
