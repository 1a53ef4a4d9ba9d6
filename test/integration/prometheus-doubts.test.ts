import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/adapters/prometheus/prometheus-access.ts';
import { createPrometheusSource } from '../../src/adapters/prometheus/prometheus-source.ts';
import { judgeRows } from '../../src/analysis/judge-rows.ts';
import { instant } from '../../src/domain/time.ts';
import type { VerdictKind } from '../../src/domain/verdict.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests, sourceSpec } from '../contract/metric-source/prometheus-world.ts';
import {
  atMs,
  availability,
  both,
  measurePods,
  type Pod,
  policy,
  restarted,
  rising,
  type ServedPods,
  seen,
  stopped,
  taken,
  type Value,
  windowMs,
  writePods,
} from './scraped-pods.ts';
import { SCRAPE_MS } from './scraped-series.ts';

const bin = await prometheusForTests();
const none: Value = () => 0;

/** Well served: 10 requests a second, 1 % of them failed. */
const GOOD: Pod = { ok: rising(9.9), failed: rising(0.1) };
/** Badly served: 30 % of the requests failed. */
const BAD: Pod = { ok: rising(7), failed: rising(3) };

/** What goes wrong between a pod's counters and our numbers. */
interface Fault {
  readonly name: string;
  readonly inject: (pod: Pod) => readonly Pod[];
  /** For well served tenants, with the reason. */
  readonly good: readonly [kind: VerdictKind, reason: string];
  /** For badly served ones. */
  readonly bad: readonly [kind: VerdictKind, reason: string];
}

