import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createPrometheusSource } from '../../src/adapters/prometheus/prometheus-source.ts';
import { describeQuery } from '../../src/analysis/describe-query.ts';
import { guardQuery } from '../../src/analysis/guard-query.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import type { MetricSourceSpec } from '../../src/domain/fleet.ts';
import type { MeasuredSlo } from '../../src/domain/plan.ts';
import { instant } from '../../src/domain/time.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests, risingCounter, sourceSpec } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';

const bin = await prometheusForTests();
const windowMs = 120_000;
const atMs = Math.floor(Date.now() / 10_000) * 10_000;
const availability: MeasuredSlo = { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' };
const latency = (belowSeconds: number): MeasuredSlo => ({ kind: 'latency', histogram: 'seconds', belowSeconds });

describe.skipIf(bin === null)('a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    const place = { cluster: 'eu-1', env: 'test', tenant_id: 'a' };
    const counter = (perWindow: number, labels: Record<string, string>) =>
      risingCounter({ ...place, ...labels }, perWindow, atMs);
    await remoteWrite(prometheus.url, [
      counter(90, { __name__: 'requests_total', code: '200', pod: 'shop-6d4cf56db6-x2x9k', pod_hash: '6d4cf56db6' }),
      counter(30, { __name__: 'requests_total', code: '500', pod: 'shop-6d4cf56db6-b7b7b', pod_hash: '6d4cf56db6' }),
      counter(60, { __name__: 'requests_total', code: '200', pod: 'shop-web-7f8-c4c4c', pod_hash: '7f8' }),
      counter(48, { __name__: 'requests_total', code: '500', pod: 'shop-fffff-c4c4c', pod_hash: 'broken' }),
      counter(0, { __name__: 'requests_total', code: '200', pod: 'shop-idle1-c4c4c', pod_hash: 'idle' }),
      counter(60, { __name__: 'seconds_count', pod_hash: 'h' }),
      counter(36, { __name__: 'seconds_bucket', le: '0.5', pod_hash: 'h' }),
      counter(48, { __name__: 'seconds_bucket', le: '1.0', pod_hash: 'h' }),
      counter(54, { __name__: 'seconds_bucket', le: '2', pod_hash: 'h' }),
      counter(60, { __name__: 'seconds_bucket', le: '+Inf', pod_hash: 'h' }),
    ]);
  });
  afterAll(() => prometheus?.stop());

  const measure = (slo: MeasuredSlo, part: Partial<MetricSourceSpec> = {}) =>
    createPrometheusSource(sourceSpec(prometheus.url, part)).measure(
      { slo, windowMs, at: instant(atMs), rows: [{ cluster: 'eu-1', tenantId: 'a' }] },
      new AbortController().signal,
    );

  it('tells revisions by pod names, summing the pods of each', async () => {
    const rows = await measure(availability, { revision: { kind: 'podName', label: 'pod' } });
    const counts = rows.map((row) => `${row.revision} ${Math.round(row.good)}/${Math.round(row.total)}`);
    expect(new Set(counts)).toEqual(new Set(['6d4cf56db6 90/120', '7f8 60/60', 'fffff 0/48', 'idle1 0/0']));
  });

  it('adds everything up where revisions are not told', async () => {
    const rows = await measure(availability, { revision: { kind: 'none' } });
    expect(rows.map((row) => [row.revision, Math.round(row.good), Math.round(row.total)])).toEqual([['', 150, 228]]);
  });

  it.each([
    ['a fraction', 0.5, 36],
    ['one written 1.0', 1, 48],
    ['one written 2', 2, 54],
  ])('finds the bucket of %s', async (_, belowSeconds, good) => {
    expect((await measure(latency(belowSeconds))).map((row) => Math.round(row.good))).toEqual([good]);
  });

  it('has no bucket for a bound that is no edge', async () => {
    await expect(measure(latency(0.3))).rejects.toBeInstanceOf(TerminalError);
  });

  it('says in its own words why a query is bad', async () => {
    const bad: MeasuredSlo = { kind: 'ratio', good: 'requests_total{code=~"("}', total: 'requests_total' };
    await expect(measure(bad)).rejects.toThrow(/answered 400: .*parse error/);
    await expect(measure(bad)).rejects.toBeInstanceOf(TerminalError);
  });

  it('never sees more requests than good ones of a good version, while scrapes come in', async () => {
    const startMs = Date.now() - 60_000;
    const scrape = (count: number) => ({
      labels: {
        __name__: 'requests_total',
        code: '200',
        pod_hash: 'new',
        cluster: 'eu-2',
        env: 'test',
        tenant_id: 'a',
      },
      samples: [{ atMs: startMs + count * 100, value: count * 10 }],
    });
    const source = createPrometheusSource(sourceSpec(prometheus.url));
    const rows = [{ cluster: 'eu-2', tenantId: 'a' }];
    const { signal } = new AbortController();
    for (let count = 0; count < 200; count += 1) {
      const request = { slo: availability, windowMs, at: instant(startMs + 30_000), rows };
      const [, seen] = await Promise.all([
        remoteWrite(prometheus.url, [scrape(count)]),
        source.measure(request, signal),
      ]);
      for (const { good, total } of seen) expect(good).toBe(total);
    }
  });

  /** The values that Argo's provider would get. */
  const ask = async (promql: string): Promise<readonly number[]> => {
    const parameters = new URLSearchParams({ query: promql, time: String(atMs / 1000) });
    const answer = await fetch(`${prometheus.url}/api/v1/query?${parameters.toString()}`);
    const body = (await answer.json()) as { error?: string; data: { result: { value: [number, string] }[] } };
    expect(body.error).toBeUndefined();
    return body.data.result.map((row) => Number(Number(row.value[1]).toFixed(6)));
  };

  it('answers the query that a plan shows to people', async () => {
    const tenantIds = ['a', ...Array.from({ length: 20 }, (_, i) => `b${i}`)];
    const source = sourceSpec(prometheus.url);
    const described = describeQuery({ measured: availability, source, windowMs, clusters: ['eu-1'], tenantIds });
    expect(described.kind).toBe('query');
    const shares = await ask(described.kind === 'query' ? described.text : '');
    expect(new Set(shares)).toEqual(new Set([0.75, 1, Number.NaN]));
  });

  it.each<readonly [string, MeasuredSlo, string, number, readonly number[]]>([
    ['is the share of good requests', availability, '6d4cf56db6', 100, [0.75]],
    ['is 0 where nothing was ever good', availability, 'broken', 1, [0]],
    ['is empty below the minimum of requests', availability, '6d4cf56db6', 500, []],
    ['is empty without traffic, not NaN', availability, 'idle', 0, []],
    ['is empty without pods', availability, 'unknown', 1, []],
    ['counts a latency', latency(1), 'h', 1, [0.8]],
    ['of a bound that is no edge is empty, not 0', latency(0.3), 'h', 1, []],
  ])('a guard %s', async (_, measured, hash, minRequests, wanted) => {
    const source = sourceSpec(prometheus.url);
    const guard = guardQuery({ measured, source, windowMs, cluster: 'eu-1', tenantIds: ['a'], minRequests });
    const query = guard.kind === 'query' ? guard.query : '';
    expect(await ask(query.replaceAll('{{args.latest-hash}}', hash))).toEqual(wanted);
  });

  /** A stock template's query with its defaults and these arguments, as Argo fills it in. */
  const stockQuery = (name: string, given: Readonly<Record<string, string>>): string => {
    const { spec } = parse(readFileSync(new URL(`../../analysis-templates/${name}.yaml`, import.meta.url), 'utf8'));
    const defaults = Object.fromEntries(
      spec.args.map((argument: { name: string; value?: string }) => [argument.name, argument.value]),
    );
    const values: Record<string, string> = {
      ...defaults,
      selector: 'tenant_id="a"',
      'hash-label': 'pod_hash',
      ...given,
    };
    const query: string = spec.metrics[0].provider.prometheus.query;
    return query.replaceAll(/\{\{args\.([^}]+)\}\}/g, (_, argument: string) => values[argument] ?? '');
  };

  it.each<readonly [string, string, Readonly<Record<string, string>>, readonly number[]]>([
    ['is the share of good requests', 'availability', { 'latest-hash': '6d4cf56db6' }, [0.75]],
    ['is 0 where nothing was ever good', 'availability', { 'latest-hash': 'broken', 'min-requests': '1' }, [0]],
    ['is empty below the minimum', 'availability', { 'latest-hash': '6d4cf56db6', 'min-requests': '500' }, []],
    ['is empty without traffic', 'availability', { 'latest-hash': 'idle' }, []],
    ['of a latency is the share below the bound', 'latency', { 'latest-hash': 'h', 'below-seconds': '0.5' }, [0.6]],
    ['of a bound that is no edge is empty', 'latency', { 'latest-hash': 'h', 'below-seconds': '0.3' }, []],
  ])('a stock template %s', async (_, name, given, wanted) => {
    const metric = name === 'availability' ? { 'requests-metric': 'requests_total' } : { histogram: 'seconds' };
    expect(await ask(stockQuery(name, { ...metric, ...given }))).toEqual(wanted);
  });
});
