import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createGroupedEvaluator } from '../../src/adapters/prometheus/grouped-evaluator.ts';
import type { RoundMetric } from '../../src/adapters/prometheus/grouped-round.ts';
import type { Connection } from '../../src/adapters/prometheus/instant-query.ts';
import { openAccess } from '../../src/adapters/prometheus/prometheus-access.ts';
import { connectPrometheus } from '../../src/adapters/prometheus/prometheus-source.ts';
import type { QueryTarget } from '../../src/analysis/grouped/plan-queries.ts';
import { instant, later } from '../../src/domain/time.ts';
import type { MetricAnswers } from '../../src/ports/grouped-queries.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests, sourceSpec } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';

const bin = await prometheusForTests();
const clock = createSystemClock();
const atMs = Math.floor(Date.now() / 10_000) * 10_000;
const targets = (...names: readonly string[]): readonly QueryTarget[] =>
  names.map((tenant) => ({ id: `target ${tenant}`, args: { tenant } }));

/** Asks a round of its own evaluator, within ten seconds. */
async function evaluate(
  connection: Connection,
  metrics: readonly RoundMetric[],
  options: { readonly deadlineMs?: number; readonly concurrency?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly MetricAnswers[]> {
  const { deadlineMs = 10_000, concurrency = 4, signal = new AbortController().signal } = options;
  const evaluator = createGroupedEvaluator(connection, { clock, random: Math.random, concurrency });
  return evaluator.evaluate({ at: instant(atMs), deadlineAt: later(clock.now(), deadlineMs), metrics }, signal);
}

describe.skipIf(bin === null)('a round on a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  let connection: Connection;
  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    connection = connectPrometheus(sourceSpec(prometheus.url), openAccess, {});
    const gauge = (value: number, labels: Readonly<Record<string, string>>) => ({
      labels: { __name__: 'x', ...labels },
      samples: [{ atMs, value }],
    });
    await remoteWrite(prometheus.url, [
      ...Array.from({ length: 600 }, (_, index) => gauge(index, { tenant: `t${index}`, pod: 'a' })),
      gauge(Number.POSITIVE_INFINITY, { tenant: 'inf', pod: 'a' }),
      gauge(Number.NEGATIVE_INFINITY, { tenant: '-inf', pod: 'a' }),
      gauge(Number.NaN, { tenant: 'nan', pod: 'a' }),
      gauge(0.1 + 0.2, { tenant: 'two', pod: 'a' }),
      gauge(1e-300, { tenant: 'two', pod: 'b' }),
    ]);
  });
  afterAll(() => prometheus?.stop());

  const answersTo = async (query: string, names: readonly string[]) => {
    const [answers] = await evaluate(connection, [{ name: 'm', query, matchers: {}, targets: targets(...names) }]);
    return names.map((name) => answers?.get(`target ${name}`));
  };
  const vector = (...values: readonly number[]) => ({ kind: 'value', value: { kind: 'vector', values } });

  it.each<readonly [string, string, readonly string[], readonly unknown[]]>([
    ['each its own number', 'x{tenant="{{args.tenant}}"}', ['t1', 't2', 'none'], [vector(1), vector(2), vector()]],
    ['several rows in order', 'x{tenant="{{args.tenant}}"}', ['two', 't1'], [vector(0.1 + 0.2, 1e-300), vector(1)]],
    [
      'what is no plain number',
      'sum(x{tenant="{{args.tenant}}"})',
      ['inf', '-inf', 'nan', 't1'],
      [vector(Number.POSITIVE_INFINITY), vector(Number.NEGATIVE_INFINITY), vector(Number.NaN), vector(1)],
    ],
    ['a default', 'sum(x{tenant="{{args.tenant}}"}) or vector(7)', ['none', 't1'], [vector(7), vector(1)]],
    ['one target', 'x{tenant="{{args.tenant}}"}', ['t5'], [vector(5)]],
    [
      'each by itself where it must be',
      'topk(1, x{tenant="{{args.tenant}}"})',
      ['two', 't3'],
      [vector(0.1 + 0.2), vector(3)],
    ],
    [
      'scalars by themselves',
      'scalar(x{tenant="{{args.tenant}}"}) # {{args.tenant}}',
      ['t3', 't4'],
      [3, 4].map((value) => ({ kind: 'value', value: { kind: 'scalar', value } })),
    ],
    [
      'a scalar for all',
      'scalar(sum(x{tenant="t9"}))',
      ['t3', 't4'],
      [9, 9].map((value) => ({ kind: 'value', value: { kind: 'scalar', value } })),
    ],
    [
      'an argument without a value',
      'x{tenant="{{args.tenant}}",a="{{args.a}}"}',
      ['t1'],
      [{ kind: 'refused', message: 'argument a has no value: give it one' }],
    ],
  ])('answers %s', async (_, query, names, wanted) => {
    expect(await answersTo(query, names)).toEqual(wanted);
  });

  it('asks 600 targets in two queries', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `t${index}`);
    expect(await answersTo('x{tenant="{{args.tenant}}"}', names)).toEqual(names.map((_, index) => vector(index)));
  });

  it('finds the one whose data the server refuses; the others have their answers', async () => {
    const names = ['t1', 't2', 'two', 't3', 't4', 't5'];
    const answers = await answersTo('x{tenant="{{args.tenant}}"} / on () x{tenant="{{args.tenant}}"}', names);
    expect(answers.map((answer) => answer?.kind)).toEqual(['value', 'value', 'refused', 'value', 'value', 'value']);
    expect(answers[2]).toMatchObject({ message: expect.stringContaining('many-to-many') });
  });

  it('keeps metrics apart, in their order', async () => {
    const metrics = ['x{tenant="{{args.tenant}}"}', '2 * x{tenant="{{args.tenant}}"}'].map((query) => ({
      name: 'same',
      query,
      matchers: {},
      targets: targets('t1', 't2'),
    }));
    const answers = await evaluate(connection, metrics);
    expect(answers.map((one) => one.get('target t2'))).toEqual([vector(2), vector(4)]);
  });
});

