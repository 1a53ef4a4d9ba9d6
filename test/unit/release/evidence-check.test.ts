import { describe, expect, test } from 'vitest';
import { targetId } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import type {
  AnalysisEvidence,
  DecisionEvidence,
  EvidenceBasis,
  VerdictEvidence,
} from '../../../src/planning/evidence.ts';
import { checkEvidence } from '../../../src/release/evidence-check.ts';

const AT = instant(Date.parse('2026-11-23T09:00:00Z'));
const target = targetId('eu', 'globex', 'storefront');

const basis: EvidenceBasis = {
  reason: 'MoreBadEventsThanExplained',
  at: AT,
  of: { kind: 'target' },
  stable: { good: 16_999.5, total: 17_000.5 },
  seen: null,
  source: 'prom',
  query: 'good / total',
  minRequests: 100,
  windowMs: 120_000,
  scrapeIntervalMs: 15_000,
};
const failed: VerdictEvidence = {
  at: AT,
  wave: 'business',
  target,
  slo: 'availability',
  verdict: 'fail',
  counts: { good: 899.6, total: 1000.4 },
  objective: 0.99,
  basis,
};

function verdict(part: Partial<VerdictEvidence>, more: Partial<EvidenceBasis> = {}): VerdictEvidence {
  return { ...failed, basis: { ...basis, ...more }, ...part };
}

const analysed: AnalysisEvidence = {
  at: AT,
  wave: 'business',
  target,
  analysis: 'checkout',
  metric: 'share',
  source: 'prom',
  query: 'up',
  args: {},
  successCondition: 'len(result) > 0 && result[0] >= 0.95',
  failureCondition: null,
  limits: { count: 3, failure: 1, inconclusive: 0, consecutiveError: 4, consecutiveSuccess: 0 },
  dryRun: false,
  runPhase: 'Failed',
  phase: 'Failed',
  counters: { count: 2, failed: 2, inconclusive: 0, error: 1, consecutiveError: 0, consecutiveSuccess: 0 },
  readings: [
    { at: AT, phase: 'Failed', value: '[0.9]' },
    { at: AT, phase: 'Failed', value: '[NaN]' },
  ],
};
const passed: AnalysisEvidence = {
  ...analysed,
  runPhase: 'Successful',
  phase: 'Successful',
  counters: { ...analysed.counters, count: 3, failed: 1 },
  readings: [
    { at: AT, phase: 'Failed', value: '[]' },
    { at: AT, phase: 'Successful', value: '[0.97]' },
    { at: AT, phase: 'Successful', value: '[1]' },
  ],
};

const differencesOf = (verdicts: readonly VerdictEvidence[], analyses: readonly AnalysisEvidence[] = []) =>
  checkEvidence({ decisions: [], verdicts, analyses }).differences.map(
    ({ recorded, recomputed }) => `${recorded} → ${recomputed}`,
  );

describe('a verdict', () => {
  test.each<readonly [string, VerdictEvidence]>([
    ['of too many bad events', failed],
    [
      'within its objective',
      verdict({ verdict: 'pass', counts: { good: 999.5, total: 1000.5 } }, { reason: 'WithinObjective' }),
    ],
    [
      'of too few requests',
      verdict({ verdict: 'inconclusive', counts: { good: 9, total: 10 } }, { reason: 'TooFewRequests' }),
    ],
    ['without a row', verdict({ verdict: 'missing', counts: { good: 0, total: 0 } }, { reason: 'NoRow' })],
    [
      'in doubt, by what was seen of its one row',
      verdict(
        { verdict: 'missing', counts: { good: 990, total: 1000 } },
        {
          reason: 'SeriesVanished',
          seen: { newest: { kind: 'ended' }, scrapes: 8, resets: 0, recentEvents: null, unseenBad: 0 },
        },
      ),
    ],
  ])('%s is come to again', (_, one) => {
    expect(checkEvidence({ decisions: [], verdicts: [one], analyses: [] })).toMatchObject({
      verdicts: 1,
      unchecked: 0,
      differences: [],
    });
  });

  test.each<readonly [string, VerdictEvidence, string]>([
    [
      'whose good events were raised',
      verdict({ counts: { good: 999.6, total: 1000.4 } }),
      'fail MoreBadEventsThanExplained → pass WithinObjective',
    ],
    [
      'that was turned into a pass',
      verdict({ verdict: 'pass' }),
      'pass MoreBadEventsThanExplained → fail MoreBadEventsThanExplained',
    ],
    [
      'that was turned into a pass, reason and all',
      verdict({ verdict: 'pass' }, { reason: 'WithinObjective' }),
      'pass WithinObjective → fail MoreBadEventsThanExplained',
    ],
    [
      'whose objective was lowered',
      verdict({ objective: 0.8 }),
      'fail MoreBadEventsThanExplained → pass WithinObjective',
    ],
    [
      'whose minimum of requests was raised',
      verdict({}, { minRequests: 5000 }),
      'fail MoreBadEventsThanExplained → inconclusive TooFewRequests',
    ],
    [
      'that hides a failure behind a doubt',
      verdict({ verdict: 'missing' }, { reason: 'ScrapeGap' }),
      'missing ScrapeGap → fail MoreBadEventsThanExplained',
    ],
    [
      'that passes on a doubt',
      verdict({ verdict: 'pass', counts: { good: 9, total: 10 } }, { reason: 'ScrapeGap' }),
      'pass ScrapeGap → inconclusive TooFewRequests',
    ],
    [
      'without a row, that has events',
      verdict({ verdict: 'missing' }, { reason: 'NoRow' }),
      'missing NoRow → fail MoreBadEventsThanExplained',
    ],
  ])('%s is found', (_, one, difference) => {
    expect(differencesOf([one])).toEqual([difference]);
  });

  test('of an older record, or in doubt over several rows, is counted as not judged again', () => {
    const old: VerdictEvidence = { ...failed, basis: null };
    const doubted = verdict({ verdict: 'missing', counts: { good: 990, total: 1000 } }, { reason: 'ScrapeGap' });
    expect(checkEvidence({ decisions: [], verdicts: [old, doubted], analyses: [] })).toMatchObject({
      verdicts: 0,
      unchecked: 2,
      differences: [],
    });
  });
});

