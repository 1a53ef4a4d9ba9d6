import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunkTargets } from '../../src/analysis/grouped/chunk-targets.ts';
import { ownQuery, planQueries, type QueryPlan, type QueryTarget } from '../../src/analysis/grouped/plan-queries.ts';
import { splitRows, targetKey, writeGroupedQuery } from '../../src/analysis/grouped/write-query.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';
import { chanceOf, type Fleet, randomFleet } from './grouped-fleet.ts';
import { randomQuery } from './grouped-random-query.ts';
import { typicalShapes } from './grouped-shapes.ts';

const bin = await prometheusForTests();
const atMs = Math.floor(Date.now() / 10_000) * 10_000;
const SEED = Number(process.env['GROUPED_SEED'] ?? 20_261_122);
const TARGETS = 18;
const RANDOM_QUERIES = Number(process.env['GROUPED_QUERIES'] ?? 1500);
/** Inside a subquery Prometheus adds up in the order of a map, so the last bit may be another each time. */
const REPEATS = 30;

/** An answer to the bit: rows with their labels in order, values as the server wrote them; or that it was an error. */
type Answer = readonly string[] | 'error';

describe.skipIf(bin === null)('what one query for all targets answers', () => {
  let prometheus: RunningPrometheus;
  let fleet: Fleet;
  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    fleet = randomFleet(SEED, TARGETS, atMs);
    await remoteWrite(prometheus.url, fleet.series);
  });
  afterAll(() => prometheus?.stop());

  interface Row {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly text: string;
  }
  const ask = async (promql: string): Promise<readonly Row[] | 'error'> => {
    const body = new URLSearchParams({ query: promql, time: String(atMs / 1000) });
    const answer = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body });
    const read = (await answer.json()) as {
      data?: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (read.data === undefined) return 'error';
    if (read.data.resultType !== 'vector') throw new Error(`${promql} answered a ${read.data.resultType}`);
    return read.data.result.map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text), text }));
  };
  const written = (labels: Row['labels'], text: string) =>
    JSON.stringify([
      Object.keys(labels)
        .sort()
        .map((name) => [name, labels[name]]),
      text,
    ]);
  const askOwn = async (query: string, target: QueryTarget): Promise<Answer> => {
    const rows = await ask(ownQuery(query, target));
    return rows === 'error' ? rows : rows.map(({ labels, text }) => written(labels, text));
  };
  /** Whether the server gives different answers to the very same question. */
  const isUndetermined = async (query: string, target: QueryTarget): Promise<boolean> => {
    if (!/\[[^\]]*:/.test(query)) return false;
    const answers = new Set<string>();
    for (let repeat = 0; repeat < REPEATS; repeat += 1) answers.add(JSON.stringify(await askOwn(query, target)));
    return answers.size > 1;
  };
  /** The part of the plan's answers that comes from grouped queries, by target. */
  const askGrouped = async (plan: QueryPlan): Promise<ReadonlyMap<string, Answer>> => {
    const answers = new Map<string, Answer>();
    for (const { query, targets } of plan.groups) {
      for (const chunk of chunkTargets(targets)) {
        const rows = await ask(
          writeGroupedQuery(
            query,
            chunk.map(({ values }) => values),
          ),
        );
        // the text goes along as a label, so that not one bit of the value is lost on the way
        const marked = rows === 'error' ? [] : rows.map((row) => ({ ...row, labels: { ...row.labels, '': row.text } }));
        const split = splitRows(query, marked);
        for (const { target, values } of chunk) {
          const own = split.get(targetKey(values)) ?? [];
          const read = own.map(({ labels: { '': text = '', ...labels } }) => written(labels, text));
          const filled = own.length === 0 && query.whenEmpty !== null ? [written({}, String(query.whenEmpty))] : read;
          answers.set(target.id, rows === 'error' ? 'error' : filled);
        }
      }
    }
    return answers;
  };

  it.each(Object.entries(typicalShapes))('is the same for each: %s', async (_, query) => {
    const plan = planQueries(query, fleet.targets);
    const grouped = await askGrouped(plan);
    expect(plan.groups.length).toBeGreaterThan(0);
    expect(grouped.size).toBeGreaterThan(TARGETS / 2);
    let rows = 0;
    for (const target of fleet.targets) {
      const own = await askOwn(query, target);
      rows += own.length;
      if (grouped.has(target.id)) expect([target.id, grouped.get(target.id)]).toEqual([target.id, own]);
    }
    expect(rows).toBeGreaterThan(3);
  });

  it('is the same for each, whatever is asked', async () => {
    const chance = chanceOf(SEED);
    const count = { queries: 0, grouped: 0, compared: 0, withRows: 0, ownErrors: 0, onlyTogether: 0, undetermined: 0 };
    const different: unknown[] = [];
    const targets = fleet.targets.slice(0, 9);
    for (let index = 0; index < RANDOM_QUERIES; index += 1) {
      const query = randomQuery(chance);
      const plan = planQueries(query, targets);
      count.queries += 1;
      if (plan.groups.length === 0) continue;
      count.grouped += 1;
      const grouped = await askGrouped(plan);
      const answers = await Promise.all(targets.map(async (target) => ({ target, own: await askOwn(query, target) })));
      for (const { target, own } of answers) {
        const together = grouped.get(target.id);
        if (together === undefined) continue;
        count.compared += 1;
        if (own === 'error') count.ownErrors += 1;
        // an error of the grouped query is no answer: each is asked by itself then
        if (together === 'error') count.onlyTogether += own === 'error' ? 0 : 1;
        else if (JSON.stringify(own) === JSON.stringify(together)) count.withRows += own.length > 0 ? 1 : 0;
        else if (await isUndetermined(query, target)) count.undetermined += 1;
        else different.push({ query, asked: plan.groups.map((group) => group.query.query), target, own, together });
      }
    }
    process.stderr.write(
      `grouped against one by one, seed ${SEED}: ${JSON.stringify({ ...count, different: different.length })}\n`,
    );
    expect(different.slice(0, 3)).toEqual([]);
    expect(count.withRows).toBeGreaterThan(RANDOM_QUERIES);
  });
});
