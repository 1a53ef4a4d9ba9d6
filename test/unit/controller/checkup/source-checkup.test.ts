import { describe, expect, test } from 'vitest';
import type { SourceSlo, SourceToCheck } from '../../../../src/controller/checkup/metric-source.ts';
import { checkSource } from '../../../../src/controller/checkup/source-checkup.ts';
import { TransientError } from '../../../../src/domain/errors.ts';
import type { MetricSourceSpec } from '../../../../src/domain/fleet.ts';
import { instant } from '../../../../src/domain/time.ts';
import type { MeasuredRow, SeriesCount } from '../../../../src/ports/metric-source.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { brief, drive } from './a-checked-cluster.ts';

const SPEC: MetricSourceSpec = {
  name: 'prom-eu',
  url: 'http://prometheus.example',
  auth: { kind: 'none' },
  headers: {},
  matchers: {},
  tenantLabel: 'tenant_id',
  revision: { kind: 'label', label: 'pod_hash' },
  scrapeIntervalMs: 15_000,
};
const ROWS = ['acme', 'globex'].map((tenant) => ({ tenant, cluster: 'eu', tenantId: `T-${tenant}` }));
const SERVED: readonly MeasuredRow[] = ROWS.map(({ cluster, tenantId }) => {
  return { cluster, tenantId, revision: 'a', good: 9, total: 10, seen: null };
});

interface Source {
  readonly spec?: Partial<MetricSourceSpec>;
  readonly rows?: SourceSlo['rows'];
  readonly series?: Partial<SeriesCount>;
  readonly answer?: readonly MeasuredRow[];
  readonly skewMs?: number;
  readonly fail?: Error;
}

async function lookAt(source: Source = {}) {
  const clock = createVirtualClock();
  const { fail, rows = ROWS, skewMs = 0 } = source;
  const checked: SourceToCheck = {
    spec: { ...SPEC, ...source.spec },
    source: { name: 'prom-eu', measure: async () => source.answer ?? SERVED },
    probe: {
      name: 'prom-eu',
      serverTime: async () => {
        if (fail !== undefined) throw fail;
        return instant(clock.now() + skewMs);
      },
      countSeries: async () => ({ all: 4, withTenant: 4, withRevision: 4, ...source.series }),
    },
    slos: [{ name: 'shop/availability', measured: { kind: 'ratio', good: 'good_total', total: 'all_total' }, rows }],
  };
  return drive(clock, checkSource(checked, clock));
}

const slo = (level: string, reason: string) => `${level} slo shop/availability ${reason}`;

describe('the checkup of a metric source', () => {
  test('finds nothing wrong where every tenant has data', async () => {
    expect(brief(await lookAt())).toEqual(['ok server SourceAnswers', slo('ok', 'SloMeasurable')]);
  });

  test.for<Source & { readonly when: string; readonly tells: string; readonly says: string }>([
    {
      when: 'its clock is wrong by seconds',
      skewMs: -5_000,
      tells: 'warning server ClockSkew',
      says: '5 seconds behind ours',
    },
    {
      when: 'its clock is wrong by a minute',
      skewMs: 60_000,
      tells: 'error server ClockSkew',
      says: '60 seconds ahead',
    },
    {
      when: 'no series has the metric',
      series: { all: 0, withTenant: 0, withRevision: 0 },
      tells: slo('error', 'NoSeries'),
      says: 'no series at all',
    },
    {
      when: 'no series has the tenant',
      series: { withTenant: 0 },
      tells: slo('error', 'NoTenantLabel'),
      says: 'none of 4 series carries the label tenant_id',
    },
    {
      when: 'some series lack the tenant',
      series: { withTenant: 1 },
      tells: slo('warning', 'NoTenantLabel'),
      says: '3 of 4 series lack the label tenant_id',
    },
    {
      when: 'no series has the revision',
      series: { withRevision: 0 },
      tells: slo('error', 'NoRevisionLabel'),
      says: 'none of 4 series carries the label pod_hash',
    },
    {
      when: 'it is not meant to tell revisions apart',
      spec: { revision: { kind: 'none' } },
      tells: slo('warning', 'RevisionsUnknown'),
      says: 'cannot be told apart',
    },
    {
      when: 'a tenant has no data',
      answer: SERVED.slice(0, 1),
      tells: slo('warning', 'TenantsWithoutData'),
      says: '1 of 2 tenants without a request in 5 minutes: globex',
    },
    {
      when: 'no tenant has a request',
      answer: SERVED.map((row) => ({ ...row, good: 0, total: 0 })),
      tells: slo('error', 'TenantsWithoutData'),
      says: '2 of 2 tenants without a request',
    },
    {
      when: 'two revisions serve a tenant',
      answer: [...SERVED, { ...SERVED[0]!, revision: 'b' }],
      tells: slo('warning', 'SeveralRevisions'),
      says: '1 tenant served by more than one revision: acme',
    },
    {
      when: 'a tenant is in two clusters that its series do not tell apart',
      rows: [...ROWS, { ...ROWS[0]!, cluster: 'us' }],
      tells: slo('error', 'TenantAmbiguous'),
      says: 'clusters eu and us of tenant T-acme',
    },
  ])('tells when $when', async ({ tells, says, ...source }) => {
    const findings = await lookAt(source);
    const found = findings.filter((finding) => brief([finding])[0] === tells);
    expect(brief(found), brief(findings).join('\n')).toEqual([tells]);
    expect(found[0]!.message).toContain(says);
    expect(found[0]!.remedy).not.toBeNull();
  });

  test('asks nothing more of one that does not answer', async () => {
    const findings = await lookAt({ fail: new TransientError('query source prom-eu: cannot reach it: ECONNREFUSED') });
    expect(brief(findings)).toEqual(['error server Unreachable']);
    expect(findings[0]!.message).toContain('ECONNREFUSED');
  });
});
