import { describe, expect, test } from 'vitest';
import { advance, notStarted, refusedAssessment, stop } from '../../../src/analysis/assess/advance.ts';
import type { Reading } from '../../../src/analysis/assess/assessment.ts';
import { prepareAnalysis } from '../../../src/analysis/assess/prepare.ts';
import type { AnalysisSpec } from '../../../src/domain/analysis-template.ts';
import { instant } from '../../../src/domain/time.ts';
import { aMetric, anArg } from '../analysis-template/a-template.ts';
import { anAnalysis, drive } from './an-analysis.ts';

const good = 'result[0] > 5';
const bad = 'result[0] < 1';

function reading(phase: Reading['phase'], seconds: number, message = ''): Reading {
  const at = instant(seconds * 1000);
  return { phase, message, value: '', warnings: [], startedAt: at, finishedAt: at };
}

describe('a run', () => {
  test('of several limits passed at once the heaviest names the metric', () => {
    const analysis = anAnalysis([{ interval: '1s', failureLimit: 1, inconclusiveLimit: 1, consecutiveErrorLimit: 1 }]);
    const counted = ['Failed', 'Inconclusive', 'Failed', 'Inconclusive'] as const;
    const phases = counted.map((_, index) => {
      let assessment = notStarted;
      for (const [second, phase] of counted.slice(0, index + 1).entries()) {
        const taken = [{ metric: 'm', reading: reading(phase, second) }];
        assessment = advance(analysis, assessment, taken, instant(second * 1000));
      }
      return assessment.phase;
    });
    expect(phases).toEqual(['Running', 'Running', 'Failed', 'Failed']);
  });

  test('readings taken together are assessed together', () => {
    const analysis = anAnalysis([
      { name: 'a', interval: '1s', successCondition: good, failureCondition: bad },
      { name: 'b', interval: '1s', successCondition: good },
    ]);
    const { assessment } = drive(analysis, { a: [[3]], b: [[0]] });
    expect(assessment).toMatchObject({
      phase: 'Failed',
      message: 'Metric "b" assessed Failed due to failed (1) > failureLimit (0)',
      metrics: [
        { name: 'a', phase: 'Inconclusive' },
        { name: 'b', phase: 'Failed' },
      ],
      runSummary: { count: 2, successful: 0, failed: 1, inconclusive: 1, error: 0 },
    });
  });

  test('a metric that ends badly takes the others along in the same call', () => {
    const analysis = anAnalysis([
      { name: 'a', successCondition: good },
      { name: 'b', interval: '1m' },
      { name: 'c', initialDelay: '1m' },
    ]);
    const { assessment, states } = drive(analysis, { a: [[0]] });
    expect(states).toHaveLength(1);
    expect(assessment).toMatchObject({
      phase: 'Failed',
      completedAt: 0,
      metrics: [
        { name: 'a', phase: 'Failed' },
        { name: 'b', phase: 'Successful' },
      ],
      runSummary: { count: 3, successful: 1, failed: 1 },
    });
  });

  test('a metric that waits keeps the run going', () => {
    const analysis = anAnalysis([{ name: 'a' }, { name: 'late', initialDelay: '1m' }]);
    const { states } = drive(analysis, {});
    expect(states.map(({ phase, completedAt }) => [phase, completedAt])).toEqual([
      ['Running', null],
      ['Successful', 60_000],
    ]);
  });

  test('a metric in a dry run says why it ended, and the run does not', () => {
    const analysis = anAnalysis([{ name: 'a', successCondition: good }, { name: 'b' }], { dryRun: ['a'] });
    expect(drive(analysis, { a: [[0]] }).assessment).toMatchObject({
      phase: 'Successful',
      message: '',
      metrics: [
        { name: 'a', phase: 'Failed', message: 'Metric assessed Failed due to failed (1) > failureLimit (0)' },
        {},
      ],
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: { count: 1, failed: 1 },
    });
  });

  test('the latest readings are kept, counters are not cut', () => {
    const analysis = anAnalysis(
      [
        { interval: '1s', count: 12 },
        { name: 'n', interval: '1s', count: 12 },
      ],
      {
        measurementRetention: [{ metricName: 'n', limit: 2 }],
      },
    );
    const [m, n] = drive(analysis, {}).assessment.metrics;
    expect([m?.readings.length, m?.count, n?.readings.length, n?.count]).toEqual([10, 12, 2, 12]);
  });

  test('Argo cannot cut readings of a provider that it cannot make', () => {
    const { provider } = aMetric();
    const analysis = anAnalysis([{ consecutiveErrorLimit: 14, provider: { ...provider, address: 'none' } }]);
    const { assessment } = drive(analysis, {});
    expect(assessment.metrics[0]).toMatchObject({ error: 15, consecutiveError: 15 });
    expect(assessment.metrics[0]?.readings).toHaveLength(15);
  });

  test('what is over stays as it is', () => {
    const analysis = anAnalysis([{}]);
    const { assessment } = drive(analysis, {});
    const late = [{ metric: 'm', reading: reading('Failed', 9) }];
    expect(advance(analysis, assessment, late, instant(9000))).toBe(assessment);
    expect(stop(analysis, assessment, instant(9000))).toBe(assessment);
  });

  test('a reading of nobody, or of a metric that is over, does not count', () => {
    const analysis = anAnalysis([{ name: 'a' }, { name: 'b', interval: '1m', count: 2 }]);
    const [after] = drive(analysis, {}, { maxPasses: 1 }).states;
    const late = ['a', 'x'].map((metric) => ({ metric, reading: reading('Failed', 9) }));
    expect(advance(analysis, after!, late, instant(9000))).toEqual(after);
  });

  test('is the same from what it was written as', () => {
    const analysis = anAnalysis([{ interval: '1s', count: 3, failureLimit: 1, successCondition: good }]);
    const [first] = drive(analysis, { m: [[0]] }, { maxPasses: 1 }).states;
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });
});

