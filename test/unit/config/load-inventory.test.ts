import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { parseDocument } from '../../../src/config/parse-document.ts';
import { instant, parseInstant } from '../../../src/domain/time.ts';
import { plan } from '../../../src/planning/plan.ts';
import { exampleFiles, files, good } from './example.ts';

describe('an inventory', () => {
  const inventory = loadInventory(files());

  test('fills in what was left out', () => {
    expect(inventory.fleet.metricSources[0]).toEqual({
      name: 'prom',
      url: 'http://prom:9090',
      auth: { kind: 'none' },
      headers: {},
      matchers: {},
      tenantLabel: 'tenant_id',
      revision: { kind: 'none' },
      scrapeIntervalMs: 15_000,
    });
    expect(inventory.fleet.tenants[0]).toEqual({
      name: 'acme',
      id: 'acme',
      tier: 'free',
      weight: 1,
      labels: { region: 'eu' },
      placements: [{ kind: 'pool', pool: 'free-eu', workloads: null }],
      hold: null,
    });
    expect(inventory.wavePlans[0]?.waves[0]).toEqual({
      name: 'free',
      select: { tiers: ['free'], labels: {}, not: null, rest: false },
      maxConcurrency: { kind: 'count', count: 1 },
      maxFailures: { kind: 'count', count: 0 },
      steps: [10, 50],
      bakeStepMs: 300_000,
      bakeWaveMs: 900_000,
      targetDeadlineMs: 1_800_000,
      waveDeadlineMs: 14_400_000,
      analysis: {
        scope: 'wave',
        minRequests: 500,
        onInsufficient: 'wait',
        limitMs: 1_800_000,
        // oxlint-disable-next-line unicorn/no-thenable -- the word of the domain; never awaited
        then: 'ask',
        windowMs: 120_000,
        intervalMs: 30_000,
      },
      requiredApprovals: 0,
      windows: [],
      onFailure: 'wave',
    });
    expect(inventory.wavePlans[0]?.rollback).toEqual({ order: ['free'], maxConcurrency: 50 });
    expect(inventory.workloads[0]?.source).toMatchObject({
      kind: 'generate',
      ports: [],
      tiers: {},
      progressDeadlineSeconds: 600,
    });
    expect(inventory.releases[0]?.scope).toBeNull();
  });

  test('reads durations, shares, percentages, days and windows', () => {
    const { wavePlans, fleet, workloads } = loadInventory(
      files({
        plan: good.plan.replace(
          '    steps',
          `    maxConcurrency: 25%
    maxFailures: 0%
    bake: { step: 1h30m, wave: 0s }
    windows: [{ days: "Sat-Mon, Wed", from: "09:00", to: "16:30", timezone: Europe/Berlin }]
    steps`,
        ),
        tenant: good.tenant.replace(
          '  tier: free',
          '  hold: { version: "4.11", reason: contract freeze, until: 2026-12-31 }\n  tier: free',
        ),
        workload: good.workload.replace(
          '    good: good\n    total: all\n',
          '    histogram: h\n    below: { free: 300ms }\n',
        ),
      }),
    );
    expect(wavePlans[0]?.waves[0]).toMatchObject({
      maxConcurrency: { kind: 'percent', percent: 25 },
      maxFailures: { kind: 'percent', percent: 0 },
      bakeStepMs: 5_400_000,
      bakeWaveMs: 0,
      windows: [{ days: ['Mon', 'Wed', 'Sat', 'Sun'], from: '09:00', to: '16:30', timezone: 'Europe/Berlin' }],
    });
    expect(fleet.tenants[0]?.hold).toEqual({
      version: '4.11',
      reason: 'contract freeze',
      until: parseInstant('2026-12-31T00:00:00Z'),
    });
    expect(workloads[0]?.slos).toEqual([
      { kind: 'latency', name: 'availability', histogram: 'h', belowSeconds: { free: 0.3 }, objective: { free: 0.99 } },
    ]);
  });

  test('takes what people do', () => {
    const acts = `apiVersion: tidegate.dev/v1alpha1
kind: Approval
metadata: { name: a }
spec: { release: v2, planHash: ${'f'.repeat(64)}, wave: free, by: ann }
---
apiVersion: tidegate.dev/v1alpha1
kind: Freeze
metadata: { name: f }
spec: { scope: { labels: { region: eu } }, from: 2026-12-24T18:00:00+01:00, reason: christmas, by: ann }
---
apiVersion: tidegate.dev/v1alpha1
kind: Rollback
metadata: { name: r }
spec: { release: v2, scope: inFlight, reason: complaints, by: ann }
`;
    const { approvals, freezes, rollbacks } = loadInventory([...files(), { path: 'acts.yaml', text: acts }]);
    expect(approvals).toEqual([{ name: 'a', release: 'v2', planHash: 'f'.repeat(64), wave: 'free', by: 'ann' }]);
    expect(freezes).toEqual([
      {
        name: 'f',
        scope: { kind: 'labels', labels: { region: 'eu' } },
        from: parseInstant('2026-12-24T17:00:00Z'),
        until: null,
        reason: 'christmas',
        by: 'ann',
      },
    ]);
    expect(rollbacks).toEqual([{ name: 'r', release: 'v2', scope: 'inFlight', reason: 'complaints', by: 'ann' }]);
  });

  test('takes what is declared elsewhere, unless a file declares it anew', () => {
    const present = ['tenant', 'pool', 'cluster', 'source'] as const;
    const hub = present.map((part) => {
      const reading = parseDocument(parse(good[part]), `hub ${part}`);
      if (reading.outcome === 'refused') throw new Error(`${part} is refused`);
      return reading.document;
    });
    const moved = good.tenant.replace('tier: free', 'tier: free\n  weight: 7');
    const own = files().filter(({ path }) => ['workload.yaml', 'plan.yaml', 'release.yaml'].includes(path));
    const { fleet } = loadInventory([...own, { path: 'moved.yaml', text: moved }], hub);
    expect(fleet.tenants.map(({ name, weight }) => [name, weight])).toEqual([['acme', 7]]);
    expect(fleet.pools).toHaveLength(1);
    expect(() => loadInventory([{ path: 'moved.yaml', text: moved }], hub.slice(2))).toThrow(
      'moved.yaml:8:11 spec.placements[0].pool: unknown pool "free-eu"',
    );
  });

  test('is empty for files without documents', () => {
    expect(loadInventory([{ path: 'empty.yaml', text: '---\n# nothing\n---\n' }]).fleet.tenants).toEqual([]);
  });
});

