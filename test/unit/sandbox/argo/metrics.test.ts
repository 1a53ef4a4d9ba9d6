import { describe, expect, it } from 'vitest';
import { instant } from '../../../../src/domain/time.ts';
import { mergeArguments, resolveMetric, rolloutArguments } from '../../../../src/sandbox/argo/analysis-arguments.ts';
import {
  type AnalysisPhase,
  addMeasurement,
  effectiveCount,
  goDurationMs,
  type Metric,
  type MetricResult,
} from '../../../../src/sandbox/argo/metric.ts';
import { metricPhase, passedLimit, runPhase } from '../../../../src/sandbox/argo/metric-assessment.ts';
import { assessValues } from '../../../../src/sandbox/argo/metric-condition.ts';
import { nextMeasurementAt } from '../../../../src/sandbox/argo/metric-schedule.ts';
import { aReplicaSet, aRollout } from './fixtures.ts';

const metric = (parts: Partial<Metric> = {}): Metric => ({
  name: 'ratio',
  provider: { prometheus: { query: 'up' } },
  ...parts,
});
const GUARD = 'len(result) > 0 && result[0] < 0.99';

describe('what the values of a measurement come to', () => {
  it.each<[string, Partial<Metric>, readonly number[], AnalysisPhase]>([
    ['no condition is a success', {}, [], 'Successful'],
    ['the guard holds no failure against an empty vector', { failureCondition: GUARD }, [], 'Successful'],
    ['the guard fails below its bound', { failureCondition: GUARD }, [0.98], 'Failed'],
    ['the guard lets its bound pass', { failureCondition: GUARD }, [0.99], 'Successful'],
    [
      'a success condition alone fails when it does not hold',
      { successCondition: 'result[0] >= 0.95' },
      [0.9],
      'Failed',
    ],
    ['a success condition holds', { successCondition: 'result[0] >= 0.95' }, [0.95], 'Successful'],
    ['a success condition on an empty vector is an error', { successCondition: 'result[0] >= 0.95' }, [], 'Error'],
    ['NaN passes a failure condition', { failureCondition: 'result[0] < 0.9' }, [Number.NaN], 'Successful'],
    ['NaN fails a success condition', { successCondition: 'result[0] >= 0.9' }, [Number.NaN], 'Failed'],
    [
      'between both conditions it is inconclusive',
      { successCondition: 'result[0] >= 0.99', failureCondition: 'result[0] < 0.9' },
      [0.95],
      'Inconclusive',
    ],
    [
      'failure wins when both hold',
      { successCondition: 'result[0] > 0', failureCondition: 'result[0] > 0' },
      [1],
      'Failed',
    ],
    ['an alternative is enough', { successCondition: 'len(result) == 0 || result[0] >= 1' }, [], 'Successful'],
    ['what it cannot read is an error', { successCondition: 'all(result, # > 1)' }, [2], 'Error'],
  ])('%s', (_, conditions, values, phase) => {
    expect(assessValues(metric(conditions), values).phase).toBe(phase);
  });
});

describe('the phase of a metric', () => {
  const results = (phases: readonly AnalysisPhase[]): MetricResult =>
    phases.reduce<MetricResult | undefined>(
      (result, phase) => addMeasurement(result, 'ratio', { phase, startedAt: '', finishedAt: '' }),
      undefined,
    )!;
  const F = 'Failed' as const;
  const S = 'Successful' as const;
  const E = 'Error' as const;
  const I = 'Inconclusive' as const;

  it.each<[string, Partial<Metric>, readonly AnalysisPhase[], AnalysisPhase]>([
    ['one failure fails without a limit', { interval: '1s' }, [F], 'Failed'],
    ['as many failures as the limit are forgiven', { interval: '1s', failureLimit: 2 }, [F, F], 'Running'],
    ['one more fails', { interval: '1s', failureLimit: 2 }, [F, S, F, F], 'Failed'],
    ['-1 switches the failure limit off', { interval: '1s', failureLimit: -1 }, [F, F, F], 'Running'],
    ['four errors in a row are borne', { interval: '1s' }, [E, E, E, E], 'Running'],
    ['the fifth is an error', { interval: '1s' }, [E, E, E, E, E], 'Error'],
    ['a success ends the row of errors', { interval: '1s' }, [E, E, E, E, S, E], 'Running'],
    ['inconclusive without a limit', { interval: '1s' }, [I], 'Inconclusive'],
    ['an error outranks a failure', { interval: '1s', consecutiveErrorLimit: 0 }, [F, E], 'Error'],
    ['without an interval one success is enough', {}, [S], 'Successful'],
    ['the count is reached', { interval: '1s', count: 2 }, [S, S], 'Successful'],
    ['errors do not count', { interval: '1s', count: 2 }, [S, E], 'Running'],
  ])('%s', (_, parts, phases, expected) => {
    expect(metricPhase(metric(parts), results(phases), false)).toBe(expected);
  });

  it('keeps ten measurements and all counts', () => {
    const result = results(Array.from({ length: 14 }, () => S));
    expect([result.measurements?.length, result.count, result.successful]).toEqual([10, 14, 14]);
  });

  it('is successful when the run ends early', () => {
    expect(metricPhase(metric({ interval: '1s' }), results([S]), true)).toBe('Successful');
  });

  it('says which limit was passed', () => {
    expect(passedLimit(metric({ failureLimit: 1 }), results([F, F]))?.message).toBe('failed (2) > failureLimit (1)');
  });
});

