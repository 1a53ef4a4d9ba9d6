import { describe, expect, it } from 'vitest';
import type { MetricSourceSpec } from '../../../src/domain/fleet.ts';
import { type GuardInput, guardSpec, guardThreshold } from '../../../src/manifests/guard-template.ts';
import { source } from '../planning/storefront.ts';

const guard: GuardInput = {
  cluster: 'shared-eu',
  source,
  tenantIds: ['T-globex'],
  slos: [
    { name: 'availability', objective: 0.995, measured: { kind: 'ratio', good: 'good_total', total: 'all_total' } },
  ],
  windowMs: 120_000,
  minRequests: 500,
};

interface Metric {
  readonly [field: string]: unknown;
  readonly provider: { readonly prometheus: { readonly query: string; readonly headers?: unknown } };
}

function metricOf(parts: Partial<GuardInput> = {}): Metric {
  const result = guardSpec({ ...guard, ...parts });
  if (result.kind === 'none') throw new Error(result.message);
  return (result.spec['metrics'] as unknown as readonly Metric[])[0] as Metric;
}

describe('guardThreshold', () => {
  it.each([
    [0.999, 0.995],
    [0.99, 0.95],
    [0.95, 0.75],
    [0.5, 0.25],
    [0.1, 0.05],
  ])('for %d is %d', (objective, expected) => {
    expect(guardThreshold(objective)).toBe(expected);
  });

  it('is always below the objective and above 0', () => {
    for (let thousandth = 1; thousandth < 1000; thousandth++) {
      const threshold = guardThreshold(thousandth / 1000);
      expect(threshold).toBeGreaterThan(0);
      expect(threshold).toBeLessThan(thousandth / 1000);
    }
  });
});

describe('guardSpec', () => {
  it('never fails on an empty answer, never ends on errors, and starts when the window is full', () => {
    const metric = metricOf();
    expect(metric).toMatchObject({
      failureCondition: 'len(result) > 0 && result[0] < 0.975',
      failureLimit: 2,
      consecutiveErrorLimit: 1_000_000,
      initialDelay: '120s',
      interval: '60s',
    });
    expect(Object.keys(metric)).not.toContain('successCondition');
    expect(Object.keys(metric)).not.toContain('count');
  });

  it('asks for the new revision of its tenants only', () => {
    const { query } = metricOf().provider.prometheus;
    expect(query).toContain('rollouts_pod_template_hash="{{args.latest-hash}}"');
    expect(query).toContain('tenant_id=~"T-globex"');
  });

  it('watches at most 200 tenants of a pool', () => {
    const tenantIds = Array.from({ length: 5000 }, (_, index) => `T-${index}`);
    const { query } = metricOf({ tenantIds }).provider.prometheus;
    expect([query.includes('|T-199'), query.includes('T-200')]).toEqual([true, false]);
  });

  it('sends the headers of the source, sorted', () => {
    const headers = { 'X-Scope-OrgID': 'prod', Accept: 'x' };
    expect(metricOf({ source: { ...source, headers } }).provider.prometheus.headers).toEqual([
      { key: 'Accept', value: 'x' },
      { key: 'X-Scope-OrgID', value: 'prod' },
    ]);
  });

  const none: readonly [string, Partial<GuardInput>, string][] = [
    ['there is no slo', { slos: [] }, 'NoSlo'],
    [
      'the source needs a secret',
      { source: withSource({ auth: { kind: 'secretRef', namespace: 'a', name: 'b' } }) },
      'SourceNeedsSecret',
    ],
    [
      'the source cannot tell versions apart',
      { source: withSource({ revision: { kind: 'none' } }) },
      'CannotTellVersions',
    ],
  ];
  it.each(none)('there is none when %s', (_, parts, reason) => {
    expect(guardSpec({ ...guard, ...parts })).toMatchObject({ kind: 'none', reason });
  });
});

function withSource(parts: Partial<MetricSourceSpec>): MetricSourceSpec {
  return { ...source, ...parts };
}
