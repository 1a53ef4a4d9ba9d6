import type { JsonValue, MetricValue } from '../../../src/analysis/expression/metric-value.ts';

const scalar = (value: number): MetricValue => ({ kind: 'scalar', value });
const vector = (...values: readonly number[]): MetricValue => ({ kind: 'vector', values });
const json = (value: JsonValue): MetricValue => ({ kind: 'json', value });

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;

/** What Prometheus gives through Argo: scalars and vectors, with all that is odd about numbers. */
export const prometheusResults: readonly MetricValue[] = [
  ...[
    0,
    1,
    -1,
    0.5,
    0.97,
    3,
    -0,
    nan,
    inf,
    minusInf,
    1e308,
    2.2250738585072014e-308,
    9007199254740992,
    1e19,
    -9.3e18,
  ].map(scalar),
  vector(),
  vector(0.97),
  vector(0),
  vector(0.97, 0.5),
  vector(nan),
  vector(nan, 1),
  vector(inf, minusInf, 0),
  vector(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  vector(-3, 0, 3),
];

/** What other providers may give: any JSON. */
export const jsonResults: readonly MetricValue[] = [
  null,
  true,
  false,
  5,
  'text',
  '12',
  '0.5',
  'héllo wörld ✓',
  '',
  [],
  [1, 2, 3],
  ['a', 'b', 'ok'],
  [1, 'a', null, true, [1, 2], { a: 1 }],
  [{ value: 1, name: 'a' }, { value: 2.5, name: 'b', ok: true }, { name: 'c' }],
  {},
  { ok: true, a: { b: 3, c: null, ok: false }, n: 1.5, s: 'héllo', list: [1, 2, 3], names: ['a', 'ok'], '': 0 },
  { value: '0.97', ok: 'true', list: [], rows: [{ value: 1 }, { value: 2 }], n: 3, a: null, s: 'a.c' },
].map(json);

/** All results that expressions are tried on. */
export const results: readonly MetricValue[] = [...prometheusResults, ...jsonResults];
