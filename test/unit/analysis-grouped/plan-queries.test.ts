import { describe, expect, it } from 'vitest';
import { chunkTargets } from '../../../src/analysis/grouped/chunk-targets.ts';
import {
  ownQuery,
  type PlannedTarget,
  planQueries,
  type QueryPlan,
  type QueryTarget,
} from '../../../src/analysis/grouped/plan-queries.ts';
import { splitRows, targetKey, writeGroupedQuery } from '../../../src/analysis/grouped/write-query.ts';

const target = (id: string, args: Readonly<Record<string, string>>): QueryTarget => ({ id, args });
const fleet = (count: number, args: (index: number) => Readonly<Record<string, string>>): readonly QueryTarget[] =>
  Array.from({ length: count }, (_, index) => target(`t${index}`, { ns: `ns${index}`, ...args(index) }));

/** Each query of a plan, as it is sent. */
const sent = ({ groups }: QueryPlan): readonly string[] =>
  groups.flatMap(({ query, targets }) =>
    chunkTargets(targets).map((chunk) =>
      writeGroupedQuery(
        query,
        chunk.map(({ values }) => values),
      ),
    ),
  );

describe('planQueries', () => {
  it('asks for all targets at once', () => {
    const plan = planQueries(
      'sum(x{ns="{{args.ns}}"})',
      fleet(3, () => ({})),
    );
    expect(sent(plan)).toEqual(['sum by (ns)(x{ns=~"ns0|ns1|ns2"})']);
    expect(plan.singles).toEqual([]);
    expect(plan.refusal).toBeNull();
  });

  it('fills in what is the same for all, wherever it stands', () => {
    const query = 'sum(rate({{args.metric}}{ns="{{args.ns}}",a="{{args.a}}"}[{{ args.window }}])) > {{args.limit}}';
    const plan = planQueries(
      query,
      fleet(2, () => ({ metric: 'x', a: 'b', window: '5m', limit: '3' })),
    );
    expect(sent(plan)).toEqual(['sum by (ns)(rate(x{ns=~"ns0|ns1",a="b"}[5m])) > 3']);
  });

  it('asks once per threshold', () => {
    const plan = planQueries(
      'sum(x{ns="{{args.ns}}"}) > {{args.limit}}',
      fleet(6, (index) => ({ limit: String(index % 2) })),
    );
    expect(sent(plan)).toEqual(['sum by (ns)(x{ns=~"ns0|ns2|ns4"}) > 0', 'sum by (ns)(x{ns=~"ns1|ns3|ns5"}) > 1']);
  });

  const comparison = 'sum(x{ns="{{args.ns}}",hash="{{args.new}}"}) / sum(x{ns="{{args.ns}}",hash="{{args.old}}"})';

  it('asks once per pair of versions', () => {
    const plan = planQueries(
      comparison,
      fleet(4, (index) => (index < 2 ? { new: 'b', old: 'a' } : { new: 'c', old: 'b' })),
    );
    expect(sent(plan)).toEqual([
      'sum by (ns)(x{ns=~"ns0|ns1",hash="b"}) / sum by (ns)(x{ns=~"ns0|ns1",hash="a"})',
      'sum by (ns)(x{ns=~"ns2|ns3",hash="c"}) / sum by (ns)(x{ns=~"ns2|ns3",hash="b"})',
    ]);
  });

  it('asks once for one new version and many old ones', () => {
    const plan = planQueries(
      comparison,
      fleet(4, (index) => ({ new: 'b', old: index < 2 ? 'a' : 'c' })),
    );
    expect(sent(plan)).toEqual([
      'sum by (ns)(x{ns=~"ns0|ns1|ns2|ns3",hash="b"}) / ignoring (hash) group_right () sum by (ns, hash)(x{ns=~"ns0|ns1|ns2|ns3",hash=~"a|c"})',
    ]);
  });

  it('asks each where every one has a threshold of its own, and says why', () => {
    const plan = planQueries(
      'sum(x{ns="{{args.ns}}"}) > {{args.limit}}',
      fleet(6, (index) => ({ limit: String(index) })),
    );
    expect(plan.groups).toEqual([]);
    expect(plan.singles).toHaveLength(6);
    expect(plan.refusal?.reason).toBe('ArgumentOutsideMatcher');
  });

  it('takes matchers apart that are one argument', () => {
    const selector = (index: number) => ({ selector: `ns="p${index % 2}", tenant="t ${index}"` });
    const plan = planQueries('sum(x{ {{args.selector}},code="500"})', fleet(3, selector));
    expect(sent(plan)).toEqual(['sum by (ns, tenant)(x{ ns=~"p0|p1",tenant=~"t 0|t 1|t 2",code="500"})']);
  });

  it.each<readonly [string, (index: number) => string]>([
    ['name other labels', (index) => `${index === 0 ? 'ns' : 'tenant'}="a${index}"`],
    ['are regular expressions', (index) => `ns=~"a${index}"`],
    ['are not whole', (index) => `ns="a${index}`],
  ])('leaves matchers alone that %s', (_, selector) => {
    const plan = planQueries(
      'sum(x{ {{args.selector}} })',
      fleet(3, (index) => ({ selector: selector(index) })),
    );
    expect(plan.groups).toEqual([]);
    expect(plan.refusal?.reason).toBe('ArgumentOutsideMatcher');
  });

  it('asks a target by itself whose value is empty or leaves its quotes', () => {
    const targets = [
      target('a', { ns: 'a' }),
      target('b', { ns: 'b' }),
      target('none', { ns: '' }),
      target('out', { ns: 'x"} or y{z="' }),
    ];
    const plan = planQueries('sum(x{ns="{{args.ns}}"})', targets);
    expect(plan.singles.map(({ id }) => id)).toEqual(['none', 'out']);
    expect(sent(plan)).toEqual(['sum by (ns)(x{ns=~"a|b"})']);
  });

  it('adds matchers to every selector, whether targets are asked together or not', () => {
    const targets = fleet(4, (index) => ({ limit: index < 3 ? '1' : '2' }));
    const plan = planQueries('sum(x{ns="{{args.ns}}"}) / sum(y) > {{args.limit}}', targets, { cluster: 'eu' });
    expect(sent(plan)).toEqual([
      'sum by (ns)(x{cluster="eu",ns=~"ns0|ns1|ns2"}) / ignoring (ns) group_left () sum(y{cluster="eu"}) > 1',
    ]);
    expect(
      plan.singles.map((single) => ownQuery('x{ns="{{args.ns}}"} > {{args.limit}}', single, { cluster: 'eu' })),
    ).toEqual(['x{cluster="eu",ns="ns3"} > 2']);
  });

  it.each<readonly [string, string, string]>([
    ['before what is filled in', 'absent(x{ns="{{args.ns}}",a="{{args.same}}"})', 'absent'],
    ['behind it', '{{args.same}} + absent(x{ns="{{args.ns}}"})', 'absent'],
    [
      'behind matchers that were taken apart',
      'sum(x{ {{args.selector}} }) + absent(x{tenant="{{args.tenant}}"})',
      'absent',
    ],
    [
      'in matchers that were taken apart',
      'sum(x{ns="{{args.tenant}}"}) + sum(x{ {{args.selector}} })',
      '{{args.selector}}',
    ],
  ])('says the column of the query as it was given: %s', (_, query, place) => {
    const targets = fleet(2, (index) => ({
      same: 'a_long_name_of_a_metric',
      selector: `ns="n${index}"`,
      tenant: `t${index}`,
    }));
    const { refusal } = planQueries(query, targets);
    expect(query.slice((refusal?.position ?? 0) - 1).slice(0, place.length)).toBe(place);
  });

  it('escapes names for the regular expression and for the query', () => {
    const targets = ['a.b', 'c|d', String.raw`e\\f`, String.raw`g\"h`].map((ns) => target(ns, { ns }));
    const [query] = sent(planQueries('sum(x{ns="{{args.ns}}"})', targets));
    expect(query).toBe(String.raw`sum by (ns)(x{ns=~"a\\.b|c\\|d|e\\\\f|g\"h"})`);
  });

  it('knows who has no value for an argument', () => {
    const plan = planQueries('sum(x{ns="{{args.ns}}"})', [target('a', {}), target('b', { ns: 'b' })]);
    expect(plan.unanswerable).toEqual([{ id: 'a', message: 'argument ns has no value: give it one' }]);
  });
});