describe('a round against a server in trouble', () => {
  let server: Server;
  let asked: { readonly query: string; readonly time: string | null }[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  let answer: (query: string) => { status: number; headers?: Record<string, string>; body: unknown; afterMs?: number };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const parameters = new URLSearchParams(Buffer.concat(parts).toString());
        const query = parameters.get('query') ?? '';
        asked.push({ query, time: parameters.get('time') });
        underWay += 1;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        const { status, headers = {}, body, afterMs = 0 } = answer(query);
        setTimeout(() => {
          underWay -= 1;
          response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
        }, afterMs);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const rows = (query: string) => ({
    status: 'success',
    data: {
      resultType: 'vector',
      result: [...query.matchAll(/\bt\d+\b/g)].map(([tenant]) => ({ metric: { tenant }, value: [1, '1'] })),
    },
  });
  const begin = async (
    names: readonly string[],
    reply: typeof answer,
    options: Parameters<typeof evaluate>[2] = {},
    query = 'x{tenant="{{args.tenant}}"}',
  ) => {
    asked = [];
    mostUnderWay = 0;
    answer = reply;
    const { port } = server.address() as AddressInfo;
    const connection = connectPrometheus(sourceSpec(`http://127.0.0.1:${port}`), openAccess, {});
    const [answers] = await evaluate(
      connection,
      [{ name: 'm', query, matchers: {}, targets: targets(...names) }],
      options,
    );
    return answers!;
  };
  const many = Array.from({ length: 1600 }, (_, index) => `t${index}`);

  it('asks as of one time, with few queries under way', async () => {
    const answers = await begin(many, (query) => ({ status: 200, body: rows(query), afterMs: 20 }), { concurrency: 2 });
    expect(answers.size).toBe(1600);
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ time }) => time)).size).toBe(1);
    expect(mostUnderWay).toBe(2);
  });

  it('asks a busy server again', async () => {
    const answers = await begin(['t1', 't2'], (query) =>
      asked.length < 2
        ? { status: 503, headers: { 'retry-after': '1' }, body: {} }
        : { status: 200, body: rows(query) },
    );
    expect(asked).toHaveLength(2);
    expect(answers.get('target t1')).toMatchObject({ kind: 'value' });
  });

  it('has no answer from a part of the data', async () => {
    const answers = await begin(['t1', 't2'], (query) => ({
      status: 200,
      body: { ...rows(query), warnings: ['a store is away'] },
    }));
    expect(asked).toHaveLength(1);
    expect(answers.get('target t1')).toMatchObject({ kind: 'missing', reason: 'PartialAnswer' });
  });

  it('looks for the one whose data an operation does not fit', async () => {
    const answers = await begin(['t1', 't2', 't3'], (query) => ({
      status: 200,
      body: query.includes('t2') ? { ...rows(query), warnings: ['PromQL warning: mixed'] } : rows(query),
    }));
    expect([...answers.values()].map(({ kind }) => kind).sort()).toEqual(['missing', 'value', 'value']);
    expect(answers.get('target t2')).toMatchObject({ kind: 'missing', reason: 'PartialAnswer' });
  });

  it('does not halve without end where everything is refused', async () => {
    const answers = await begin(many, () => ({ status: 401, body: {} }));
    expect(asked.length).toBeLessThanOrEqual(4 + 200);
    expect(new Set([...answers.values()].map(({ kind }) => kind))).toEqual(new Set(['refused']));
    expect(answers.size).toBe(1600);
  });

  it('ends at the deadline with what it has', async () => {
    const answers = await begin(
      many,
      (query) => ({ status: 200, body: rows(query), afterMs: query.includes('t0|') ? 0 : 60_000 }),
      {
        deadlineMs: 1500,
      },
    );
    const reasons = new Set([...answers.values()].map((one) => (one.kind === 'missing' ? one.reason : one.kind)));
    expect(reasons).toEqual(new Set(['value', 'DeadlineExceeded']));
    expect(answers.size).toBe(1600);
  });
});
