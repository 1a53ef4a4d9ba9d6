import { describe, expect, test } from 'vitest';
import type { ConditionOutcome } from '../../../src/analysis/expression/condition.ts';
import { evaluateCondition, evaluateExpression } from '../../../src/analysis/expression/evaluate-condition.ts';
import { MAX_MATCHED_BYTES, MAX_NUMBER_CHARACTERS, MAX_RESULT_DEPTH } from '../../../src/analysis/expression/limits.ts';
import type { JsonValue, MetricValue } from '../../../src/analysis/expression/metric-value.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';

const vector = (...values: readonly number[]): MetricValue => ({ kind: 'vector', values });
const scalar = (value: number): MetricValue => ({ kind: 'scalar', value });
const json = (value: JsonValue): MetricValue => ({ kind: 'json', value });

function outcomeOf(text: string, result: MetricValue): ConditionOutcome {
  const condition = parseCondition(text);
  if (condition.kind === 'problem') throw new Error(`${text}: ${condition.message}`);
  return evaluateCondition(condition, result);
}

type Holding = readonly [text: string, result: MetricValue, holds: boolean];

const holdings: Readonly<Record<string, Holding>> = {
  'a vector’s first value': ['result[0] >= 0.95', vector(0.97), true],
  'NaN compares with nothing': ['result[0] <= 1', vector(Number.NaN), false],
  'NaN differs from itself': ['result[0] != result[0]', vector(Number.NaN), true],
  'a vector with NaN is itself': ['result == result', vector(Number.NaN), true],
  'an empty vector passes every test of all': ['all(result, # > 0.9)', vector(), true],
  'an empty vector is not nil': ['isNil(result) or result == nil', vector(), false],
  'no data of another provider is nil': ['isNil(result) and result == nil', json(null), true],
  'a default stands for no data': ['default(result, 0) < 0.05', json(null), true],
  'a default looks at the whole result, not at its argument': [
    'default(result.missing, 1) == 1',
    json({ a: 2 }),
    false,
  ],
  'guarded emptiness': ['len(result) == 0 || result[0] >= 0.9', vector(), true],
  'a quotient of integers is no integer': ['1 / 2 == 0.5', scalar(0), true],
  'integers and floats compare by value': ['asInt(result) == 1.0', scalar(1.5), true],
  'arrays compare by type': ['result == [1, 2]', vector(1, 2), false],
  'JSON arrays compare with literals': ['result == [1.0, 2.0]', json([1, 2]), true],
  'an integer wraps around': ['9223372036854775807 + 1 < 0', scalar(0), true],
  'what decides before evaluating hides a failure': ['result[9] > 1 and false', vector(), false],
  'a minus binds looser than a power': ['-2 ** 2 == -4', scalar(0), true],
  'a not that is lost behind an operator': ['1 + 2 not in [3]', scalar(0), true],
  'text is bytes': ['len(result) == 6', json('héllo'), true],
  'a dollar ends the text, not a line': ['result matches "^a$"', json('a\nb'), false],
};

describe('conditions beside results', () => {
  test.each(Object.entries(holdings))('%s', (_, [text, result, holds]) => {
    expect(outcomeOf(text, result)).toEqual({ kind: 'value', value: holds });
  });
});

type Failing = readonly [text: string, result: MetricValue, reason: string, message: string];

const deepJson = (depth: number): JsonValue => (depth === 0 ? 1 : [deepJson(depth - 1)]);