describe('somebody asks for the end', () => {
  const analysis = anAnalysis([{ interval: '1h', failureLimit: 1, successCondition: good }]);

  test.for([
    ['before anything was measured', 0],
    ['after a failure that is forgiven', 1],
  ] as const)('%s', ([, maxPasses]) => {
    const before = drive(analysis, { m: [[0]] }, { maxPasses }).assessment;
    expect(stop(analysis, before, instant(5000))).toMatchObject({
      phase: 'Successful',
      message: 'Run Terminated',
      completedAt: 5000,
      isStopped: true,
    });
  });
});

describe('a run that may not be measured', () => {
  const spec: AnalysisSpec = { args: [], metrics: [aMetric()], dryRun: [], measurementRetention: [] };
  const setting = { secrets: new Map<string, string>(), defaultAddress: null };

  test.for<readonly [string, Partial<AnalysisSpec>, string, string]>([
    [
      'an argument is missing',
      { args: [anArg('a')] },
      'ArgumentMissing',
      'Unable to resolve metric arguments: argument "a" was not supplied',
    ],
    ['there is nothing to measure', { metrics: [] }, 'NoMetrics', 'Analysis spec invalid: no metrics specified'],
    [
      'a rule is broken',
      { metrics: [aMetric({ count: 2 })] },
      'InvalidCount',
      'Analysis spec invalid: metrics[0]: interval must be specified when count > 1',
    ],
    [
      'a dry-run rule matches nothing',
      { dryRun: ['x'] },
      'RuleWithoutMetric',
      "Analysis spec invalid: dryRun[0]: Rule didn't match any metric name(s)",
    ],
    [
      'a retention rule matches nothing',
      { measurementRetention: [{ metricName: 'x', limit: 1 }] },
      'RuleWithoutMetric',
      "Analysis spec invalid: measurementRetention[0]: Rule didn't match any metric name(s)",
    ],
  ])('for %s', ([, changed, reason, message]) => {
    expect(prepareAnalysis({ ...spec, ...changed }, setting)).toEqual({ kind: 'problem', reason, message });
  });

  test('for a condition that only we do not understand: its readings could mean anything', () => {
    const metrics = [aMetric({ successCondition: 'result | len()' })];
    expect(prepareAnalysis({ ...spec, metrics }, setting)).toMatchObject({ reason: 'ConditionNotSupported' });
  });

  test('for a secret that cannot be written', () => {
    const args = [{ name: 's', value: null, valueFrom: { kind: 'secretKeyRef', name: 'n', key: 'k' } as const }];
    const metrics = [aMetric({ successCondition: '"{{args.s}}" == ""' })];
    const secrets = new Map([['s', 'a\u0001']]);
    expect(prepareAnalysis({ ...spec, args, metrics }, { ...setting, secrets })).toMatchObject({
      reason: 'UnwritableArgument',
    });
  });

  test('ends before it starts', () => {
    expect(refusedAssessment('no')).toMatchObject({
      phase: 'Error',
      message: 'no',
      startedAt: null,
      completedAt: null,
    });
  });
});
