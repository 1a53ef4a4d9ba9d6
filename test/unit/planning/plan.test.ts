import { describe, expect, it } from 'vitest';
import type { WavePlan } from '../../../src/domain/wave-plan.ts';
import type { GeneratedWorkload, JsonObject } from '../../../src/domain/workload.ts';
import { type PlanInput, plan } from '../../../src/planning/plan.ts';
import {
  brief,
  fleet,
  fleetWith,
  inPool,
  input,
  ownNamespace,
  planned,
  refusal,
  release,
  selector,
  source,
  tenant,
  wave,
  wavePlan,
  workload,
} from './storefront.ts';

const withWaves = (...waves: WavePlan['waves']): Partial<PlanInput> => ({ wavePlan: { ...wavePlan, waves } });
const rest = wave('rest', { select: selector({ rest: true }) });
const [free, business, enterprise] = wavePlan.waves as [typeof rest, typeof rest, typeof rest];

function templated(template: JsonObject): Partial<PlanInput> {
  return { workload: { ...workload, source: { ...workload.source, template } } };
}

function withWorkload(parts: Partial<GeneratedWorkload>): Partial<PlanInput> {
  return { workload: { ...workload, ...parts } };
}

describe('a plan', () => {
  const storefront = planned();

  it('puts each target into the first wave that selects it, lighter ones first', () => {
    expect(storefront.waves.map((one) => [one.name, one.targets.map(({ id }) => id)])).toEqual([
      ['free', ['shared-eu/pool-free/storefront']],
      ['business', ['shared-eu/initech/storefront', 'shared-eu/hooli/storefront', 'shared-eu/globex/storefront']],
      ['enterprise', ['acme-prod/storefront/storefront']],
    ]);
  });

  it('starts a mixed wave with its most lenient tier, whatever the weights', () => {
    const heavy = tenant('eve', { weight: 9999, placements: [ownNamespace('shared-eu', 'eve')] });
    const [wave] = planned({ fleet: fleetWith(heavy), ...withWaves(rest) }).waves;
    expect(wave?.targets.map(({ tier, namespace }) => `${tier} ${namespace}`)).toEqual([
      'free pool-free',
      'free eve',
      'business initech',
      'business hooli',
      'business globex',
      'enterprise storefront',
    ]);
  });

  it('resolves shares to integers and steps to what the pods give', () => {
    expect(storefront.waves[1]).toMatchObject({ maxConcurrency: 2, maxFailures: 0 });
    expect(storefront.waves[1]?.targets[0]?.steps).toEqual([
      { weightPercent: 10, effectivePercent: 33 },
      { weightPercent: 50, effectivePercent: 50 },
    ]);
  });

  it('measures each slo once for each tier and source of a wave', () => {
    expect(storefront.waves.map((one) => one.measurements.map(({ key }) => key))).toEqual([
      ['availability/free@prom-eu', 'latency/free@prom-eu'],
      ['availability/business@prom-eu', 'latency/business@prom-eu'],
      ['availability/enterprise@prom-eu', 'latency/enterprise@prom-eu'],
    ]);
    expect(storefront.waves[2]?.measurements[1]).toMatchObject({
      objective: 0.95,
      measured: { kind: 'latency', histogram: 'http_request_duration_seconds', belowSeconds: 0.3 },
    });
  });

  it('gives the same question in a later wave a key of its own', () => {
    const early = wave('early', { select: selector({ tiers: ['business'], labels: { cohort: 'early' } }) });
    const changed = tenant('hooli', {
      tier: 'business',
      labels: { cohort: 'early' },
      placements: [ownNamespace('shared-eu', 'hooli')],
    });
    const keys = planned({ fleet: fleetWith(changed), ...withWaves(early, rest) }).waves.flatMap((one) =>
      one.measurements.map(({ key }) => key),
    );
    expect(keys).toContain('availability/business@prom-eu');
    expect(keys).toContain('availability/business@prom-eu#rest');
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps every rendered object under its digest, support in the order it is written', () => {
    const kinds = storefront.waves[0]?.targets[0]?.supportManifests.map(
      (digest) => JSON.parse(storefront.manifests[digest] ?? '{}').kind,
    );
    expect(kinds).toEqual(['AnalysisTemplate', 'Service', 'PodDisruptionBudget']);
    expect(Object.keys(storefront.manifests)).toHaveLength(5 * 4);
  });

  it('names the sources of its clusters', () => {
    expect(storefront.sources).toEqual([{ name: 'prom-eu', scrapeIntervalMs: 15_000, tellsRevisions: true }]);
    expect(storefront.clusterSources).toEqual({ 'acme-prod': 'prom-eu', 'shared-eu': 'prom-eu' });
  });

  it('a pool belongs to the wave of its strictest tenant', () => {
    const strict = tenant('zeta', { tier: 'enterprise', placements: [inPool('free-eu')] });
    const waves = planned({ fleet: fleetWith(strict), ...withWaves(business, enterprise) }).waves;
    expect(waves[1]?.targets.map(({ id, tier }) => [id, tier])).toEqual([
      ['shared-eu/pool-free/storefront', 'enterprise'],
      ['acme-prod/storefront/storefront', 'enterprise'],
    ]);
  });

  it('labels take a pool only when every tenant in it matches', () => {
    const early = wave('early', { select: selector({ labels: { cohort: 'early' } }) });
    const member = (name: string, cohort: string) =>
      tenant(name, { labels: { cohort }, placements: [inPool('free-eu')] });
    const waveOfPool = (...cohorts: readonly [string, string]) =>
      planned({
        fleet: fleetWith(
          member('ada', cohorts[0]),
          member('bob', cohorts[1]),
          tenant('hooli', {
            tier: 'business',
            labels: { cohort: 'early' },
            placements: [ownNamespace('shared-eu', 'hooli')],
          }),
        ),
        ...withWaves(early, rest),
      }).waves.find((one) => one.targets.some(({ kind }) => kind === 'pool'))?.name;
    expect([waveOfPool('early', 'early'), waveOfPool('early', 'late')]).toEqual(['early', 'rest']);
  });

  it('a wave that only the scope or a hold empties is skipped and said', () => {
    const plan = planned({ release: { ...release, scope: selector({ tiers: ['business'] }) } });
    expect(plan.waves.map(({ name }) => name)).toEqual(['business']);
    expect(plan.findings.map(brief)).toEqual(
      expect.arrayContaining(['WaveSkipped wave free', 'WaveSkipped wave enterprise']),
    );
  });
});

