import { describe, expect, test } from 'vitest';
import {
  resolveMetric,
  resolveMetrics,
  withoutSecrets,
  withSecrets,
} from '../../../src/analysis/template/resolve-metrics.ts';
import { tagsOf } from '../../../src/analysis/template/substitute.ts';
import type { TemplateArg } from '../../../src/domain/analysis-template.ts';
import { aMetric, anArg } from './a-template.ts';

/** A query and its arguments, and what is asked in the end. */
const filled: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>, string]>> = {
  'a value': ['q{a="{{args.a}}"}', { a: 'x' }, 'q{a="x"}'],
  'spaces in the tag': ['{{ args.a}}{{args.a }}', { a: 'x' }, 'xx'],
  'quotes, backslashes and lines': ['{{args.a}}', { a: '"\\\n\t' }, '"\\\n\t'],
  'letters of the world, invisible ones and pictures': [
    '{{args.a}}',
    { a: 'ä\u00a0\u200b🚀\u2028' },
    'ä\u00a0\u200b🚀\u2028',
  ],
  'what Go writes otherwise in JSON': ['a < b > c & d{{args.a}}', { a: '<&>' }, 'a < b > c & d<&>'],
  'a value that looks like an argument': ['{{args.a}}', { a: '{{args.b}}', b: 'x' }, '{{args.b}}'],
  'braces without a tag': ['q{a="}}"} }}', {}, 'q{a="}}"} }}'],
  'a name of a built-in': ['{{args.constructor}}', { constructor: 'x' }, 'x'],
};

test.for(Object.entries(filled))('a query is filled in: %s', ([, [query, values, asks]]) => {
  const args = Object.entries(values).map(([name, value]) => anArg(name, value));
  const { provider } = aMetric();
  const outcome = resolveMetric(aMetric({ provider: { ...provider, query } }), args);
  expect(outcome).toMatchObject({ kind: 'metric', metric: { provider: { query: asks } } });
});

const refused: Readonly<Record<string, readonly [string, readonly TemplateArg[], string, string]>> = {
  'an argument without a value': ['q', [anArg('a')], 'ArgumentMissing', 'argument "a" was not supplied'],
  'an argument that is not declared': [
    '{{args.b}}',
    [anArg('a', 'x')],
    'UnresolvedArgument',
    'failed to resolve {{args.b}}',
  ],
  'a name that is inherited': ['{{args.toString}}', [], 'UnresolvedArgument', 'failed to resolve {{args.toString}}'],
  'the last of several': ['{{a}}{{b}}', [], 'UnresolvedArgument', 'failed to resolve {{b}}'],
  'a tag as Go writes it in JSON': ['{{ <a> }}', [], 'UnresolvedArgument', 'failed to resolve {{ \\u003ca\\u003e }}'],
  'three braces': ['q{{{args.a}}}', [anArg('a', 'x')], 'UnresolvedArgument', 'failed to resolve {{{args.a}}'],
  'a character that JSON has no escape for': [
    '{{args.a}}',
    [anArg('a', 'x\u0007')],
    'UnwritableArgument',
    "invalid character 'a' in string escape code",
  ],
  'a character past the first plane that is not printed': [
    '{{args.a}}',
    [anArg('a', '\u{e0001}')],
    'UnwritableArgument',
    "invalid character 'U' in string escape code",
  ],
};

test.for(Object.entries(refused))('a query is refused: %s', ([, [query, args, reason, message]]) => {
  const { provider } = aMetric();
  expect(resolveMetric(aMetric({ provider: { ...provider, query } }), args)).toEqual({
    kind: 'problem',
    reason,
    message,
  });
});

test('a backslash before what JSON has no escape for is text', () => {
  const { provider } = aMetric();
  const outcome = resolveMetric(aMetric({ provider: { ...provider, query: '\\x {{args.a}}' } }), [anArg('a', '\\a')]);
  expect(outcome).toMatchObject({ metric: { provider: { query: '\\x \\a' } } });
});

test('every text of a metric is filled in, and an empty one is left out', () => {
  const args = [anArg('x', '1'), anArg('none', '')];
  const { provider } = aMetric();
  const outcome = resolveMetric(
    aMetric({
      name: 'm{{args.x}}',
      interval: '{{args.none}}',
      count: '{{args.x}}',
      failureCondition: 'result[0] < {{args.x}}',
      provider: {
        ...provider,
        headers: [{ key: 'X-{{args.x}}', value: '{{args.x}}' }],
        authentication: { kind: 'oauth2', tokenUrl: '{{args.none}}', clientId: 'i', clientSecret: 's', scopes: [] },
        rangeQuery: { start: 'now() - duration("{{args.x}}h")', end: 'now()', step: '{{args.x}}m' },
      },
    }),
    args,
  );
  expect(outcome).toMatchObject({
    metric: {
      name: 'm1',
      interval: null,
      count: '1',
      failureCondition: 'result[0] < 1',
      provider: {
        headers: [{ key: 'X-1', value: '1' }],
        authentication: { kind: 'none' },
        rangeQuery: { start: 'now() - duration("1h")', step: '1m' },
      },
    },
  });
});

test('a metric without arguments stays as it is', () => {
  const { provider } = aMetric();
  const whole = aMetric({
    count: 3,
    interval: '1m',
    initialDelay: '2m',
    failureLimit: '1',
    provider: {
      ...provider,
      timeoutSeconds: 3,
      insecure: true,
      headers: [{ key: 'a', value: 'b' }],
      authentication: { kind: 'oauth2', tokenUrl: 't', clientId: 'i', clientSecret: 's', scopes: ['x'] },
      rangeQuery: { start: 'now()', end: 'now()', step: '1m' },
    },
  });
  expect(resolveMetric(whole, [])).toEqual({ kind: 'metric', metric: whole });
});

describe('secrets', () => {
  const secret: TemplateArg = { name: 's', value: 'x', valueFrom: { kind: 'secretKeyRef', name: 'n', key: 'k' } };
  const metrics = [aMetric({ successCondition: '{{args.s}}' })];

  test('are a word of no meaning to limits', () => {
    const outcome = resolveMetrics(metrics, withoutSecrets([secret]));
    expect(outcome).toMatchObject({ metrics: [{ successCondition: 'temp-for-secret' }] });
  });

  test('win over a value where it is measured', () => {
    const outcome = resolveMetrics(metrics, withSecrets([secret], new Map([['s', 'sesame']])));
    expect(outcome).toMatchObject({ metrics: [{ successCondition: 'sesame' }] });
  });
});

test('a short text that grows without measure is not built', () => {
  const { provider } = aMetric();
  const query = '{{args.a}}'.repeat(6000);
  const outcome = resolveMetric(aMetric({ provider: { ...provider, query } }), [anArg('a', 'x'.repeat(60_000))]);
  expect(outcome).toMatchObject({ kind: 'problem', reason: 'MetricTooLarge' });
});

test('tags are found trimmed, in their order', () => {
  expect(tagsOf('a {{ args.b }} {{args.a}} {{')).toEqual(['args.b', 'args.a']);
});
