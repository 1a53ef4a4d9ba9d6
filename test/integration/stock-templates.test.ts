import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createGroupedEvaluator } from '../../src/adapters/prometheus/grouped-evaluator.ts';
import { openAccess } from '../../src/adapters/prometheus/prometheus-access.ts';
import { connectPrometheus } from '../../src/adapters/prometheus/prometheus-source.ts';
import { readAnalysisTemplates } from '../../src/config/analysis-templates.ts';
import { instant } from '../../src/domain/time.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests, sourceSpec } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';
import { lastJson, say } from '../unit/cli/fake-context.ts';
import { LATEST, nativeSeries, type Place, STABLE, stockSeries } from './stock-templates-data.ts';

const bin = await prometheusForTests();
const folder = new URL('../../analysis-templates/', import.meta.url).pathname;
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort();
const atMs = Math.floor(Date.now() / 10_000) * 10_000;

interface Answer {
  readonly phase: string;
  readonly metrics: readonly { readonly name: string; readonly phase: string; readonly value: string | null }[];
}

const argsOf = (place: Place): Readonly<Record<string, string>> => ({
  selector: `namespace="${place}"`,
  rollout: 'storefront',
  'latest-hash': LATEST,
  'stable-hash': STABLE,
});

const readStock = (file: string) =>
  readAnalysisTemplates({ path: file, text: readFileSync(`${folder}${file}`, 'utf8') }).templates[0]!.template;

