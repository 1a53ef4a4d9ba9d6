import { evaluateExpression } from '../../../src/analysis/expression/evaluate-condition.ts';
import type { MetricValue } from '../../../src/analysis/expression/metric-value.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';

/** What an expression is meant to be. */
export type Sort = 'bool' | 'number' | 'whole' | 'text' | 'list' | 'any';

export const sorts: readonly Sort[] = ['bool', 'number', 'whole', 'text', 'list', 'any'];

/** Expressions without operators, by what they are meant to be. */
export type Leaves = Readonly<Record<Sort, readonly string[]>>;

const constants: Leaves = {
  bool: ['true', 'false', 'isNil(result)', 'isNaN(1.5)', 'isInf(1 / 0)', 'isNaN(0 / 0)'],
  number: [
    '0',
    '1',
    '2',
    '3',
    '-1',
    '10',
    '0.5',
    '0.97',
    '0.0',
    '-0.0',
    '1e3',
    '1.5e-3',
    '.5',
    '0x1F',
    '1_000',
    '100',
    '7',
    '-7',
    '2.5',
    '9223372036854775807',
    '4503599627370497',
    'asInt(3.7)',
    'asInt("12")',
    'asFloat("0.5")',
    'len("abc")',
    '1.',
  ],
  whole: ['0', '1', '2', '3', '-1', '0x1F', '7', '-7', '10', 'len("abc")', 'asInt("12")', '9223372036854775807'],
  text: [
    '"a"',
    "'ok'",
    '"héllo"',
    '""',
    '"text"',
    '"0.97"',
    '"12"',
    String.raw`"\x41\n"`,
    String.raw`'it\'s'`,
    String.raw`"\u00e9"`,
    '"a.c"',
    '"^a"',
    '"l+"',
    '"[a-z]+$"',
    '"(?i)TEXT"',
    '"ok"',
    String.raw`"\\d"`,
    '"(a|ok)"',
  ],
  list: [
    '[]',
    '[1, 2, 3]',
    '["a", "ok"]',
    '[0.97, 1]',
    '1..3',
    '0..0',
    '3..1',
    '[nil, true]',
    '[[1], [2]]',
    '[{value: 1}]',
  ],
  any: ['nil', '1', '"a"', 'true', '0.97', '{a: 1}', '{"ok": true}.ok', '[1, 2.5]', '{a: {b: 2}}', 'default(nil, 1)'],
};

const named: Leaves = {
  bool: [
    'isNaN(result)',
    'isInf(result)',
    'result > 0.9',
    'result == result',
    'isNaN(result[0])',
    'isInf(result[0])',
    'result[0] > 0.9',
    'len(result) > 0',
    '0.97 in result',
    'result',
    'result.ok',
    'result?.a?.ok',
    '"ok" in result',
  ],
  number: [
    'result',
    'result[0]',
    'result[-1]',
    'result[1]',
    'asFloat(result)',
    'default(result, 0)',
    'asFloat(result[0])',
    'result.n',
    'result.a.b',
    'result.list[1]',
    'asFloat(result.value)',
    'result.rows[0].value',
    'result[1].value',
  ],
  whole: ['asInt(result)', 'len(result)', 'asInt(result[0])', 'asInt(result.n)', 'len(result.names)', 'result.s[0]'],
  text: ['result', 'result.s', 'result[0]', 'result.names[0]', 'result.value', 'result[0].name', 'result.names[-1]'],
  list: [
    'result',
    'result[1:]',
    'result[:1]',
    'filter(result, # > 1)',
    'map(result, #)',
    'result.list',
    'result.names',
    'result.rows',
    'filter(result, # != nil)',
    '[result]',
  ],
  any: [
    'result',
    'result.a',
    'result?.a?.b',
    'result["a"]',
    'result.missing',
    'result.a.c',
    'result[0]',
    'result.s[0]',
    'default(result, 0)',
    'result ?? 1',
    'result[-1]',
    'result.list',
  ],
};

const known = new WeakMap<MetricValue, Leaves>();

/** What an expression may name of a result and be right about its sort; constants beside it. */
export function leavesOf(result: MetricValue): Leaves {
  const leaves = known.get(result) ?? fittingLeaves(result);
  known.set(result, leaves);
  return leaves;
}

function fittingLeaves(result: MetricValue): Leaves {
  const ofSort = (sort: Sort) => {
    const fitting = named[sort].filter((leaf) => fits(leaf, sort, result));
    return [...fitting, ...fitting, ...constants[sort]];
  };
  const [bool, number, whole] = [ofSort('bool'), ofSort('number'), ofSort('whole')];
  return { bool, number, whole, text: ofSort('text'), list: ofSort('list'), any: ofSort('any') };
}

const typesOfSort: Readonly<Record<Sort, RegExp>> = {
  bool: /^bool$/,
  number: /^(int|int64|float64)$/,
  whole: /^(int|int64|uint8)$/,
  text: /^string$/,
  list: /^\[\]/,
  any: /./,
};

function fits(leaf: string, sort: Sort, result: MetricValue): boolean {
  const condition = parseCondition(leaf);
  if (condition.kind === 'problem') return false;
  const outcome = evaluateExpression(condition, result);
  return outcome.kind === 'value' && typesOfSort[sort].test(outcome.type);
}
