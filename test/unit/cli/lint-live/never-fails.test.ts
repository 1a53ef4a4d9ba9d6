import { describe, expect, test } from 'vitest';
import { readConditions } from '../../../../src/analysis/assess/conditions.ts';
import type { MetricValue } from '../../../../src/analysis/expression/metric-value.ts';
import { neverFails, type TriedMetric } from '../../../../src/cli/lint-live/never-fails.ts';
import { isNeverNegative } from '../../../../src/cli/lint-live/query-parts.ts';

function tried(
  success: string | null,
  failure: string | null,
  part: Partial<TriedMetric['metric']> = {},
  more: Partial<TriedMetric> = {},
): TriedMetric {
  const conditions = readConditions({ successCondition: success, failureCondition: failure });
  if (conditions.kind === 'problem') throw new Error(conditions.message);
  return {
    metric: {
      conditions,
      successCondition: success,
      failureCondition: failure,
      failureLimit: 0,
      effectiveCount: 1,
      consecutiveSuccessLimit: 0,
      dryRun: false,
      ...part,
    },
    isScalar: false,
    isNeverNegative: false,
    answers: [],
    ...more,
  };
}

describe('a metric that stops nobody', () => {
  test.each<readonly [string, TriedMetric, string | null]>([
    ['has no condition', tried(null, null), 'CannotFail'],
    ['holds of every number', tried('len(result) > 0 || true', null), 'CannotFail'],
    ['never fails of its failure condition', tried(null, 'len(result) > 5'), 'CannotFail'],
    ['is measured in a dry run', tried('result[0] > 1', null, { dryRun: true }), 'CannotFail'],
    [
      'has a limit as high as its count',
      tried('result[0] > 1', null, { failureLimit: 2, effectiveCount: 2 }),
      'CannotFail',
    ],
    ['asks of NaN alone', tried(null, 'isNaN(result[0])'), 'FailsOnOddValuesOnly'],
    [
      'asks for no negative number',
      tried('result[0] >= 0', null, {}, { isNeverNegative: true }),
      'FailsOnOddValuesOnly',
    ],
    ['compares a vector with a number', tried('result > 5', null), 'NeverHasVerdict'],
    ['reads a scalar by index', tried('result[0] > 5', null, {}, { isScalar: true }), 'NeverHasVerdict'],
    ['has a threshold that a share has', tried('result[0] >= 0.95', null), null],
    ['has a threshold beyond what is tried otherwise', tried('result[0] < 123456789012', null), null],
    ['wants one number alone', tried(null, 'result[0] == 0.37'), null],
    ['compares two rows', tried('result[0] <= result[1] * 1.1', null), null],
    ['is inconclusive in between', tried('result[0] < 0.1', 'result[0] > 1e10'), null],
    ['has a limit below its count', tried('result[0] > 1', null, { failureLimit: 1, effectiveCount: 2 }), null],
    ['reads a scalar', tried('result > 5', null, {}, { isScalar: true }), null],
  ])('%s', (_, metric, reason) => {
    expect(neverFails(metric)?.reason ?? null).toBe(reason);
  });

  test('what its query did answer counts, however odd it is', () => {
    const answers: readonly MetricValue[] = [{ kind: 'vector', values: [1, 2, 3, 4, 5, 6] }];
    expect(neverFails(tried(null, 'len(result) > 5', {}, { answers }))).toBeNull();
  });
});

describe('a query whose answers are never negative', () => {
  test.each<readonly [string, boolean]>([
    ['sum(rate(a_total[1m])) / sum(rate(b_total[1m]))', true],
    ['histogram_quantile(0.9, sum by (le) (rate(a_bucket[1m])))', true],
    ['count(a) or vector(0)', true],
    ['sum(increase(a_total[1m])) > 5', true],
    ['sum(rate(a_total[1m])) - sum(rate(b_total[1m]))', false],
    ['avg(some_gauge)', false],
    ['1 - sum(rate(a_total[1m]))', false],
    ['deriv(a[5m])', false],
    ['this is no query', false],
  ])('%s: %s', (query, isNever) => {
    expect(isNeverNegative(query)).toBe(isNever);
  });
});