describe('the phase of a run', () => {
  const one = metric({ name: 'one', interval: '1s' });
  const two = metric({ name: 'two', interval: '1s' });
  const going = { terminating: false, terminated: false };
  it('goes on until every metric is completed', () => {
    const results = [{ name: 'one', phase: 'Successful' as const }];
    expect(runPhase([one, two], results, going)).toEqual({ phase: 'Running', message: '' });
  });

  it('is the worst of its metrics, with its words', () => {
    const results = [
      { name: 'one', phase: 'Error' as const, consecutiveError: 5 },
      { name: 'two', phase: 'Failed' as const, failed: 1 },
    ];
    expect(runPhase([one, two], results, { terminating: true, terminated: false })).toEqual({
      phase: 'Failed',
      message: 'Metric "two" assessed Failed due to failed (1) > failureLimit (0)',
    });
  });

  it('told to end before it measured anything is successful, which proves nothing', () => {
    const told = { terminating: true, terminated: true };
    expect(runPhase([one], [], told)).toEqual({ phase: 'Successful', message: 'Run Terminated' });
  });
});

describe('when a metric is measured', () => {
  const startedAt = instant(Date.UTC(2026, 0, 1));
  const after = (phase: AnalysisPhase): MetricResult =>
    addMeasurement(undefined, 'ratio', { phase, startedAt: '', finishedAt: '2026-01-01T00:01:00Z' });
  const seconds = (at: number | null) => (at === null ? null : (at - startedAt) / 1000);

  it.each<[string, Partial<Metric>, MetricResult | undefined, number | null]>([
    ['at once', { interval: '30s' }, undefined, 0],
    ['after its initial delay', { interval: '30s', initialDelay: '2m' }, undefined, 120],
    ['an interval after the last one', { interval: '30s' }, after('Successful'), 90],
    ['ten seconds after an error, whatever the interval', { interval: '5m' }, after('Error'), 70],
    ['never again without an interval', {}, after('Failed'), null],
  ])('%s', (_, parts, result, expected) => {
    expect(seconds(nextMeasurementAt(metric(parts), result, startedAt))).toBe(expected);
  });

  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['1d', null],
    ['10', null],
  ])('reads the duration %s', (text, ms) => {
    expect(goDurationMs(text)).toBe(ms);
  });

  it('goes on for ever with an interval and no count', () => {
    expect(effectiveCount(metric({ interval: '1s' }))).toBeNull();
    expect(effectiveCount(metric({ interval: '1s', count: 'three' }))).toBeNull();
    expect(effectiveCount(metric({ interval: '1s', count: '3' }))).toBe(3);
  });
});

describe('arguments', () => {
  const roles = { canary: aReplicaSet('new', 1), stable: aReplicaSet('old', 3), others: [] };
  it('are strings: a value, a pod hash, a field; with neither, the empty string', () => {
    const given = [
      { name: 'plain', value: 'x' },
      { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' as const } },
      { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' as const } },
      { name: 'field', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'nothing' },
    ];
    const values = rolloutArguments(aRollout({}), given, roles).map(({ value }) => value);
    expect(values).toEqual(['x', 'new', 'old', 'shop', '']);
  });

  it('fall back to the template, and are dropped when it does not declare them', () => {
    const declared = [{ name: 'a', value: 'default' }, { name: 'b' }];
    const merged = mergeArguments(declared, [
      { name: 'b', value: '2' },
      { name: 'extra', value: '3' },
    ]);
    expect(merged).toEqual([
      { name: 'a', value: 'default' },
      { name: 'b', value: '2' },
    ]);
    expect(mergeArguments([{ name: 'needed' }], [])).toBe('needed');
  });

  it('are filled into every string of a metric', () => {
    const query = 'x{hash="{{args.hash}}"}';
    const resolved = resolveMetric(metric({ provider: { prometheus: { query } } }), [{ name: 'hash', value: 'a"b' }]);
    expect(resolved).toMatchObject({ provider: { prometheus: { query: 'x{hash="a"b"}' } } });
    expect(resolveMetric(metric({ name: '{{ args.gone }}' }), [])).toBe('failed to resolve {{ args.gone }}');
  });
});