const faults: readonly Fault[] = [
  {
    name: 'nothing',
    inject: (pod) => [pod],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'a restart within the window',
    inject: (pod) => [both(pod, (value) => restarted(value, 60_000))],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'two pods that write one series in turn',
    inject: (pod) => [both(pod, taken)],
    good: ['missing', 'UnsteadyCounter'],
    bad: ['missing', 'UnsteadyCounter'],
  },
  {
    name: 'no scrape for the second half of the window, marked as a failed scrape is',
    inject: (pod) => [{ ...both(pod, (value) => seen(value, (agoMs) => agoMs >= 60_000)), isMarked: true }],
    good: ['missing', 'SeriesVanished'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'samples that end without a mark, as from a remote that lags',
    inject: (pod) => [both(pod, (value) => seen(value, (agoMs) => agoMs >= 60_000))],
    good: ['missing', 'StaleSamples'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'samples three scrapes old, as from a remote that lags a little',
    inject: (pod) => [both(pod, (value) => seen(value, (agoMs) => agoMs >= 30_000))],
    good: ['missing', 'StaleSamples'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'samples two scrapes old',
    inject: (pod) => [both(pod, (value) => seen(value, (agoMs) => agoMs >= 20_000))],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'no scrape for the first two thirds of the window',
    inject: (pod) => [
      { ...both(pod, (value) => seen(value, (agoMs) => agoMs > 125_000 || agoMs <= 40_000)), isMarked: true },
    ],
    good: ['missing', 'ScrapeGap'],
    bad: ['missing', 'ScrapeGap'],
  },
  {
    name: 'no scrape for four minutes, the whole window',
    inject: (pod) => [{ ...both(pod, (value) => seen(value, (agoMs) => agoMs >= 240_000)), isMarked: true }],
    good: ['missing', 'NoRow'],
    bad: ['missing', 'NoRow'],
  },
  {
    name: 'one failed scrape, the newest',
    inject: (pod) => [{ ...both(pod, (value) => seen(value, (agoMs) => agoMs > 0)), isMarked: true }],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'two failed scrapes in the middle',
    inject: (pod) => [
      { ...both(pod, (value) => seen(value, (agoMs) => agoMs < 60_000 || agoMs > 70_000)), isMarked: true },
    ],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'one of two pods scaled away',
    inject: (pod) => [
      { ...pod, pod: 'a' },
      { ...both(pod, (value) => seen(value, (agoMs) => agoMs >= 60_000)), isMarked: true, pod: 'b' },
    ],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'an exporter that repeats the values of pods that died a minute ago',
    inject: (pod) => [both(pod, (value) => stopped(value, 60_000))],
    good: ['inconclusive', 'SeriesStandStill'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
  {
    name: 'an exporter that repeats the values of pods that died long ago',
    inject: (pod) => [both(pod, (value) => stopped(value, 400_000))],
    good: ['inconclusive', 'TooFewRequests'],
    bad: ['inconclusive', 'TooFewRequests'],
  },
  {
    name: 'an exporter that repeats a dead pod beside a live one',
    inject: (pod) => [
      { ...pod, pod: 'a' },
      { ...both(pod, (value) => stopped(value, 400_000)), pod: 'b' },
    ],
    good: ['pass', 'WithinObjective'],
    bad: ['fail', 'MoreBadEventsThanExplained'],
  },
];

/** Faults that no kind of traffic shows by itself. */
const others: readonly (readonly [name: string, pods: readonly Pod[], kind: VerdictKind, reason: string])[] = [
  [
    'errors that come with their label set, at once',
    [{ ok: rising(10), failed: (agoMs) => (agoMs <= 60_000 ? 300 : null) }],
    'inconclusive',
    'FirstErrorsUnseen',
  ],
  [
    'the first few errors, within the objective',
    [{ ok: rising(10), failed: (agoMs) => (agoMs <= 60_000 ? 6 : null) }],
    'pass',
    'WithinObjective',
  ],
  [
    'a second pod that comes with its first hundred requests',
    [
      { ...GOOD, pod: 'a' },
      { ok: (agoMs) => (agoMs <= 60_000 ? 100 + (60_000 - agoMs) / 100 : null), failed: none, pod: 'b' },
    ],
    'pass',
    'WithinObjective',
  ],
  ['a quiet tenant', [{ ok: rising(0.5), failed: none }], 'inconclusive', 'TooFewRequests'],
  [
    'a tenant whose first requests just came',
    [{ ok: (agoMs) => (agoMs <= 30_000 ? (30_000 - agoMs) / 1000 : null), failed: () => null }],
    'inconclusive',
    'TooFewRequests',
  ],
  [
    'a latecomer: nothing was good, ever',
    [{ ok: () => null, failed: rising(10) }],
    'fail',
    'MoreBadEventsThanExplained',
  ],
];

describe.skipIf(bin === null)('data that lie, in a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  const written: readonly ServedPods[] = [
    ...faults.flatMap(({ name, inject }) => [
      { tenantId: `good: ${name}`, pods: inject(GOOD), revision: 'new' },
      { tenantId: `bad: ${name}`, pods: inject(BAD), revision: 'new' },
    ]),
    ...others.map(([name, pods]) => ({ tenantId: name, pods, revision: 'new' })),
    {
      tenantId: 'before',
      pods: [{ ok: rising(10), failed: stopped(rising(10), windowMs + 2 * SCRAPE_MS) }],
      revision: 'new',
    },
    { tenantId: 'beside', pods: [both(GOOD, (value) => stopped(value, 400_000))], revision: 'new' },
    { tenantId: 'beside', pods: [BAD, { ...BAD, pod: 'b' }], revision: 'old' },
  ];

  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: SCRAPE_MS });
    await writePods(prometheus.url, written);
  });
  afterAll(() => prometheus?.stop());

  async function verdictOn(tenantId: string, at = atMs) {
    const rows = await measurePods(prometheus.url, [tenantId], at);
    const canary = rows.filter(({ revision }) => revision === 'new');
    const stable = rows.filter(({ revision }) => revision !== 'new');
    return judgeRows({ canary, stable }, policy);
  }

  it.each(faults)('good data stay unharmed by $name', async ({ name, good: [kind, reason] }) => {
    expect(await verdictOn(`good: ${name}`)).toMatchObject({ kind, reason });
  });

  it.each(faults)('bad data do not pass for $name', async ({ name, bad: [kind, reason] }) => {
    expect(await verdictOn(`bad: ${name}`)).toMatchObject({ kind, reason });
  });

  it.each(others)('%s', async (name, _, kind, reason) => {
    expect(await verdictOn(name)).toMatchObject({ kind, reason });
  });

  it.each([0, SCRAPE_MS])(
    'errors of before the step are not counted once data count, a clock %i ms off',
    async (offMs) => {
      expect(await verdictOn('before', atMs - offMs)).toMatchObject({
        kind: 'pass',
        message: '0 % of 1 200 requests bad, allowed 5 %',
      });
    },
  );

  it('a version without any request while the other one is busy stands still', async () => {
    expect(await verdictOn('beside')).toMatchObject({ kind: 'inconclusive', reason: 'SeriesStandStill' });
  });

  it.each<readonly [string, number, RegExp | null]>([
    ['as ours', 0, null],
    ['1 s ahead', 1_000, null],
    ['1 s behind', -1_000, null],
    ['30 s ahead', 30_000, /its clock is (30|29.*)s ahead of ours, 10s are tolerated/],
    ['30 s behind', -30_000, /its clock is (30|29.*|28.*)s behind ours/],
    ['5 min ahead', 300_000, /its clock is (5m|4m59s|4m58s) ahead of ours/],
    ['5 min behind', -300_000, /its clock is (5m|4m59s|4m58s) behind ours/],
  ])('a clock of the server %s', async (_, aheadMs, said) => {
    const now = () => instant(Date.now() - aheadMs);
    const source = createPrometheusSource(sourceSpec(prometheus.url), openAccess, { now });
    const rows = [{ cluster: 'eu-1', tenantId: 'good: nothing' }];
    const request = { slo: availability, windowMs, at: instant(atMs), rows };
    const outcome = await source.measure(request, new AbortController().signal).catch((error: unknown) => error);
    if (said === null) return expect(outcome).toHaveLength(1);
    expect(outcome).toMatchObject({ name: 'TransientError', reason: 'ClockSkew' });
    expect(String(outcome)).toMatch(said);
  });
});