const failings: Readonly<Record<string, Failing>> = {
  'a vector where a number is meant': [
    'result > 5',
    vector(1),
    'TypesDoNotFit',
    'invalid operation: > (mismatched types []float64 and int)',
  ],
  'a number where a vector is meant': ['result[0] > 5', scalar(1), 'TypesDoNotFit', 'type float64[int] is undefined'],
  'an element that is not there': ['result[0] > 5', vector(), 'Failed', 'reflect: slice index out of range'],
  'a default for an empty vector': ['default(result, 0) < 1', vector(), 'Failed', 'invalid operation: []float64 < int'],
  'a name below nothing': ['result.a.b == 1', json({}), 'Failed', 'cannot fetch b from <nil>'],
  'a number that is no condition': ['result', scalar(1), 'NotBoolean', 'expected bool, but got float64'],
  'nothing that is no condition': ['result.a', json({}), 'NotBoolean', 'expected bool, but got <nil>'],
  'a text that is no number': [
    'asInt(result) > 1',
    json('1.1'),
    'Failed',
    'strconv.ParseInt: parsing "1.1": invalid syntax',
  ],
  'a remainder by zero': ['1 % len(result) == 1', vector(), 'Failed', 'runtime error: integer divide by zero'],
  'an integer function’s result where a float is wanted': [
    'isNaN(len(result))',
    vector(),
    'Failed',
    'interface conversion: interface {} is int, not float64',
  ],
  'arrays past Argo’s budget': ['len(1..(1000000 + len(result))) > 0', vector(1), 'Failed', 'memory budget exceeded'],
  'too many steps': [
    'all(1..1000000, # > 0)',
    vector(),
    'TooLarge',
    'evaluating takes more than 500000 steps: look at fewer elements',
  ],
  'too many steps in closures in closures': [
    'all(1..1000, all(1..1000, # > 0))',
    vector(),
    'TooLarge',
    'evaluating takes more than 500000 steps: look at fewer elements',
  ],
  'a text too long to match': [
    'result matches "a"',
    json('a'.repeat(MAX_MATCHED_BYTES + 1)),
    'TooLarge',
    `matches looks through ${MAX_MATCHED_BYTES} bytes at most`,
  ],
  'a pattern of the result’s that is too long': [
    '"a" matches result',
    json('{'.repeat(8193)),
    'TooLarge',
    'a regular expression has 8192 bytes at most',
  ],
  'patterns that are read again and again': [
    'count(1..10000, "a" matches result) > 0',
    json('a{1000}'),
    'TooLarge',
    'evaluating takes more than 500000 steps: look at fewer elements',
  ],
  'a text too long to be a number': [
    'asFloat(result) > 1',
    json('1'.repeat(MAX_NUMBER_CHARACTERS + 1)),
    'TooLarge',
    `a number is read from ${MAX_NUMBER_CHARACTERS} characters at most`,
  ],
  'a result that nests too deep': [
    'result == nil',
    json(deepJson(MAX_RESULT_DEPTH + 1)),
    'TooLarge',
    'the result is larger than a condition may look at (200000 values, 256 levels, 1048576 characters)',
  ],
  'a result of too much text': [
    'result == nil',
    json(['a'.repeat(1_048_577)]),
    'TooLarge',
    'the result is larger than a condition may look at (200000 values, 256 levels, 1048576 characters)',
  ],
  'texts that grow': [
    `len(${Array.from({ length: 500 }, () => 'result').join('+')}) > 0`,
    json('a'.repeat(1_000_000)),
    'TooLarge',
    'evaluating takes more than 500000 steps: look at fewer elements',
  ],
};

describe('conditions that have no value beside a result', () => {
  test.each(Object.entries(failings))('%s', (_, [text, result, reason, message]) => {
    expect(outcomeOf(text, result)).toEqual({ kind: 'error', reason, message });
  });
});

describe('patterns that take forever elsewhere', () => {
  test.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*x', '(a*)*b', '([a-z]+)*1'])('%s', (pattern) => {
    const text = `${'a'.repeat(2000)}!`;
    const outcome = outcomeOf(`result matches "^${pattern}"`, json(text));
    expect(outcome).toEqual({ kind: 'value', value: false });
  });
});

test('an expression of any type is tried with its type', () => {
  const tried = (text: string, result: MetricValue) => {
    const condition = parseCondition(text);
    return condition.kind === 'problem' ? condition : evaluateExpression(condition, result);
  };
  expect(tried('map(result, # * 2)', vector(1, Number.NaN))).toEqual({
    kind: 'value',
    value: [2, Number.NaN],
    type: '[]interface {}',
  });
  expect(tried('{a: asInt(result[0]), b: "é", c: nil}', vector(3))).toEqual({
    kind: 'value',
    value: { a: 3, b: 'é', c: null },
    type: 'map[string]interface {}',
  });
  expect(tried('9223372036854775807', vector())).toEqual({ kind: 'value', value: '9223372036854775807', type: 'int' });
});

test('a message that quotes a long result is cut', () => {
  const outcome = outcomeOf('asInt([result]) > 1', json('a'.repeat(100_000)));
  expect(outcome).toMatchObject({ kind: 'error', reason: 'Failed' });
  expect(outcome.kind === 'error' ? outcome.message.length : 0).toBe(2048);
});

test('one condition is evaluated beside results of several types', () => {
  const condition = parseCondition('result == 1 or true');
  if (condition.kind === 'problem') throw new Error(condition.message);
  expect(evaluateCondition(condition, scalar(1))).toEqual({ kind: 'value', value: true });
  expect(evaluateCondition(condition, vector(1))).toMatchObject({ kind: 'error', reason: 'TypesDoNotFit' });
  expect(evaluateCondition(condition, scalar(2))).toEqual({ kind: 'value', value: true });
});