describe('splitRows', () => {
  it('gives each pair its own rows in order, and nobody the others', () => {
    const plan = planQueries('x{ns="{{args.ns}}",hash="{{args.hash}}"}', [
      target('a', { ns: 'n1', hash: 'h1' }),
      target('b', { ns: 'n2', hash: 'h2' }),
    ]);
    const row = (ns: string, hash: string, pod: string, value: number) => ({ labels: { ns, hash, pod }, value });
    const rows = [row('n1', 'h1', 'p2', 2), row('n2', 'h1', 'p', 9), row('n1', 'h1', 'p1', 1), row('n2', 'h2', 'p', 3)];
    const split = splitRows(plan.groups[0]!.query, rows);
    expect(split.get(targetKey(['n1', 'h1']))?.map(({ value }) => value)).toEqual([2, 1]);
    expect(split.get(targetKey(['n2', 'h2']))).toEqual([{ labels: { ns: 'n2', hash: 'h2', pod: 'p' }, value: 3 }]);
  });
});

describe('chunkTargets', () => {
  const planned = (count: number, values: (index: number) => readonly string[]): readonly PlannedTarget[] =>
    Array.from({ length: count }, (_, index) => ({ target: target(`t${index}`, {}), values: values(index) }));
  const combinations = (chunk: readonly PlannedTarget[]) =>
    (chunk[0]?.values ?? []).reduce(
      (product, _, label) => product * new Set(chunk.map(({ values }) => values[label])).size,
      1,
    );

  it.each<readonly [string, number, (index: number) => readonly string[], readonly number[]]>([
    ['names alone', 1200, (index) => [`n${index}`], [500, 500, 200]],
    ['pools and their tenants', 1000, (index) => [`pool${index % 2}`, `t${index}`], [500, 500]],
    ['hashes of their own', 600, (index) => [`n${index}`, `h${index}`], [500, 100]],
    ['nobody', 0, () => [], []],
  ])('makes chunks of 500: %s', (_, count, values, sizes) => {
    expect(chunkTargets(planned(count, values)).map(({ length }) => length)).toEqual(sizes);
  });

  it('never asks for more than four combinations a target where no label alone tells them apart', () => {
    const chunks = chunkTargets(planned(900, (index) => [`n${index % 30}`, `t${(index * 7) % 45}`, `h${index % 4}`]));
    expect(chunks.flat()).toHaveLength(900);
    for (const chunk of chunks) {
      const isTold = chunk[0]!.values.some(
        (_, label) => new Set(chunk.map(({ values }) => values[label])).size === chunk.length,
      );
      expect(isTold || combinations(chunk) <= 4 * chunk.length).toBe(true);
    }
  });
});
