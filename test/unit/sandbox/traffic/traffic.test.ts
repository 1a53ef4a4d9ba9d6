import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../../src/domain/errors.ts';
import type { MeasuredSlo } from '../../../../src/domain/plan.ts';
import { later } from '../../../../src/domain/time.ts';
import type { MeasureRequest } from '../../../../src/ports/metric-source.ts';
import { metricsText } from '../../../../src/sandbox/traffic/exposition.ts';
import { firstBadResponseAt, tenantHarm } from '../../../../src/sandbox/traffic/harm.ts';
import { createLoadTimeline } from '../../../../src/sandbox/traffic/load-timeline.ts';
import {
  createModelMetricSource,
  flapping,
  type ModelMetricSourceOptions,
} from '../../../../src/sandbox/traffic/model-metric-source.ts';
import { type Behaviour, profileOf, type TrafficModel } from '../../../../src/sandbox/traffic/traffic-model.ts';
import { type OneRollout, pausedAtFirstStep } from '../one-rollout.ts';

const everybody = { tier: null, tenant: null };
const acme = { id: 'acme', tier: 'business', cluster: 'eu', namespace: 'shop', rollout: 'app' };
const zeta = { ...acme, id: 'zeta', tier: 'free' };

const model = (behaviours: readonly Behaviour[]): TrafficModel => ({
  tenants: [acme, zeta],
  requestsPerSecond: { business: 100, free: 10 },
  versions: { 'app:v2': behaviours },
});

const SLOW: Behaviour = { kind: 'slow', whom: { tier: 'business', tenant: null }, shareRatio: 0.3, seconds: 0.8 };
const FAILING: Behaviour = { kind: 'failing', whom: { tier: null, tenant: 'zeta' }, errorRatio: 0.5 };

/** At the first pause one of four pods is new: it gets a quarter of the requests. */
const paused = (behaviours: readonly Behaviour[]): Promise<OneRollout> =>
  pausedAtFirstStep({ world: { traffic: model(behaviours) } });

const AVAILABILITY: MeasuredSlo = {
  kind: 'ratio',
  good: 'http_requests_total{code!~"5.."}',
  total: 'http_requests_total',
};
const latency = (belowSeconds: number): MeasuredSlo => ({
  kind: 'latency',
  histogram: 'http_request_duration_seconds',
  belowSeconds,
});

async function measure(
  one: OneRollout,
  request: Partial<MeasureRequest>,
  options: Partial<ModelMetricSourceOptions> = {},
) {
  const source = createModelMetricSource(one.world.traffic, { name: 'prom-eu', ...options });
  return source.measure(
    {
      slo: AVAILABILITY,
      windowMs: 10_000,
      at: one.clock.now(),
      rows: [{ cluster: 'eu', tenantId: 'acme' }],
      ...request,
    },
    new AbortController().signal,
  );
}

describe('what a tenant gets from a version', () => {
  it('is good by default: above three nines, within 300 ms for more than 95 %', () => {
    const profile = profileOf([], acme);
    expect(profile.errorRatio).toBeLessThan(0.001);
    expect(profile.withinRatios[1]).toBeGreaterThan(0.95);
    expect(profile.harmedRatio).toBe(0);
  });

  it('is touched only by the behaviours that are meant for it', () => {
    expect(profileOf([SLOW, FAILING], acme)).toMatchObject({ harmedRatio: 0.3, isMeasured: true });
    expect(profileOf([SLOW, FAILING], zeta).errorRatio).toBeCloseTo(0.5, 3);
    expect(profileOf([{ kind: 'unmeasured', whom: everybody }], zeta).isMeasured).toBe(false);
  });

  it('of a slow version is over the bound for its share', () => {
    const { withinRatios } = profileOf([SLOW], acme);
    expect(withinRatios[2]).toBeCloseTo(0.7 * 0.998, 6);
    expect(withinRatios[3]).toBe(1);
  });
});

