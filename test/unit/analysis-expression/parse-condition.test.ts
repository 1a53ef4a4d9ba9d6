import { describe, expect, test } from 'vitest';
import { evaluateCondition } from '../../../src/analysis/expression/evaluate-condition.ts';
import { MAX_NESTING, MAX_TEXT_CHARACTERS, MAX_TREE_HEIGHT } from '../../../src/analysis/expression/limits.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';

type Refusal = readonly [text: string, reason: string, position: number, message: string];

const refusals: Readonly<Record<string, Refusal>> = {
  'an empty text': ['', 'Invalid', 1, 'unexpected token EOF'],
  'an operator without its right side': ['result >', 'Invalid', 9, 'unexpected token EOF'],
  'two values in a row': ['result result', 'Invalid', 8, 'unexpected token Identifier("result")'],
  'a bracket that is not closed': ['(result > 1', 'Invalid', 12, 'unexpected token EOF'],
  'a character of no token': ['result @ 1', 'Invalid', 8, "unrecognized character: U+0040 '@'"],
  'a string that does not end': ['result == "a', 'Invalid', 11, 'literal not terminated'],
  'an escape that is none': ['"\\q" == "q"', 'Invalid', 3, 'invalid char escape'],
  'a number run into a name': ['1and 2', 'Invalid', 1, 'bad number syntax: "1a"'],
  'an integer that is too large': [
    'result > 9223372036854775808',
    'Invalid',
    10,
    'invalid integer literal: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  'a name that nobody knows': ['reslut > 1', 'Invalid', 1, 'unknown name reslut'],
  'a function that nobody knows': ['sqrt(result) > 1', 'Invalid', 1, 'unknown name sqrt'],
  'an element outside of a closure': ['# > 1', 'Invalid', 1, 'cannot use pointer accessor outside closure'],
  'types that fit no result': ['1 + true', 'Invalid', 3, 'invalid operation: + (mismatched types int and bool)'],
  'a chain of comparisons': ['0 < result < 1', 'Invalid', 12, 'invalid operation: < (mismatched types bool and int)'],
  'a remainder by zero that is never reached': ['true or 1 % 0 == 1', 'Invalid', 11, 'integer divide by zero'],
  'coalescing beside another operator': [
    'result ?? 0 == 0',
    'Invalid',
    13,
    'Operator (==) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.',
  ],
  'too few arguments': ['default(result) == 1', 'Invalid', 1, 'not enough arguments to call default'],
  'a pattern that is none': ['result matches "("', 'Invalid', 16, 'error parsing regexp: missing closing ): `(`'],
  'a variable': ['let x = 1; x > 0', 'NotSupported', 1, 'let is not supported: write the value in its place'],
  'a pipe': ['result | len() > 0', 'NotSupported', 8, 'pipes are not supported: write a call'],
  'a builtin of the library': ['max(result) > 1', 'NotSupported', 1, 'max is not supported'],
  'a function as a value': ['isNaN == nil', 'NotSupported', 1, 'isNaN is a function: only calls of it are supported'],
  'a method': ['result.foo()', 'NotSupported', 8, 'a result has no methods that could be called'],
  'the whole environment': ['$env.result', 'NotSupported', 1, '$env is not supported: name what is meant'],
  'folding of letters beyond ASCII': [
    'result matches "(?i)é"',
    'NotSupported',
    16,
    '(?i) beyond ASCII in a regular expression is not supported',
  ],
  'the last match of a filter': [
    '1 < filter(result, # > 0)[-1]',
    'NotSupported',
    26,
    'filter(…)[-1] is not supported, for Argo evaluates it wrongly beside an operator',
  ],
};

describe('a text that is no condition is refused with its place', () => {
  test.each(Object.entries(refusals))('%s', (_, [text, reason, position, message]) => {
    expect(parseCondition(text)).toMatchObject({ kind: 'problem', reason, position, message });
  });
});

test('what is well formed and fits no result fails in Argo’s words beside one', () => {
  const problem = parseCondition('result.a > 1 and 1 + true');
  if (problem.kind === 'condition' || problem.illTyped === null) throw new Error('it was read');
  expect(problem.message).toBe('invalid operation: + (mismatched types int and bool)');
  expect(evaluateCondition(problem.illTyped, { kind: 'scalar', value: 1 })).toEqual({
    kind: 'error',
    reason: 'TypesDoNotFit',
    message: 'type float64[string] is undefined',
  });
  expect(parseCondition('1 +')).toMatchObject({ kind: 'problem', illTyped: null });
  expect(parseCondition('max(1) > 0')).toMatchObject({ kind: 'problem', illTyped: null });
});

describe('a text that may fit some result is a condition', () => {
  test.each([
    'result > 0.9',
    'result[0] > 0.9',
    'result.ok',
    'all(result, .value > 1) // a comment',
    '/* why */ isNaN(result)',
    'result?.a?.b ?? false',
    '(result.ok ? 1..3 : result)[0.5] == nil',
  ])('%s', (text) => {
    expect(parseCondition(text)).toMatchObject({ kind: 'condition', text });
  });
});

const towers: Readonly<Record<string, (height: number) => string>> = {
  parentheses: (height) => `${'('.repeat(height)}result${')'.repeat(height)}`,
  negations: (height) => `${'not '.repeat(height)}result`,
  arrays: (height) => `${'['.repeat(height)}1${']'.repeat(height)} == nil`,
  choices: (height) => `${'true ? '.repeat(height)}1${' : 1'.repeat(height)}`,
  powers: (height) => `1${' ** 1'.repeat(height)}`,
  closures: (height) => `${'all(result, '.repeat(height)}true${')'.repeat(height)}`,
  groups: (height) => `result matches "${'('.repeat(height)}${')'.repeat(height)}"`,
};

describe('what nests too deep is refused before it can fill the stack', () => {
  test.each(Object.entries(towers))('%s', (_, towerOf) => {
    expect(parseCondition(towerOf(MAX_NESTING + 1))).toMatchObject({ kind: 'problem', reason: 'TooLarge' });
    expect(parseCondition(towerOf(1000))).toMatchObject({ kind: 'problem', reason: 'TooLarge' });
    expect(parseCondition(towerOf(MAX_NESTING - 2))).toMatchObject({ kind: 'condition' });
  });

  test('a long row of operations, though nothing nests', () => {
    expect(parseCondition(`result${' or true'.repeat(MAX_TREE_HEIGHT - 1)}`).kind).toBe('condition');
    expect(parseCondition(`result${' or true'.repeat(MAX_TREE_HEIGHT + 1)}`)).toMatchObject({ reason: 'TooLarge' });
    expect(parseCondition(`result${'.a'.repeat(MAX_TREE_HEIGHT + 1)}`)).toMatchObject({ reason: 'TooLarge' });
  });

  test('a text of too many characters', () => {
    const text = `result > 0 ${' '.repeat(MAX_TEXT_CHARACTERS)}`;
    expect(parseCondition(text)).toMatchObject({ reason: 'TooLarge', position: MAX_TEXT_CHARACTERS + 1 });
  });

  test('a pattern of too many states', () => {
    expect(parseCondition('result matches "(a{30}b{30}){30}c{1000}d{1000}e{1000}f{1000}"')).toMatchObject({
      reason: 'TooLarge',
    });
  });
});