describe('a plan warns', () => {
  const warnings = (parts: Partial<PlanInput>) => planned(parts).findings.map(brief);
  const cases: readonly [string, Partial<PlanInput>, string][] = [
    ['that configuration stays outside the rollback', {}, 'ConfigOutsideRollback ConfigMap storefront-flags'],
    ['that steps come to the same', {}, 'StepsMerged wave business'],
    [
      'that one replica is half of the traffic',
      { workload: { ...workload, source: { ...workload.source, replicas: { default: 1 } } } },
      'SingleReplica wave free',
    ],
    [
      'that a source with a secret gives no guard',
      {
        fleet: {
          ...fleet,
          metricSources: [{ ...source, auth: { kind: 'secretRef', namespace: 'hub', name: 'prom' } }],
        },
      },
      'NoGuard SourceNeedsSecret',
    ],
    ['that a wave has no steps', withWaves({ ...free, steps: [] }, rest), 'NoSteps wave free'],
    [
      'that more may fail than there are',
      withWaves({ ...free, maxFailures: { kind: 'count', count: 50 } }, rest),
      'MoreFailuresThanTargets wave free',
    ],
    [
      'that failures never stop a wave',
      withWaves({ ...free, maxFailures: { kind: 'percent', percent: 100 } }, rest),
      'FailuresNeverStop wave free',
    ],
  ];
  it.each(cases)('%s', (_, parts, expected) => {
    expect(warnings(parts)).toContain(expected);
  });

  it('and stays silent where there is nothing to say', () => {
    const template = { spec: { containers: [{ name: 'app', image: 'registry.example/storefront' }] } };
    const quiet = { ...workload, source: { ...workload.source, template, replicas: { default: 100 } } };
    expect(planned({ workload: quiet }).findings).toEqual([]);
  });
});