describe('the worked example', () => {
  const { fleet, workloads, wavePlans, releases } = loadInventory(exampleFiles());

  test('has 40 tenants of three tiers', () => {
    const count = (tier: string) => fleet.tenants.filter((tenant) => tenant.tier === tier).length;
    expect([count('free'), count('business'), count('enterprise'), fleet.tenants.length]).toEqual([23, 14, 3, 40]);
    expect(fleet.pools.map(({ name }) => name)).toEqual(['pool-free-eu', 'pool-free-us']);
    expect(fleet.clusters).toHaveLength(5);
  });

  test('promises each tier its own', () => {
    expect(workloads[0]?.slos).toEqual([
      {
        kind: 'ratio',
        name: 'availability',
        good: 'http_requests_total{code!~"5.."}',
        total: 'http_requests_total',
        objective: { free: 0.99, business: 0.995, enterprise: 0.999 },
      },
      {
        kind: 'latency',
        name: 'latency',
        histogram: 'http_request_duration_seconds',
        belowSeconds: { free: 1, business: 0.5, enterprise: 0.3 },
        objective: { default: 0.95 },
      },
    ]);
  });

  test('has a plan to read, a quick one, and three releases', () => {
    expect(wavePlans.map(({ name, waves }) => [name, waves.map((wave) => wave.name)])).toEqual([
      ['quick', ['free', 'business', 'enterprise']],
      ['saas-tiers', ['free', 'business-early', 'business', 'enterprise']],
    ]);
    expect(releases.map(({ name, wavePlan }) => [name, wavePlan])).toEqual([
      ['storefront-4.12.0', 'quick'],
      ['storefront-4.13.0', 'quick'],
      ['storefront-4.14.0', 'saas-tiers'],
    ]);
  });

  test.each(releases.map((release) => [release.name, release] as const))('%s can be planned', (_, release) => {
    const wavePlan = wavePlans.find(({ name }) => name === release.wavePlan)!;
    const result = plan({ fleet, workload: workloads[0]!, wavePlan, release, now: instant(0) });
    expect(result.kind === 'refused' ? result.findings : []).toEqual([]);
  });
});