describe('the load', () => {
  const old = { podHash: 'old', versionKeys: ['v1'] };
  const young = { podHash: 'young', versionKeys: ['v2'] };
  it('is split by ready pods, and added up over time', () => {
    const timeline = createLoadTimeline();
    timeline.note(old, 4, 0);
    timeline.note(young, 1, 10_000);
    timeline.note(old, 3, 10_000);
    timeline.note(young, 0, 30_000);
    expect(timeline.servedSeconds('old', 10_000)).toBe(10);
    expect(timeline.servedSeconds('young', 30_000)).toBe(5);
    expect(timeline.servedSeconds('young', 60_000)).toBe(5);
    expect(timeline.servedSeconds('old', 40_000)).toBe(10 + 15 + 10);
    expect(timeline.servingMs('young', 60_000)).toBe(20_000);
    expect([timeline.isServing('young', 29_000), timeline.isServing('young', 30_000)]).toEqual([true, false]);
    expect(timeline.reachedAt('young', 1, 60_000)).toBe(14_000);
    expect(timeline.reachedAt('young', 6, 60_000)).toBeNull();
  });

  it('goes nowhere while nothing is ready', () => {
    const timeline = createLoadTimeline();
    timeline.note(old, 2, 0);
    timeline.note(old, 0, 5000);
    timeline.note(old, 2, 9000);
    expect(timeline.servedSeconds('old', 10_000)).toBe(6);
  });
});

describe('the exposition', () => {
  it('has every series of the pods that are there, and errors at 0', async () => {
    const one = await paused([]);
    await one.advance(10_000);
    const text = metricsText(one.world.traffic, 'eu');
    const { stableRS, currentPodHash } = one.status();
    const labels = `cluster="eu",namespace="shop",tenant_id="acme",rollouts_pod_template_hash="${currentPodHash}"`;
    expect(text).toContain('# TYPE http_requests_total counter\n');
    expect(text).toContain(`http_requests_total{${labels},code="500"} 0\n`);
    expect(text).toMatch(new RegExp(`http_request_duration_seconds_bucket\\{${labels},le="\\+Inf"\\} 2\\d\\d\\n`));
    expect(text).toContain(`rollouts_pod_template_hash="${stableRS}"`);
    expect(metricsText(one.world.traffic, 'us')).not.toContain('{');
  });

  it('no longer has the series of pods that are gone', async () => {
    const one = await paused([]);
    await one.advance(1000);
    const { currentPodHash } = one.status();
    one.abort();
    await one.until((status) => status.updatedReplicas === undefined);
    expect(metricsText(one.world.traffic, null)).not.toContain(`"${currentPodHash}"`);
  });

  it('has counters that never fall', async () => {
    const one = await paused([SLOW, FAILING]);
    const read = () =>
      metricsText(one.world.traffic, null)
        .split('\n')
        .filter((line) => line.includes('{'))
        .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    let before = read();
    for (let turn = 0; turn < 50; turn++) {
      await one.advance(137);
      const now = read();
      expect(now.every((value, index) => value >= before[index]!)).toBe(true);
      before = now;
    }
  });
});