describe('a metric of an analysis', () => {
  test.each([
    ['that failed', analysed],
    ['that passed', passed],
    [
      'that was still being measured',
      { ...passed, runPhase: 'Running', phase: 'Running', counters: { ...passed.counters, count: 2 } },
    ],
    [
      'that another one ended',
      { ...passed, runPhase: 'Failed', counters: { ...passed.counters, count: 2 }, dryRun: false },
    ],
  ] as const)('%s is come to again', (name, one) => {
    const others = name.includes('another') ? [{ ...analysed, metric: 'other' }] : [];
    const { differences, readings, phases } = checkEvidence({
      decisions: [],
      verdicts: [],
      analyses: [one, ...others],
    });
    expect(differences).toEqual([]);
    expect([readings, phases]).toEqual([one.readings.length + others.length * 2, 1 + others.length]);
  });

  test.each<readonly [string, AnalysisEvidence, readonly string[]]>([
    [
      'whose condition was loosened',
      { ...analysed, successCondition: 'len(result) > 0 && result[0] >= 0.85' },
      ['Failed of [0.9] → Successful of [0.9]'],
    ],
    [
      'whose condition was reversed',
      { ...passed, successCondition: 'len(result) > 0 && result[0] < 0.95' },
      ['Successful of [0.97] → Failed of [0.97]', 'Successful of [1] → Failed of [1]'],
    ],
    [
      'whose condition cannot be read any more',
      { ...analysed, readings: analysed.readings.slice(0, 1), successCondition: 'result[' },
      [expect.stringMatching(/^Failed of \[0.9\] → .*unexpected/)],
    ],
    [
      'whose value was changed',
      { ...passed, readings: [{ at: AT, phase: 'Successful', value: '[0.1]' }] },
      ['Successful of [0.1] → Failed of [0.1]'],
    ],
    [
      'whose value is none',
      { ...passed, readings: [{ at: AT, phase: 'Successful', value: 'good' }] },
      ['Successful of good → no value'],
    ],
    [
      'whose failures were taken back',
      { ...analysed, counters: { ...analysed.counters, failed: 0 } },
      ['Failed by 0 failed and 0 inconclusive of 2 → more measurements than were counted'],
    ],
    [
      'whose limit was raised',
      { ...analysed, limits: { ...analysed.limits, failure: 2 } },
      ['Failed by 2 failed and 0 inconclusive of 2 → Running by 2 failed and 0 inconclusive of 2'],
    ],
    [
      'that was turned into a success',
      { ...analysed, phase: 'Successful' },
      ['Successful by 2 failed and 0 inconclusive of 2 → Failed by 2 failed and 0 inconclusive of 2'],
    ],
    ['whose run was turned into a success', { ...analysed, runPhase: 'Successful' }, ['run Successful → run Failed']],
  ])('%s is found', (_, one, differences) => {
    expect(differencesOf([], [one])).toEqual(differences);
  });

  test('with a value that was cut is counted as not judged again', () => {
    const long = { ...passed, readings: [{ at: AT, phase: 'Successful' as const, value: '[0.97,0.9…' }] };
    expect(checkEvidence({ decisions: [], verdicts: [], analyses: [long] })).toMatchObject({
      readings: 0,
      unchecked: 1,
      differences: [],
    });
  });
});

describe('a decision', () => {
  const decided = (failure: string | null, samplesDropped = 0): DecisionEvidence => ({
    at: AT,
    wave: 'business',
    target,
    failure,
    samplesDropped,
  });
  const pass = verdict({ verdict: 'pass', counts: { good: 999.5, total: 1000.5 } }, { reason: 'WithinObjective' });

  test.each<
    readonly [string, DecisionEvidence, readonly VerdictEvidence[], readonly AnalysisEvidence[], string | null]
  >([
    ['to go on with passes', decided(null), [pass], [passed], null],
    ['to go on with a failure', decided(null), [pass, failed], [], 'went on → fail of availability'],
    ['to go on with a failed analysis', decided(null), [pass], [analysed], 'went on → a failed analysis'],
    ['that an SLO failed', decided('SloFailed'), [pass, failed], [], null],
    ['that an SLO failed, with passes alone', decided('SloFailed'), [pass], [], 'SloFailed → no verdict that fails'],
    ['that an SLO failed, which had no room', decided('SloFailed', 1), [pass], [], null],
    ['that an analysis failed', decided('AnalysisFailed'), [pass], [analysed], null],
    [
      'that an analysis failed, with none',
      decided('AnalysisFailed'),
      [pass],
      [passed],
      'AnalysisFailed → no analysis that failed',
    ],
    ['for another reason', decided('DeadlineExceeded'), [], [], null],
  ])('%s', (_, decision, verdicts, analyses, difference) => {
    const { differences } = checkEvidence({ decisions: [decision], verdicts, analyses });
    const told = differences.map(({ recorded, recomputed }) => `${recorded} → ${recomputed}`);
    expect(told).toEqual(difference === null ? [] : [difference]);
  });
});
