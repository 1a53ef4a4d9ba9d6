import { describe, expect, it } from 'vitest';
import type { CountOrPercent } from '../../../src/domain/wave-plan.ts';
import { resolveConcurrency, resolveFailures } from '../../../src/planning/resolve-count.ts';

const count = (value: number): CountOrPercent => ({ kind: 'count', count: value });
const percent = (value: number): CountOrPercent => ({ kind: 'percent', percent: value });

describe('limits become integers', () => {
  const cases: readonly [string, (limit: CountOrPercent, total: number) => number, CountOrPercent, number, number][] = [
    ['concurrency: a share is rounded up', resolveConcurrency, percent(25), 10, 3],
    ['concurrency: a share is at least one', resolveConcurrency, percent(1), 10, 1],
    ['concurrency: 0 % would stand still, so one', resolveConcurrency, percent(0), 10, 1],
    ['concurrency: a count stays, even above the total', resolveConcurrency, count(50), 10, 50],
    ['failures: a share is rounded down', resolveFailures, percent(25), 10, 2],
    ['failures: 5 % of 10 is 0', resolveFailures, percent(5), 10, 0],
    ['failures: 0 % is 0', resolveFailures, percent(0), 10, 0],
    ['failures: 100 % is all', resolveFailures, percent(100), 7, 7],
    ['failures: 50 of 10 is 10', resolveFailures, count(50), 10, 10],
    ['failures: a count stays', resolveFailures, count(2), 10, 2],
  ];
  it.each(cases)('%s', (_, resolve, limit, total, expected) => {
    expect(resolve(limit, total)).toBe(expected);
  });
});
