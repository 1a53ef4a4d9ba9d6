import type { MetricValue } from '../../../src/analysis/expression/metric-value.ts';
import { assertNever } from '../../../src/domain/assert-never.ts';

/** What an expression is meant to be. */
export type Sort = 'bool' | 'number' | 'text' | 'list' | 'any';

export const sorts: readonly Sort[] = ['bool', 'number', 'text', 'list', 'any'];

type Leaves = Readonly<Record<Sort, readonly string[]>>;

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

/** What an expression may name of a result, by what it is; constants among it. */
export function leavesOf(result: MetricValue): Leaves {
  switch (result.kind) {
    case 'scalar':
      return join({
        bool: ['isNaN(result)', 'isInf(result)', 'result > 0.9', 'result == result'],
        number: ['result', 'result', 'asFloat(result)', 'asInt(result)', 'default(result, 0)'],
        text: [],
        list: ['[result]'],
        any: ['result'],
      });
    case 'vector':
      return join({
        bool: [
          'isNaN(result[0])',
          'isInf(result[0])',
          'result[0] > 0.9',
          'len(result) > 0',
          'result == result',
          '0.97 in result',
        ],
        number: [
          'result[0]',
          'result[0]',
          'result[-1]',
          'result[1]',
          'len(result)',
          'asInt(result[0])',
          'asFloat(result[0])',
        ],
        text: [],
        list: ['result', 'result', 'result', 'result[1:]', 'result[:1]', 'filter(result, # > 1)', 'map(result, #)'],
        any: ['result', 'result[0]', 'default(result, 0)'],
      });
    case 'json':
      return join(ofJson);
    default:
      return assertNever(result);
  }
}

const ofJson: Leaves = {
  bool: ['result', 'result.ok', 'result?.a?.ok', 'result == nil', '"ok" in result', 'result.ok == true'],
  number: [
    'result',
    'result[0]',
    'result[-1]',
    'len(result)',
    'result.n',
    'result.a.b',
    'result.list[1]',
    'asFloat(result.value)',
    'default(result, 0)',
  ],
  text: ['result', 'result.s', 'result[0]', 'result.names[0]', 'result.value', 'result[0].name'],
  list: ['result', 'result.list', 'result.names', 'result.rows', 'result[1:]', 'filter(result, # != nil)'],
  any: [
    'result',
    'result.a',
    'result?.a?.b',
    'result["a"]',
    'result.missing',
    'result.a.c',
    'result[0]',
    'result.s[0]',
    'asInt(result.n)',
  ],
};

function join(named: Leaves): Leaves {
  const joined = (sort: Sort) => [...named[sort], ...named[sort], ...constants[sort]];
  return {
    bool: joined('bool'),
    number: joined('number'),
    text: joined('text'),
    list: joined('list'),
    any: joined('any'),
  };
}

/** Words of the language, and some that are none. */
export const words: readonly string[] = [
  'result',
  '#',
  '.',
  '?.',
  '??',
  '?',
  ':',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  '1',
  '0.5',
  '"a"',
  "'",
  '"',
  'not',
  'in',
  'and',
  'or',
  'all',
  'len',
  'isNaN',
  '==',
  '=',
  '!',
  '!=',
  '<',
  '>',
  '..',
  '...',
  '+',
  '-',
  '*',
  '**',
  '/',
  '//',
  '/*',
  '%',
  '^',
  '&&',
  '&',
  '||',
  'matches',
  'contains',
  'startsWith',
  'true',
  'nil',
  'a',
  '$',
  '@',
  '\\',
  'é',
  '0x',
  '1e',
  '1_',
  '.5',
  '##',
  ';',
  '\n',
  '	',
  'asInt',
  '1..3',
  '|',
  'let',
  'max',
  'default',
  'not in',
  '`',
  '\xA0',
  '-1',
  'result.a',
  '[0]',
  '(1)',
  '#index',
];
