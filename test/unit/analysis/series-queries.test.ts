import { expect, test } from 'vitest';
import type { QueriedSource } from '../../../src/analysis/promql.ts';
import { seriesQueries } from '../../../src/analysis/series-queries.ts';
import type { MeasuredSlo } from '../../../src/domain/plan.ts';

const source: QueriedSource = {
  matchers: { cluster: '${cluster.name}' },
  tenantLabel: 'tenant_id',
  revision: { kind: 'podName', label: 'pod' },
};
const ratio: MeasuredSlo = { kind: 'ratio', good: 'requests_total{code="200"}', total: 'requests_total{job="shop"}' };
const latency: MeasuredSlo = { kind: 'latency', histogram: 'request_seconds', belowSeconds: 0.5 };

test('all series of a total, and those that carry each label', () => {
  expect(seriesQueries(ratio, source, ['eu', 'us'])).toEqual({
    kind: 'queries',
    all: 'count(requests_total{job="shop",cluster=~"eu|us"})',
    withTenant: 'count(requests_total{job="shop",cluster=~"eu|us",tenant_id!=""})',
    withRevision: 'count(requests_total{job="shop",cluster=~"eu|us",pod!=""})',
  });
});

test('a histogram is looked at by its count, and a source without revisions is not asked for them', () => {
  expect(seriesQueries(latency, { ...source, revision: { kind: 'none' } }, ['eu'])).toMatchObject({
    all: 'count(request_seconds_count{cluster=~"eu"})',
    withRevision: null,
  });
});

test('what is no selector or no label is said, not sent', () => {
  const broken = { ...ratio, total: 'rate(requests_total[5m])' };
  expect(seriesQueries(broken, source, ['eu'])).toMatchObject({ kind: 'problem' });
  expect(seriesQueries(ratio, { ...source, tenantLabel: 'tenant-id' }, ['eu'])).toMatchObject({
    kind: 'problem',
    message: expect.stringContaining('tenant-id') as string,
  });
});
