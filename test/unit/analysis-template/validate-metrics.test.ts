import { describe, expect, test } from 'vitest';
import { intOf, isCountable } from '../../../src/analysis/template/int-or-text.ts';
import { effectiveCount } from '../../../src/analysis/template/measured-metric.ts';
import { matchDryRun, matchRetention } from '../../../src/analysis/template/metric-rules.ts';
import { providerFault } from '../../../src/analysis/template/provider-fault.ts';
import { metricFault, metricsProblem } from '../../../src/analysis/template/validate-metrics.ts';
import type { TemplateMetric } from '../../../src/domain/analysis-template.ts';
import { aMetric } from './a-template.ts';

const faults: Readonly<Record<string, readonly [Partial<TemplateMetric>, string, string]>> = {
  'successes below 0': [{ consecutiveSuccessLimit: -1 }, 'InvalidLimit', 'consecutiveSuccessLimit must be >= 0'],
  'failures below -1': [{ failureLimit: '-2' }, 'InvalidLimit', 'failureLimit must be >= 0, or -1 to be disabled'],
  'nothing that decides': [
    { failureLimit: -1, consecutiveSuccessLimit: 0 },
    'InvalidLimit',
    'failureLimit and consecutiveSuccessLimit cannot both be disabled',
  ],
  'inconclusive below 0': [{ inconclusiveLimit: -1 }, 'InvalidLimit', 'inconclusiveLimit must be >= 0'],
  'errors below 0': [{ consecutiveErrorLimit: -1 }, 'InvalidLimit', 'consecutiveErrorLimit must be >= 0'],
  'a count below both limits': [
    { count: '4', interval: '1s', failureLimit: '2', consecutiveSuccessLimit: 3 },
    'InvalidCount',
    'count (4) must be >= failureLimit + consecutiveSuccessLimit (2 + 3) if both >= 0',
  ],
  'a count below the successes alone': [
    { count: 2, interval: '1s', failureLimit: -1, consecutiveSuccessLimit: 3 },
    'InvalidCount',
    'count must be >= consecutiveSuccessLimit',
  ],
  'a count below the inconclusive': [
    { count: 2, interval: '1s', inconclusiveLimit: 3 },
    'InvalidCount',
    'count must be >= inconclusiveLimit',
  ],
  'a count without an interval': [{ count: 2 }, 'InvalidCount', 'interval must be specified when count > 1'],
  'an interval in days': [
    { interval: '1d' },
    'InvalidDuration',
    'invalid interval string: time: unknown unit "d" in duration "1d"',
  ],
  'a delay without a unit': [
    { initialDelay: '5' },
    'InvalidDuration',
    'invalid startDelay string: time: missing unit in duration "5"',
  ],
  'a count that Argo would wrap': [
    { count: '3000000000' },
    'NumberOutOfRange',
    'count 3000000000 does not fit into 32 bits',
  ],
};

describe('a metric that breaks a rule', () => {
  test.for(Object.entries(faults))('%s', ([, [fields, reason, message]]) => {
    expect(metricFault(aMetric(fields))).toMatchObject({ reason, message });
  });

  test.for<readonly [string, Partial<TemplateMetric>]>([
    ['one measurement', {}],
    ['one measurement, counted', { count: 1 }],
    ['failures that do not matter', { failureLimit: -1, consecutiveSuccessLimit: 1 }],
    ['limits without a count', { failureLimit: 10, interval: '1m' }],
    ['a count as large as its limits', { count: 5, interval: '1m', failureLimit: 2, consecutiveSuccessLimit: 3 }],
    ['a text that is no number', { count: 'many', failureLimit: 'some' }],
    ['a negative count', { count: -3, interval: '1m' }],
  ])('and one that breaks none: %s', ([, fields]) => {
    expect(metricFault(aMetric(fields))).toBeNull();
  });

  test('is told with its index', () => {
    expect(metricsProblem([aMetric(), aMetric({ name: 'n', count: 3 })])?.message).toBe(
      'metrics[1]: interval must be specified when count > 1',
    );
    expect(metricsProblem([aMetric(), aMetric()])).toMatchObject({ reason: 'DuplicateMetric' });
    expect(metricsProblem([])).toMatchObject({ reason: 'NoMetrics', message: 'no metrics specified' });
    expect(metricsProblem([aMetric()])).toBeNull();
  });
});