describe('a plan is refused', () => {
  const container = (parts: JsonObject): JsonObject => ({
    spec: { containers: [{ name: 'app', image: 'x', ...parts }] },
  });
  const sidecar = (image: string): JsonObject => ({
    spec: {
      containers: [
        { name: 'app', image: 'x' },
        { name: 'proxy', image },
      ],
    },
  });
  const cases: readonly [string, Partial<PlanInput>, readonly string[]][] = [
    [
      'for a source that cannot tell versions apart',
      { fleet: { ...fleet, metricSources: [{ ...source, revision: { kind: 'none' } }] } },
      ['CannotTellVersions source prom-eu'],
    ],
    ['for a workload without an SLO', withWorkload({ slos: [] }), ['NoSlo workload storefront']],
    ['for a target in no wave', withWaves(free, business), ['TargetInNoWave acme-prod/storefront/storefront']],
    ['for a wave that selects nothing', withWaves(wave('gold'), rest), ['EmptyWave wave gold']],
    ['for a wave whose targets an earlier one takes', withWaves(rest, free), ['EmptyWave wave free']],
    [
      'when nobody is left',
      { release: { ...release, scope: selector({ tiers: ['gold'] }) } },
      ['NothingToRelease release'],
    ],
    [
      'for a bake of a step that ends before data count',
      withWaves({ ...free, bakeStepMs: 149_999 }, rest),
      ['BakeTooShort wave free'],
    ],
    ['for such a bake of a wave', withWaves({ ...free, bakeWaveMs: 149_999 }, rest), ['BakeTooShort wave free']],
    [
      'for a target deadline that its bakes use up',
      withWaves({ ...free, targetDeadlineMs: 900_000 }, rest),
      ['DeadlineTooShort wave free'],
    ],
    [
      'for a wave deadline that its bakes use up',
      withWaves({ ...business, waveDeadlineMs: 1_200_000 }, rest),
      ['DeadlineTooShort wave business'],
    ],
    [
      'for a time zone that does not exist',
      withWaves({ ...free, windows: [{ days: ['Mon'], from: '09:00', to: '10:00', timezone: 'Mars/Olympus' }] }, rest),
      ['UnknownTimezone wave free'],
    ],
    [
      'for windows that never open',
      withWaves({ ...free, windows: [{ days: [], from: '09:00', to: '10:00', timezone: 'UTC' }] }, rest),
      ['WindowNeverOpens wave free'],
    ],
    [
      'for a digest of a container that is not there',
      { release: { ...release, version: { name: '5', images: { app: `a@sha256:${'0'.repeat(64)}`, web: 'b' } } } },
      ['UnknownContainer workload storefront'],
    ],
    [
      'for an image without digest',
      { release: { ...release, version: { name: '5', images: { app: 'registry.example/storefront:5' } } } },
      ['ImageNotPinned workload storefront'],
    ],
    ['for a sidecar without digest', templated(sidecar('proxy:latest')), ['ImageNotPinned workload storefront']],
    [
      'for a tenant in the template of a pool',
      templated(container({ args: ['${tenant.name}'] })),
      ['PoolHasNoTenant pool free-eu'],
    ],
    [
      'for a misspelt placeholder',
      templated(container({ args: ['${target.namespce}'] })),
      ['UnknownPlaceholder workload storefront'],
    ],
    [
      'for a tier without replicas',
      { workload: { ...workload, source: { ...workload.source, replicas: { free: 1, business: 2 } } } },
      ['NoReplicas workload storefront'],
    ],
    [
      'for a tier without objective',
      withWorkload({ slos: workload.slos.map((slo) => ({ ...slo, objective: { free: 0.9, business: 0.9 } })) }),
      ['NoObjectiveForTier workload storefront', 'NoObjectiveForTier workload storefront'],
    ],
    [
      'for a source that is not there',
      { fleet: { ...fleet, metricSources: [] } },
      ['UnknownMetricSource cluster acme-prod', 'UnknownMetricSource cluster shared-eu'],
    ],
    ['for another workload', { release: { ...release, workload: 'api' } }, ['WrongWorkload release storefront-4.12.0']],
    ['for another wave plan', { release: { ...release, wavePlan: 'x' } }, ['WrongWavePlan release storefront-4.12.0']],
  ];
  it.each(cases)('%s', (_, parts, expected) => {
    expect(refusal(parts)).toEqual(expected);
  });

  it('with the errors before the warnings', () => {
    const result = plan({ ...input, ...withWaves(wave('zeta'), rest) });
    const severities = result.kind === 'refused' ? result.findings.map(({ severity }) => severity) : [];
    expect(severities).toEqual(['error', 'warning', 'warning']);
  });

  it('with every error at once', () => {
    const errors = refusal({
      ...withWaves(wave('gold'), free),
      fleet: fleetWith(tenant('ada', { placements: [inPool('x')] })),
    });
    expect(errors).toContain('EmptyWave wave gold');
    expect(errors).toContain('UnknownPool tenant ada');
    expect(errors).toContain('TargetInNoWave acme-prod/storefront/storefront');
  });
});
