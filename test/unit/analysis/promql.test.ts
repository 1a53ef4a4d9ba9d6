import { describe, expect, it } from 'vitest';
import { describeQuery } from '../../../src/analysis/describe-query.ts';
import { guardQuery } from '../../../src/analysis/guard-query.ts';
import { ambiguousTenant, countQueries, type QueriedSource } from '../../../src/analysis/promql.ts';
import type { MeasuredSlo } from '../../../src/domain/plan.ts';

const availability: MeasuredSlo = {
  kind: 'ratio',
  good: 'http_requests_total{code!~"5.."}',
  total: 'http_requests_total',
};
const latency = (belowSeconds: number): MeasuredSlo => ({
  kind: 'latency',
  histogram: 'http_request_duration_seconds',
  belowSeconds,
});
const source: QueriedSource = {
  matchers: { cluster: '${cluster.name}', env: 'prod' },
  tenantLabel: 'tenant_id',
  revision: { kind: 'label', label: 'rollouts_pod_template_hash' },
};
const request = { source, windowMs: 120_000, clusters: ['eu-2', 'eu-1'], tenantIds: ['T-2', 'T-1', 'T-2'] };

describe('countQueries', () => {
  it('counts good and total by cluster, tenant and revision, each name once and in order', () => {
    const narrowed = 'cluster=~"eu-1|eu-2",env="prod",tenant_id=~"T-1|T-2"';
    const by = 'sum by (cluster, tenant_id, rollouts_pod_template_hash)';
    expect(countQueries({ ...request, measured: availability })).toEqual({
      kind: 'queries',
      good: `${by} (increase(http_requests_total{code!~"5..",${narrowed}}[2m]))`,
      total: `${by} (increase(http_requests_total{${narrowed}}[2m]))`,
      tenantLabel: 'tenant_id',
      revisionLabel: 'rollouts_pod_template_hash',
      clusterLabels: { cluster: '${cluster.name}' },
    });
  });

  const plain: QueriedSource = { matchers: {}, tenantLabel: 'tenant', revision: { kind: 'none' } };
  const goodOf = (belowSeconds: number) => {
    const queries = countQueries({
      ...request,
      source: plain,
      measured: latency(belowSeconds),
      tenantIds: ['a'],
      windowMs: 90_000,
    });
    return queries.kind === 'queries' ? queries.good : queries.message;
  };

  it.each([
    ['a fraction has one form', 0.5, 'le="0.5"'],
    ['a whole number has two, Prometheus 3 writes 1.0', 1, String.raw`le=~"1|1\\.0"`],
    ['ten has no exponent', 10, String.raw`le=~"10|10\\.0"`],
    ['a tiny bound may have an exponent', 0.00005, String.raw`le=~"0\\.00005|5e-05"`],
    ['a huge bound may have an exponent', 2_500_000, String.raw`le=~"2\\.5e\\+06|2500000|2500000\\.0"`],
  ])('of a latency asks for its bucket: %s', (_, belowSeconds, le) => {
    const matchers = goodOf(belowSeconds).slice('sum by (tenant) (increase('.length, -'[90s]))'.length);
    expect(matchers).toBe(`http_request_duration_seconds_bucket{${le},tenant=~"a"}`);
  });

  it('of a latency takes _count as total and keeps the histogram’s own selector', () => {
    const measured: MeasuredSlo = { kind: 'latency', histogram: 'h{job="x"}', belowSeconds: 0.3 };
    const queries = countQueries({ ...request, source: plain, measured, windowMs: 1500 });
    expect(queries).toMatchObject({
      good: 'sum by (tenant) (increase(h_bucket{job="x",le="0.3",tenant=~"T-1|T-2"}[1500ms]))',
      total: 'sum by (tenant) (increase(h_count{job="x",tenant=~"T-1|T-2"}[1500ms]))',
      revisionLabel: null,
    });
  });

  it('cuts the hash out of pod names where there is no label for it', () => {
    const byPod: QueriedSource = { ...plain, revision: { kind: 'podName', label: 'pod' } };
    expect(countQueries({ ...request, source: byPod, measured: availability })).toMatchObject({
      total:
        'sum by (tenant, tidegate_revision) (label_replace(increase(http_requests_total{tenant=~"T-1|T-2"}[2m]), "tidegate_revision", "$1", "pod", ".+-([a-z0-9]+)-[a-z0-9]+"))',
      revisionLabel: 'tidegate_revision',
    });
  });

  it('is the same in whatever order the source has its matchers', () => {
    const turned: QueriedSource = { ...source, matchers: { env: 'prod', cluster: '${cluster.name}' } };
    const queries = countQueries({ ...request, measured: availability });
    expect(countQueries({ ...request, source: turned, measured: availability })).toEqual(queries);
  });

  it('escapes names for RE2 and for PromQL', () => {
    const queries = countQueries({ ...request, measured: availability, tenantIds: [String.raw`a.b"c\d|e`] });
    expect(queries).toMatchObject({ total: expect.stringContaining(String.raw`tenant_id=~"a\\.b\"c\\\\d\\|e"`) });
  });

  it('fills a template with text around the name, and groups by its label', () => {
    const wide: QueriedSource = { ...source, matchers: { prometheus: 'mon/${cluster.name}' } };
    expect(countQueries({ ...request, source: wide, measured: availability })).toMatchObject({
      total: expect.stringMatching(/^sum by \(prometheus, .*prometheus=~"mon\/eu-1\|mon\/eu-2"/),
      clusterLabels: { prometheus: 'mon/${cluster.name}' },
    });
  });

  it.each<readonly [string, Partial<QueriedSource>, string]>([
    ['tenant', { tenantLabel: 'tenant-id' }, 'tenant-id'],
    ['revision', { revision: { kind: 'label', label: 'a) or (b' } }, 'a) or (b'],
    ['matcher', { matchers: { '1st': 'x' } }, '1st'],
  ])('refuses a %s label that is no label name', (_, part, name) => {
    const problem = { kind: 'problem', message: `${name} is no label name: letters, digits and _, not a digit first` };
    const broken = { ...source, ...part };
    expect(countQueries({ ...request, source: broken, measured: availability })).toEqual(problem);
    const guard = { source: broken, windowMs: 300_000, cluster: 'eu-1', tenantIds: ['T-1'], minRequests: 100 };
    expect(guardQuery({ ...guard, measured: availability })).toEqual({ ...problem, reason: 'LabelNotUnderstood' });
  });

  it('refuses a selector that it does not understand', () => {
    const measured: MeasuredSlo = { kind: 'ratio', good: 'a', total: 'sum(a)' };
    expect(countQueries({ ...request, measured })).toEqual({
      kind: 'problem',
      message:
        'selector sum(a), column 4: expected a selector of a counter, found a call of sum: rate and sum are added later',
    });
  });
});

describe('ambiguousTenant', () => {
  const rows = [
    { cluster: 'eu-1', tenantId: 'a' },
    { cluster: 'eu-1', tenantId: 'b' },
    { cluster: 'eu-1', tenantId: 'a' },
    { cluster: 'eu-2', tenantId: 'b' },
  ];
  const blind = { ...source, matchers: { env: 'prod' } };

  it('is one in two clusters of a source that cannot tell clusters apart', () => {
    expect(ambiguousTenant(blind, rows)).toEqual({ tenantId: 'b', clusters: ['eu-1', 'eu-2'] });
  });

  it('is none where a matcher names the cluster, nor where each tenant has one cluster', () => {
    expect(ambiguousTenant(source, rows)).toBeNull();
    expect(ambiguousTenant(blind, rows.slice(0, 3))).toBeNull();
  });
});

describe('describeQuery', () => {
  it('is one division that can be pasted', () => {
    expect(describeQuery({ ...request, measured: availability })).toEqual({
      kind: 'query',
      text: expect.stringMatching(/^sum by .*\(increase\(.*\n\/\nsum by .*\(increase\(.*\]\)\)$/),
    });
  });

  it('names ten tenants and says how many it left out', () => {
    const tenantIds = Array.from({ length: 12 }, (_, i) => `t${String(i).padStart(2, '0')}`);
    const described = describeQuery({ ...request, measured: availability, tenantIds });
    const text = described.kind === 'query' ? described.text : described.message;
    expect(text).toContain('t08|t09"');
    expect(text).not.toContain('t10');
    expect(text.endsWith('\n# and 2 more tenants')).toBe(true);
  });
});

describe('guardQuery', () => {
  const guard = { source, windowMs: 300_000, cluster: 'eu-1', tenantIds: ['T-1'], minRequests: 100 };
  const narrowed = 'cluster=~"eu-1",env="prod",tenant_id=~"T-1",rollouts_pod_template_hash="{{args.latest-hash}}"}[5m]';

  it('divides good by total of the new pods, is 0 without good series and empty without traffic', () => {
    expect(guardQuery({ ...guard, measured: availability })).toEqual({
      kind: 'query',
      query: [
        `(sum(increase(http_requests_total{code!~"5..",${narrowed}))`,
        `or sum(increase(http_requests_total{${narrowed})) * 0)`,
        `/ (sum(increase(http_requests_total{${narrowed})) >= 100)`,
      ].join(' '),
    });
  });

  it('of a latency stays empty where the bucket is missing', () => {
    const built = guardQuery({ ...guard, measured: latency(0.5) });
    expect(built.kind === 'query' && built.query).not.toContain(' or ');
  });

  it('asks for at least one request, or 0 over 0 would be NaN', () => {
    const built = guardQuery({ ...guard, measured: availability, minRequests: 0 });
    expect(built.kind === 'query' && built.query).toMatch(/ >= 1\)$/);
  });

  it('finds the hash in pod names', () => {
    const byPod: QueriedSource = { ...source, revision: { kind: 'podName', label: 'pod' } };
    const built = guardQuery({ ...guard, source: byPod, measured: availability });
    expect(built.kind === 'query' && built.query).toContain('pod=~".+-{{args.latest-hash}}-[a-z0-9]+"');
  });

  it('has no variables of Argo but its own', () => {
    const built = guardQuery({ ...guard, measured: availability, tenantIds: ['{{args.evil}}'] });
    const query = built.kind === 'query' ? built.query : '';
    expect(new Set(query.match(/\{\{[^}]*\}\}/g))).toEqual(new Set(['{{args.latest-hash}}']));
    const tricky: MeasuredSlo = { kind: 'ratio', good: 'a{path="/{{id}}"}', total: 'a' };
    const other = guardQuery({ ...guard, measured: tricky });
    expect(other.kind === 'query' && other.query).toContain(String.raw`path="/{\x7bid}}"`);
  });

  it('does not exist where versions cannot be told apart', () => {
    expect(guardQuery({ ...guard, source: { ...source, revision: { kind: 'none' } }, measured: availability })).toEqual(
      {
        kind: 'problem',
        reason: 'CannotTellVersions',
        message: 'the metric source has no revision label',
      },
    );
  });

  it('refuses a selector that it does not understand', () => {
    const measured: MeasuredSlo = { kind: 'ratio', good: 'a', total: 'a[5m]' };
    expect(guardQuery({ ...guard, measured })).toMatchObject({ kind: 'problem', reason: 'SelectorNotUnderstood' });
  });
});