describe.skipIf(bin === null)('the stock templates on a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    const features = ['native-histograms'];
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000, features });
    await remoteWrite(prometheus.url, stockSeries(atMs));
    await remoteWrite(prometheus.url, nativeSeries(atMs));
  });
  afterAll(() => prometheus?.stop());

  const tried = async (file: string, place: Place, more: Readonly<Record<string, string>> = {}) => {
    const declared = readStock(file).spec.args.map(({ name }) => name);
    const given = Object.entries({ ...argsOf(place), ...more }).filter(([name]) => declared.includes(name));
    const args = given.flatMap(([name, value]) => ['--arg', `${name}=${value}`]);
    const where = ['--prometheus', prometheus.url, '--at', new Date(atMs).toISOString(), '-o', 'json'];
    const said = await say('analysis', 'try', `${folder}${file}`, ...args, ...where);
    return { code: said.code, answer: lastJson(said.stdout) as Answer };
  };

  it.each(files)('%s passes what is good, fails what is bad, and is neither of what is not there', async (file) => {
    const good = await tried(file, 'good');
    expect(good.answer.metrics.map(({ value }) => value)).not.toContain('[]');
    expect({ code: good.code, phase: good.answer.phase }).toEqual({ code: 0, phase: 'Successful' });
    const bad = await tried(file, 'bad');
    expect({ code: bad.code, phases: bad.answer.metrics.map(({ phase }) => phase) }).toEqual({
      code: 35,
      phases: bad.answer.metrics.map(() => 'Failed'),
    });
    for (const place of ['idle', 'silent'] as const) {
      const none = await tried(file, place);
      expect({ place, code: none.code, values: none.answer.metrics.map(({ value }) => value) }).toEqual({
        place,
        code: 40,
        values: none.answer.metrics.map(() => '[]'),
      });
    }
  });

  it.each<readonly [string, string, Place, Readonly<Record<string, string>>, readonly string[]]>([
    ['a share of good requests', 'availability.yaml', 'bad', {}, ['0.8']],
    ['0 where nothing was ever good', 'availability.yaml', 'idle', { 'min-requests': '1' }, ['0']],
    ['a share of bad events', 'error-ratio.yaml', 'bad', {}, ['0.2']],
    ['0 below the least number of bad events', 'error-ratio.yaml', 'bad', { 'min-bad': '1001' }, ['0']],
    ['a share below a bound', 'latency.yaml', 'bad', {}, ['0.7']],
    ['two percentiles', 'latency-quantiles.yaml', 'bad', {}, ['2.125', '2.425']],
    ['a share of throttled periods, of new pods alone', 'cpu-throttling.yaml', 'bad', {}, ['0.75']],
    ['the fullest container, of new pods alone', 'memory.yaml', 'good', {}, ['0.5']],
    ['restarts, of new pods alone', 'restarts.yaml', 'bad', {}, ['3']],
    ['a burn rate', 'burn-rate.yaml', 'bad', { objective: '0.99' }, ['20']],
    ['0 where the short window does not burn', 'burn-rate.yaml', 'bad', { 'max-burn': '201' }, ['0']],
    ['errors over those expected', 'canary-comparison.yaml', 'bad', {}, ['10.927']],
    ['the worst tenant', 'bystanders.yaml', 'bad', {}, ['0.9']],
    ['the worst tenant that has requests enough', 'bystanders.yaml', 'bad', { 'min-requests': '3000' }, ['0.998']],
  ])('the value is %s', async (_, file, place, more, values) => {
    const { answer } = await tried(file, place, more);
    const numbers = answer.metrics.map(({ value }) => Number(value?.replaceAll(/[[\]]/g, '')));
    expect(numbers).toHaveLength(values.length);
    for (const [index, value] of values.entries()) expect(numbers[index]).toBeCloseTo(Number(value), 2);
  });

  it('a percentile of a native histogram lies in its bucket', async () => {
    const { answer } = await tried('latency-native.yaml', 'bad');
    for (const { value } of answer.metrics) {
      const seconds = Number(value?.replaceAll(/[[\]]/g, ''));
      expect(seconds).toBeGreaterThan(1);
      expect(seconds).toBeLessThanOrEqual(2);
    }
  });

  it.each(files)('%s answers the same when all are asked together', async (file) => {
    const { args, metrics } = readStock(file).spec;
    const defaults = Object.fromEntries(args.map(({ name, value }) => [name, value ?? '']));
    const places: readonly Place[] = ['good', 'bad', 'idle', 'silent'];
    const targets = places.map((place) => ({ id: place, args: { ...defaults, ...argsOf(place) } }));
    const connection = connectPrometheus(sourceSpec(prometheus.url), openAccess, {});
    const evaluator = createGroupedEvaluator(connection, { clock: createSystemClock(), random: () => 0 });
    const round = {
      at: instant(atMs),
      deadlineAt: instant(Date.now() + 60_000),
      metrics: metrics.map(({ name, provider }) => ({ name, query: provider.query ?? '', matchers: {}, targets })),
    };
    const together = await evaluator.evaluate(round, new AbortController().signal);
    for (const place of places) {
      const { answer } = await tried(file, place);
      const values = together.map((one) => {
        const own = one.get(place);
        return own?.kind === 'value' && own.value.kind === 'vector' ? `[${own.value.values.join(',')}]` : own;
      });
      expect(values).toEqual(answer.metrics.map(({ value }) => value));
    }
  });

  it.each<readonly [string, Place, number, readonly string[]]>([
    ['finds nothing in them where data are', 'good', 0, []],
    ['finds that none returns anything where no data are', 'silent', 2, ['NothingReturned']],
  ])('lint --live %s', async (_, place, code, reasons) => {
    const where = ['--live', '--prometheus', prometheus.url, '-o', 'json'];
    const args = ['--arg', `selector=namespace="${place}"`, 'rollout=storefront'];
    const said = await say('lint', '-f', folder, ...where, ...args);
    const { live } = lastJson(said.stdout) as { readonly live: { readonly findings: readonly { reason: string }[] } };
    expect({ code: said.code, reasons: [...new Set(live.findings.map(({ reason }) => reason))] }).toEqual({
      code,
      reasons,
    });
    expect(live.findings).toHaveLength(place === 'good' ? 0 : metricsOfAll());
  });
});

function metricsOfAll(): number {
  return files.reduce((sum, file) => sum + readStock(file).spec.metrics.length, 0);
}
