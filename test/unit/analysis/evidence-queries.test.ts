import { describe, expect, it } from 'vitest';
import { detailQueries, type EvidenceRequest, watchQueries } from '../../../src/analysis/evidence-queries.ts';
import { expectedScrapes, recentMs } from '../../../src/analysis/evidence-window.ts';

const request: EvidenceRequest = {
  measured: { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' },
  source: { matchers: {}, tenantLabel: 'tenant', revision: { kind: 'label', label: 'hash' } },
  windowMs: 120_000,
  scrapeIntervalMs: 15_000,
  clusters: ['eu'],
  tenantIds: ['a'],
};
const latency: EvidenceRequest = { ...request, measured: { kind: 'latency', histogram: 'seconds', belowSeconds: 0.5 } };

describe('watching the series behind counts', () => {
  it('asks for events in the last three scrapes, short series, and falling ones', () => {
    expect(watchQueries(request)).toEqual({
      kind: 'queries',
      byName: {
        recent: 'sum by (tenant, hash) (increase(requests_total{tenant=~"a"}[45s]))',
        short: 'min by (tenant, hash) (count_over_time(requests_total{tenant=~"a"}[2m])) < 8',
        resets: 'max by (tenant, hash) (resets(requests_total{tenant=~"a"}[2m])) > 1',
      },
    });
  });

  it('looks closer at all series, and at what was there before the window', () => {
    expect(detailQueries(request)).toMatchObject({
      byName: {
        scrapes: 'max by (tenant, hash) (count_over_time(requests_total{tenant=~"a"}[2m]))',
        newestAt: 'max by (tenant, hash) (timestamp(requests_total{tenant=~"a"}))',
        newTotal:
          'sum by (tenant, hash) (min_over_time(requests_total{tenant=~"a"}[2m]) unless count_over_time(requests_total{tenant=~"a"}[15m] offset 2m))',
        newGood: expect.stringContaining('min_over_time(requests_total{code!~"5..",tenant=~"a"}[2m])'),
      },
    });
  });

  it('of a latency watches the count of all requests', () => {
    const found = watchQueries(latency);
    expect(found.kind === 'queries' && found.byName['recent']).toContain('seconds_count{');
  });

  it.each([watchQueries, detailQueries])('refuses a selector that is not understood', (queries) => {
    const measured = { kind: 'ratio', good: 'a', total: 'rate(a[1m])' } as const;
    expect(queries({ ...request, measured })).toMatchObject({ kind: 'problem' });
  });
});

describe('the end of a window', () => {
  it.each([
    ['three scrapes', 120_000, 15_000, 45_000],
    ['at least five seconds, for quick scrapes are often late', 120_000, 1_000, 5_000],
    ['never more than the window', 30_000, 15_000, 30_000],
  ])('is %s', (_, windowMs, scrapeMs, wanted) => {
    expect(recentMs(windowMs, scrapeMs)).toBe(wanted);
  });

  it.each([
    [120_000, 15_000, 8],
    [100_000, 15_000, 6],
    [5_000, 15_000, 1],
    [120_000, 0, 1],
  ])('%i ms scraped every %i ms hold %i samples', (windowMs, scrapeMs, wanted) => {
    expect(expectedScrapes(windowMs, scrapeMs)).toBe(wanted);
  });
});
