import { describe, expect, test } from 'vitest';
import { notStarted, stop } from '../../../src/analysis/assess/advance.ts';
import { dueMetrics, nextDue } from '../../../src/analysis/assess/schedule.ts';
import { instant } from '../../../src/domain/time.ts';
import { anAnalysis, drive, type Script } from './an-analysis.ts';

type Metrics = Parameters<typeof anAnalysis>[0];

/** Metrics, their answers, and when they are measured, ms since the start. Due is strictly after the interval. */
const schedules: Readonly<
  Record<string, readonly [Metrics, Readonly<Record<string, readonly Script[]>>, readonly string[]]>
> = {
  'one measurement': [[{}], {}, ['0 m']],
  'an interval, from the second in which a measurement ended': [
    [{ interval: '2s', count: 3 }],
    {},
    ['0 m', '2001 m', '4001 m'],
  ],
  'an interval below a second at once, until the second is over': [
    [{ interval: '300ms', count: 3 }],
    {},
    ['0 m', '301 m', '301 m'],
  ],
  'an initial delay': [[{ initialDelay: '5s', interval: '10s', count: 2 }], {}, ['5000 m', '15001 m']],
  'an error after ten seconds, whatever the interval': [
    [{ interval: '1m', count: 2 }],
    { m: ['away', 'away', [1]] },
    ['0 m', '10001 m', '20001 m', '80001 m'],
  ],
  'an error without an interval': [[{}], { m: ['away', [1]] }, ['0 m', '10001 m']],
  'metrics apart and together': [
    [
      { name: 'a', interval: '2s', count: 4 },
      { name: 'b', interval: '3s', count: 3 },
      { name: 'c', initialDelay: '6s' },
    ],
    {},
    ['0 a+b', '2001 a', '3001 b', '4001 a', '6000 c', '6001 a+b'],
  ],
  'nothing after a metric that failed': [
    [
      { name: 'a', interval: '1s', failureCondition: 'true' },
      { name: 'b', initialDelay: '90s' },
    ],
    {},
    ['0 a'],
  ],
};

describe('a metric is measured', () => {
  test.for(Object.entries(schedules))('%s', ([, [metrics, answers, passes]]) => {
    expect(drive(anAnalysis(metrics), answers).passes).toEqual(passes);
  });
});

test('a run that has not started is due at once, one that is over never', () => {
  const analysis = anAnalysis([{ initialDelay: '1m' }]);
  const now = instant(5);
  expect(nextDue(analysis, notStarted, now)).toBe(5);
  expect(dueMetrics(analysis, notStarted, now)).toEqual([]);
  const over = stop(analysis, notStarted, now);
  expect(nextDue(analysis, over, now)).toBeNull();
  expect(dueMetrics(analysis, over, now)).toEqual([]);
});
