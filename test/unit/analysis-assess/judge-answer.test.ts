import { describe, expect, test } from 'vitest';
import { readConditions } from '../../../src/analysis/assess/conditions.ts';
import { sampleText } from '../../../src/analysis/assess/go-number.ts';
import { judgeAnswer, judgeValue, type MetricAnswer, valueText } from '../../../src/analysis/assess/judge-answer.ts';
import { instant } from '../../../src/domain/time.ts';

const between = { startedAt: instant(10_900), finishedAt: instant(11_200) };

function conditions(success: string | null, failure: string | null) {
  const read = readConditions({ successCondition: success, failureCondition: failure });
  if (read.kind === 'problem') throw new Error(read.message);
  return read;
}

const scalar = (value: number): MetricAnswer => ({ kind: 'value', value: { kind: 'scalar', value }, warnings: ['w'] });

describe('a value is judged', () => {
  const good = 'result > 5';
  const bad = 'result < 1';

  test.for([
    ['by nothing', null, null, 3, 'Successful'],
    ['good', good, null, 6, 'Successful'],
    ['not good', good, null, 3, 'Failed'],
    ['bad', null, bad, 0, 'Failed'],
    ['not bad', null, bad, 3, 'Successful'],
    ['good of both', good, bad, 6, 'Successful'],
    ['bad of both', good, bad, 0, 'Failed'],
    ['neither', good, bad, 3, 'Inconclusive'],
    ['good and bad', 'result > 1', 'result > 2', 3, 'Failed'],
    ['NaN is not good', good, null, Number.NaN, 'Failed'],
    ['NaN is not bad', null, bad, Number.NaN, 'Successful'],
    ['NaN is neither', good, bad, Number.NaN, 'Inconclusive'],
  ] as const)('%s', ([, success, failure, value, phase]) => {
    expect(judgeValue(conditions(success, failure), { kind: 'scalar', value })).toEqual({ kind: 'phase', phase });
  });

  test.for([
    ['the success condition first', 'result[0]', 'result[1]', /^cannot fetch|^type float64/],
    ['the failure condition although it is good', 'result > 0', 'foo', /unknown name foo/],
    ['a condition that Argo cannot read', 'result >', null, /unexpected token EOF/],
  ] as const)('an error of %s is told', ([, success, failure, message]) => {
    const judged = judgeValue(conditions(success, failure), { kind: 'scalar', value: 3 });
    expect(judged).toMatchObject({ kind: 'error' });
    expect(judged.kind === 'error' && judged.message).toMatch(message);
  });
});

describe('a reading', () => {
  const metric = { conditions: conditions('result > 5', null), providerFault: null };

  test('holds the value, its warnings and whole seconds', () => {
    expect(judgeAnswer(metric, scalar(6.5), between)).toEqual({
      phase: 'Successful',
      message: '',
      value: '6.5',
      warnings: ['w'],
      startedAt: 10_000,
      finishedAt: 11_000,
    });
  });

  test.for<readonly [string, typeof metric | { readonly providerFault: string }, MetricAnswer, string]>([
    ['of the provider', metric, { kind: 'error', message: 'server_error' }, 'server_error'],
    ['of a provider that cannot be asked', { providerFault: 'no address' }, scalar(6), 'no address'],
  ])('of an error %s holds nothing but its message', ([, changed, answer, message]) => {
    const reading = judgeAnswer({ ...metric, ...changed }, answer, between);
    expect(reading).toMatchObject({ phase: 'Error', message, value: '', warnings: [] });
  });

  test('shows no secret', () => {
    const answer: MetricAnswer = { kind: 'error', message: 'token sesame of sesame street' };
    expect(judgeAnswer(metric, answer, between, ['', 'sesame']).message).toBe('token ***** of ***** street');
  });
});

test.for([
  [0.97, '0.97'],
  [100, '100'],
  [1e21, '1000000000000000000000'],
  [1.2345e25, '12345000000000000000000000'],
  [-1.5e22, '-15000000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [-0, '-0'],
] as const)('%d is written %s', ([value, text]) => {
  expect(sampleText(value)).toBe(text);
  expect(Number(sampleText(value).replace('Inf', 'Infinity'))).toBe(value);
});

test('values are written as Argo writes them', () => {
  expect(valueText({ kind: 'vector', values: [] })).toBe('[]');
  expect(valueText({ kind: 'vector', values: [1, Number.NaN] })).toBe('[1,NaN]');
  expect(valueText({ kind: 'json', value: { a: [1] } })).toBe('{"a":[1]}');
});