describe('the model as a metric source', () => {
  it('counts each revision by itself', async () => {
    const one = await paused([]);
    await one.advance(30_000);
    const rows = await measure(one, {});
    const { stableRS, currentPodHash } = one.status();
    const totals = Object.fromEntries(rows.map(({ revision, total }) => [revision, total]));
    expect(totals[stableRS!]).toBeCloseTo(0.75 * 100 * 9, -1);
    expect(totals[currentPodHash!]).toBeCloseTo(0.25 * 100 * 9, -1);
  });

  it('shows who is slow, at the bound that is asked for', async () => {
    const one = await paused([SLOW]);
    await one.advance(30_000);
    const share = async (belowSeconds: number) => {
      const rows = await measure(one, { slo: latency(belowSeconds) });
      const row = rows.find(({ revision }) => revision === one.status().currentPodHash);
      return row!.good / row!.total;
    };
    expect(await share(0.5)).toBeCloseTo(0.7, 1);
    expect(await share(1)).toBe(1);
    expect(await measure(one, { slo: latency(0.4) })).toEqual([]);
  });

  it('has no row before a series was scraped twice, nor for tenants and metrics that are not there', async () => {
    const one = await paused([]);
    const revisions = (await measure(one, {})).map(({ revision }) => revision);
    expect(revisions).toEqual([one.status().stableRS]);
    expect(await measure(one, { rows: [{ cluster: 'eu', tenantId: 'nobody' }] })).toEqual([]);
    const other: MeasuredSlo = { kind: 'ratio', good: 'grpc_total', total: 'grpc_total' };
    expect(await measure(one, { slo: other })).toEqual([]);
  });

  it('has no row for what is not measured', async () => {
    const one = await paused([{ kind: 'unmeasured', whom: everybody }]);
    await one.advance(30_000);
    expect((await measure(one, {})).map(({ revision }) => revision)).toEqual([one.status().stableRS]);
  });

  it('still has a revision that left within the window', async () => {
    const one = await paused([]);
    await one.advance(10_000);
    const { currentPodHash } = one.status();
    one.abort();
    await one.advance(3000);
    const revisions = (await measure(one, {})).map(({ revision }) => revision);
    expect(revisions).toContain(currentPodHash);
    await one.advance(10_000);
    expect((await measure(one, {})).map(({ revision }) => revision)).not.toContain(currentPodHash);
  });

  const seenOf = async (one: OneRollout, revision: string | undefined, windowMs = 10_000) =>
    (await measure(one, { windowMs })).find((row) => row.revision === revision)?.seen;

  it('sees series that are scraped all the time as they should be', async () => {
    const one = await paused([]);
    await one.advance(30_000);
    const { currentPodHash } = one.status();
    expect(await seenOf(one, currentPodHash)).toEqual({
      newest: { kind: 'fresh' },
      scrapes: 10,
      resets: 0,
      recentEvents: 100,
      unseenBad: 0,
    });
  });

  it('sees the series of pods that are gone end, once two of the last scrapes have missed them', async () => {
    const one = await paused([]);
    await one.advance(10_000);
    const { currentPodHash } = one.status();
    one.abort();
    await one.advance(2000);
    expect((await seenOf(one, currentPodHash))?.newest).toEqual({ kind: 'fresh' });
    await one.advance(4000);
    expect(await seenOf(one, currentPodHash)).toMatchObject({ newest: { kind: 'ended' }, recentEvents: null });
  });

  it('sees the errors that a series had when it first was scraped', async () => {
    const one = await paused([{ kind: 'failing', whom: everybody, errorRatio: 1 }]);
    const { currentPodHash } = one.status();
    await one.advance(4000);
    const young = await seenOf(one, currentPodHash);
    expect(young?.unseenBad).toBeGreaterThan(0);
    expect(young?.scrapes).toBeLessThan(10);
    await one.advance(30_000);
    expect((await seenOf(one, currentPodHash))?.unseenBad).toBe(0);
  });

  it('fails, is empty, flaps and loses rows when it is told to', async () => {
    const one = await paused([]);
    await one.advance(30_000);
    await expect(measure(one, {}, { faults: () => 'unavailable' })).rejects.toThrow(TransientError);
    expect(await measure(one, {}, { faults: () => 'empty' })).toEqual([]);
    expect(await measure(one, {}, { keeps: ({ revision }) => revision === one.status().stableRS })).toHaveLength(1);
    const faults = flapping(10_000, 4000);
    const request = { slo: AVAILABILITY, windowMs: 1, rows: [] };
    const start = later(one.clock.now(), 10_000 - (one.clock.now() % 10_000));
    expect(faults({ ...request, at: start })).toBe('unavailable');
    expect(faults({ ...request, at: later(start, 5000) })).toBe('none');
  });

  it('adds revisions up where the source cannot tell them apart', async () => {
    const one = await paused([]);
    await one.advance(30_000);
    const rows = await measure(one, {}, { tellsRevisions: false });
    expect(rows.map(({ revision }) => revision)).toEqual(['']);
    expect(rows[0]?.total).toBeCloseTo(900, -2);
  });
});

describe('harm', () => {
  it('is counted by tenant, from the first bad response on', async () => {
    const one = await paused([SLOW]);
    const pausedAt = one.clock.now();
    await one.advance(20_000);
    expect(tenantHarm(one.world.traffic)).toMatchObject([{ tenant: 'acme', tier: 'business' }]);
    const [harm] = tenantHarm(one.world.traffic);
    expect(harm?.badResponses).toBeCloseTo(0.3 * 25 * 20, -2);
    expect(harm?.harmedMs).toBeGreaterThan(20_000);
    const firstBadAt = firstBadResponseAt(one.world.traffic, 'app:v2');
    expect(Math.abs(firstBadAt! - pausedAt)).toBeLessThan(1000);
    expect(firstBadResponseAt(one.world.traffic, 'app:v1')).toBeNull();
  });

  it('ends when the pods are gone', async () => {
    const one = await paused([FAILING]);
    await one.advance(5000);
    one.abort();
    await one.until((status) => status.updatedReplicas === undefined);
    const [before] = tenantHarm(one.world.traffic);
    await one.advance(60_000);
    expect(tenantHarm(one.world.traffic)).toEqual([before]);
  });
});
