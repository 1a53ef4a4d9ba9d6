import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveReport } from '../../../src/cli/lint-live/look-live.ts';
import { type RunningPrometheus, startPrometheus } from '../../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests } from '../../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../../contract/metric-source/remote-write.ts';
import { lastJson, say } from '../../unit/cli/fake-context.ts';
import { analysis, fleetFile, liveSeries, ratio, type Written } from './live-world.ts';

const bin = await prometheusForTests();
const SHARE =
  'sum(rate(requests_total{code!~"5..",tenant_id="{{args.t}}",pod_hash="{{args.hash}}"}[2m])) / sum(rate(requests_total{tenant_id="{{args.t}}",pod_hash="{{args.hash}}"}[2m]))';
const GOOD = 'requests_total{code!~"5.."}';
const AT_LEAST = { successCondition: 'len(result) > 0 && result[0] >= 0.9' };
const own = (metric: string, range = '2m') =>
  `sum(rate(${metric}{tenant_id="{{args.t}}",pod_hash="{{args.hash}}"}[${range}]))`;

interface Answer {
  readonly ok: boolean;
  readonly live: LiveReport;
}

describe.skipIf(bin === null)('lint --live, with a real Prometheus', () => {
  let folder: string;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-lint-'));
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    await remoteWrite(prometheus.url, liveSeries(Math.floor(Date.now() / 10_000) * 10_000));
  });

  afterAll(async () => {
    await prometheus?.stop();
    await rm(folder, { recursive: true });
  });

  const lint = async (text: string, ...more: readonly string[]) => {
    const file = join(folder, 'fleet.yaml');
    await writeFile(file, text);
    const address = more.includes('--prometheus') ? [] : ['--prometheus', prometheus.url];
    const said = await say('lint', '-f', file, '--live', ...address, ...more, '--output', 'json');
    return { ...said, answer: lastJson(said.stdout) as Answer };
  };
  const told = ({ findings }: LiveReport) => findings.map(({ severity, reason }) => `${severity} ${reason}`);

  test('gates that are in order: nothing is found, and the exit code is 0', async () => {
    const latency = { name: 'fast', histogram: 'seconds', below: { default: '500ms' }, objective: { default: '0.9' } };
    const { code, answer } = await lint(
      fleetFile([ratio('availability', GOOD, 'requests_total'), latency], [analysis('share', SHARE, AT_LEAST)]),
    );
    expect(answer.live.findings).toEqual([]);
    expect([code, answer.ok, answer.live.gates]).toEqual([0, true, 3]);
  });

  test('a version that has just begun, and errors that nobody has seen yet, are in order', async () => {
    const errors = `sum(rate(young_total{code=~"5..",tenant_id="{{args.t}}",pod_hash="{{args.hash}}"}[1m])) or sum(rate(young_total{tenant_id="{{args.t}}",pod_hash="{{args.hash}}"}[1m])) * 0`;
    const { answer } = await lint(
      fleetFile(
        [ratio('young', 'young_total{code!~"5.."}', 'young_total')],
        [analysis('errors', errors, { failureCondition: 'len(result) > 0 && result[0] > 1' })],
      ),
    );
    expect(answer.live.findings).toEqual([]);
  });

  test.each<readonly [string, Written, readonly string[], RegExp]>([
    [
      'good that is total',
      ratio('slo', 'requests_total', 'requests_total'),
      ['error CannotFail'],
      /good takes every event of total/,
    ],
    [
      'good by a label that no series has',
      ratio('slo', 'requests_total{status!~"5.."}', 'requests_total'),
      ['error CannotFail'],
      /no series of requests_total has label status/,
    ],
    [
      'good that counts more than total',
      ratio('slo', 'more_total', 'requests_total'),
      ['error GoodExceedsTotal'],
      /\d+ good of \d+ events in 30m/,
    ],
    ['a metric that is not there', ratio('slo', 'no_total{a="b"}', 'no_total'), ['error NothingReturned'], /3 of 3/],
    [
      'tenants without data',
      ratio('slo', 'quiet_total{code!~"5.."}', 'quiet_total'),
      ['warning NothingReturned'],
      /2 of 3 tenants in 1m: birch, cedar/,
    ],
    [
      'series without the label of versions',
      ratio('slo', 'bare_total{code!~"5.."}', 'bare_total'),
      ['error CannotTellVersions'],
      /3 of 3 series do not tell/,
    ],
    [
      'a gauge',
      ratio('slo', 'gauge_total{code!~"5.."}', 'gauge_total'),
      ['error CounterFalls'],
      /fell 1\d times in 5m, at (4\d|50) % of its scrapes/,
    ],
    [
      'a scrape interval that does not fit the window',
      ratio('slo', 'slow_total{code!~"5.."}', 'slow_total'),
      ['error WindowTooShort', 'warning ScrapeIntervalDiffers'],
      /scraped every (1m|50s), and a range of 1m has less than two samples/,
    ],
    [
      'a bound that is no bucket',
      { name: 'slo', histogram: 'seconds', below: { default: '300ms' }, objective: { default: '0.9' } },
      ['error BoundIsNoBucket'],
      /0.3 s is no bucket of seconds: it has 0.1, 0.5/,
    ],
  ])('an SLO with %s', async (_, slo, findings, message) => {
    const { code, answer } = await lint(fleetFile([slo], []));
    expect(told(answer.live)).toEqual(findings);
    const [first] = answer.live.findings;
    expect(first?.message).toMatch(message);
    expect(first?.subject).toBe('workload shop, slo slo');
    expect(first?.place).toMatchObject({ path: 'spec.slos[0]', line: expect.any(Number) });
    expect(code).toBe(findings.some((line) => line.startsWith('error')) ? 2 : 0);
  });

  test.each<readonly [string, Written, readonly string[], RegExp]>([
    [
      'a condition that holds of anything',
      analysis('a', SHARE, { successCondition: 'len(result) >= 0' }),
      ['error CannotFail'],
      /hold of each of \d+ answers/,
    ],
    [
      'a limit that is never passed',
      analysis('a', SHARE, { ...AT_LEAST, count: 3, interval: '1s', failureLimit: 3 }),
      ['error CannotFail'],
      /failureLimit 3 is never passed by 3 measurements/,
    ],
    ['no condition', analysis('a', SHARE), ['error CannotFail'], /it has no condition/],
    [
      'a condition that only a negative share fails',
      analysis('a', SHARE, { successCondition: 'result[0] >= 0' }),
      ['warning FailsOnOddValuesOnly'],
      /its query is never negative/,
    ],
    [
      'a condition of the wrong type',
      analysis('a', SHARE, { successCondition: 'result > 0.5' }),
      ['error NeverHasVerdict'],
      /is an error: invalid operation/,
    ],
    [
      'a metric that is not there',
      analysis('a', own('no_total'), AT_LEAST),
      ['error NothingReturned'],
      /3 of 3 targets asked, first eu\/alder\/shop: no series/,
    ],
    [
      'no argument for the version',
      analysis('a', 'sum(rate(requests_total{tenant_id="{{args.t}}"}[2m]))', AT_LEAST),
      ['error CannotTellVersions'],
      /no selector is narrowed/,
    ],
    [
      'the same answer for any version',
      analysis('a', `sum(rate(requests_total{tenant_id="{{args.t}}"}[2m])) or ${own('requests_total')}`, AT_LEAST),
      ['error CannotTellVersions'],
      /the same for a pod hash that does not exist/,
    ],
    [
      'a default that passes',
      analysis('a', `${SHARE} or vector(1)`, AT_LEAST),
      ['error PassesWithoutData'],
      /passes for a pod hash that does not exist/,
    ],
    [
      'several rows',
      analysis('a', own('requests_total').replace('sum(', 'sum by (code) ('), { successCondition: 'result[0] > 0.01' }),
      ['error SeveralRows'],
      /2 rows for eu\/alder\/shop and 2 more/,
    ],
    [
      'a query that is asked once per target',
      analysis('a', `scalar(${own('requests_total')})`, { successCondition: 'result > 1' }),
      ['warning AskedPerTarget'],
      /3 queries a round: column 1, scalar answers NaN/,
    ],
    [
      'a gauge',
      analysis('a', own('gauge_total'), { successCondition: 'result[0] > 0.01' }),
      ['error CounterFalls'],
      /gauge_total.* fell/,
    ],
    [
      'a range that is too short',
      analysis('a', own('slow_total', '3m'), { successCondition: 'result[0] > 0.01' }),
      ['warning WindowTight', 'warning ScrapeIntervalDiffers'],
      /a range of 3m is empty when a scrape fails/,
    ],
    [
      'a verdict that fails what runs',
      analysis('a', SHARE, { successCondition: 'result[0] > 0.9999' }),
      ['warning FailsNow'],
      /fails what runs now: \[0\.99/,
    ],
    [
      'a query that the server refuses',
      analysis('a', own('requests_total').replace('tenant_id=', 'code=~"(",tenant_id='), AT_LEAST),
      ['error QueryRefused'],
      /missing closing/,
    ],
  ])('an analysis with %s', async (_, one, findings, message) => {
    const { answer } = await lint(fleetFile([ratio('availability', GOOD, 'requests_total')], [one]));
    expect(told(answer.live)).toEqual(findings);
    const [first] = answer.live.findings;
    expect(first?.message).toMatch(message);
    expect(first?.subject).toBe('workload shop, analysis a, metric m');
    expect(first?.place.path).toBe('spec.analyses[0].template.metrics[0]');
  });

  test('gates over their budget of series; --fail-on warning makes 50 of it', async () => {
    const text = fleetFile([ratio('availability', GOOD, 'requests_total')], [analysis('share', SHARE, AT_LEAST)]);
    const { code, answer } = await lint(text, '--series-budget', '8', '--fail-on', 'warning');
    expect(code).toBe(50);
    expect(answer.live.findings.map(({ message }) => message)).toEqual([
      'a round reads 9 series (54 samples), the budget is 8',
      'a round reads 9 series (108 samples), the budget is 8',
    ]);
  });

  test('a template by itself: its hash is found in the series, the rest is given', async () => {
    const template = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: share }
spec:
  args: [{ name: tenant }, { name: latest-hash }]
  metrics:
  - name: errors
    count: 1
    successCondition: result[0] < 2000
    provider:
      prometheus:
        query: |
          sum by (code) (rate(requests_total{tenant_id="{{args.tenant}}",pod_hash="{{args.latest-hash}}"}[2m]))
`;
    const without = await lint(template);
    expect(told(without.answer.live)).toEqual(['warning ArgumentMissing']);
    const given = await lint(template, '--arg', 'tenant=alder');
    expect(told(given.answer.live)).toEqual(['error SeveralRows']);
    expect(given.answer.live.findings[0]).toMatchObject({
      place: { line: 7 },
      message: expect.stringMatching(/^2 rows/),
    });
  });

  test('a source that never answers is left at the timeout', async () => {
    const server = createServer(() => {});
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      const { port } = server.address() as AddressInfo;
      const text = fleetFile([ratio('a', GOOD, 'requests_total')], []);
      const { code, answer } = await lint(text, '--prometheus', `http://127.0.0.1:${port}`, '--timeout', '500ms');
      expect(code).toBe(2);
      expect(answer.live.findings).toMatchObject([
        { reason: 'SourceUnavailable', message: 'no answer until the look was ended by --timeout' },
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('a source that is not there is one finding', async () => {
    const text = fleetFile([ratio('a', GOOD, 'requests_total'), ratio('b', GOOD, 'requests_total')], []);
    const { code, answer } = await lint(text, '--prometheus', 'http://127.0.0.1:1');
    expect(code).toBe(2);
    expect(told(answer.live)).toEqual(['error SourceUnavailable']);
  });
});