test.for<readonly [string | number | null, number | null]>([
  [null, null],
  [3, 3],
  ['3', 3],
  ['+3', 3],
  ['-3', -3],
  ['007', 7],
  [' 3', 0],
  ['3.0', 0],
  ['1e3', 0],
  ['1_000', 0],
  ['0x10', 0],
  ['', 0],
])('the number of %j is %j', ([written, number]) => {
  expect(intOf(written)).toBe(number);
});

test('numbers of 32 bits can be counted', () => {
  expect([2 ** 31 - 1, '-2147483648', null, 'x'].map(isCountable)).toEqual([true, true, true, true]);
  expect([2 ** 31, '-2147483649'].map(isCountable)).toEqual([false, false]);
});

test.for<readonly [Pick<TemplateMetric, 'count' | 'interval'>, number | null]>([
  [{ count: null, interval: null }, 1],
  [{ count: null, interval: '1m' }, null],
  [{ count: 0, interval: '1m' }, null],
  [{ count: '0', interval: null }, 1],
  [{ count: 'x', interval: '1m' }, null],
  [{ count: 4, interval: '1m' }, 4],
  [{ count: -1, interval: '1m' }, -1],
])('of %j the count is %j', ([metric, count]) => {
  expect(effectiveCount(metric)).toBe(count);
});

describe('a Prometheus that cannot be asked', () => {
  const { provider } = aMetric();
  const oauth2 = { kind: 'oauth2', tokenUrl: 't', clientId: '', clientSecret: 's', scopes: [] } as const;

  test.for([
    [{ ...provider, address: null }, 'prometheus address is not configured'],
    [{ ...provider, address: 'prometheus:9090' }, 'prometheus address is not is url format'],
    [{ ...provider, address: '/api' }, 'prometheus address is not is url format'],
    [{ ...provider, address: 'http://' }, 'prometheus address is not is url format'],
    [{ ...provider, timeoutSeconds: -1 }, 'prometheus timeout should not be negative'],
    [{ ...provider, authentication: oauth2 }, 'missing mandatory parameter in metric for OAuth2 setup'],
    [{ ...provider, timeoutSeconds: 0 }, null],
  ] as const)('%j: %s', ([given, message]) => {
    expect(providerFault(given, null)).toBe(message);
  });

  test('the address of whoever asks is one', () => {
    expect(providerFault({ ...provider, address: null }, 'http://other:9090')).toBeNull();
  });
});

describe('rules over names of metrics', () => {
  const names = ['error-rate', 'latency-p95', 'latency-p99'];

  test('a pattern is looked for anywhere in the name', () => {
    expect(matchDryRun(['p9[59]$', 'ERROR|^error'], names)).toEqual({
      kind: 'matched',
      matched: new Set(['latency-p95', 'latency-p99', 'error-rate']),
    });
  });

  test.for([
    ['a pattern that matches nothing', 'other'],
    ['a pattern that is none', '*'],
    ['a pattern of another language', '(?=error)'],
  ] as const)('%s is refused', ([, rule]) => {
    const message = "dryRun[1]: Rule didn't match any metric name(s)";
    expect(matchDryRun(['error', rule], names)).toEqual({ kind: 'problem', reason: 'RuleWithoutMetric', message });
  });

  test('a pattern that takes for ever in other engines takes none here', () => {
    expect(matchDryRun(['(a+)+$'], [`${'a'.repeat(250)}!`])).toMatchObject({ reason: 'RuleWithoutMetric' });
  });

  test('the last retention rule that matches counts, and 0 is none', () => {
    const rules = [
      { metricName: '.*', limit: 5 },
      { metricName: 'latency', limit: 3 },
      { metricName: 'p99', limit: 0 },
    ];
    expect(matchRetention(rules, names)).toEqual({
      kind: 'matched',
      matched: new Map([
        ['error-rate', 5],
        ['latency-p95', 3],
      ]),
    });
    expect(matchRetention([{ metricName: 'x', limit: 1 }], names)).toMatchObject({
      message: "measurementRetention[0]: Rule didn't match any metric name(s)",
    });
  });
});
