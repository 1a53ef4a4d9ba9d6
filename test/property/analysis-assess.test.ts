import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stop } from '../../src/analysis/assess/advance.ts';
import { type Assessment, isCompleted, isTerminating } from '../../src/analysis/assess/assessment.ts';
import type { TemplateMetric } from '../../src/domain/analysis-template.ts';
import { instant } from '../../src/domain/time.ts';
import { anAnalysis, drive, type Script } from '../unit/analysis-assess/an-analysis.ts';

const CONDITIONS = { successCondition: 'result[0] > 5', failureCondition: 'result[0] < 1' };

const script = fc.array(fc.constantFrom<Script>([9], [3], [0], [], 'away'), { minLength: 1, maxLength: 12 });

/** Metrics that keep Argo's rules, whatever is drawn. */
const metric: fc.Arbitrary<Partial<TemplateMetric>> = fc
  .record({
    interval: fc.constantFrom('1s', '2s', '1m'),
    failureLimit: fc.integer({ min: -1, max: 3 }),
    inconclusiveLimit: fc.integer({ min: 0, max: 3 }),
    consecutiveErrorLimit: fc.integer({ min: 0, max: 3 }),
    consecutiveSuccessLimit: fc.integer({ min: 0, max: 3 }),
    spare: fc.integer({ min: 0, max: 4 }),
    has: fc.constantFrom('success', 'failure', 'both', 'none'),
  })
  .map(({ spare, has, ...limits }) => {
    const consecutiveSuccessLimit =
      limits.failureLimit === -1 ? Math.max(1, limits.consecutiveSuccessLimit) : limits.consecutiveSuccessLimit;
    const least = Math.max(limits.failureLimit, 0) + consecutiveSuccessLimit;
    return {
      ...limits,
      consecutiveSuccessLimit,
      count: Math.max(1, least, limits.inconclusiveLimit) + spare,
      successCondition: has === 'success' || has === 'both' ? CONDITIONS.successCondition : null,
      failureCondition: has === 'failure' || has === 'both' ? CONDITIONS.failureCondition : null,
    };
  });

const run = fc
  .array(fc.record({ metric, script, dryRun: fc.boolean() }), { minLength: 1, maxLength: 4 })
  .map((drawn) => {
    const names = drawn.map((_, index) => `m${index}`);
    const dryRun = names.filter((_, index) => drawn[index]!.dryRun).map((name) => `^${name}$`);
    const metrics = drawn.map((one, index) => ({ ...one.metric, name: names[index]! }));
    return {
      analysis: anAnalysis(metrics, { dryRun }),
      answers: Object.fromEntries(drawn.map((one, index) => [names[index]!, one.script])),
    };
  });

function isSound({ metrics, phase, runSummary, dryRunSummary }: Assessment): void {
  for (const each of metrics) {
    expect(each.count).toBe(each.successful + each.failed + each.inconclusive);
    expect(each.consecutiveSuccess).toBeLessThanOrEqual(each.successful);
    expect(each.consecutiveError).toBeLessThanOrEqual(each.error);
    expect(each.readings.length).toBeLessThanOrEqual(10);
  }
  const counting = metrics.filter(({ dryRun }) => !dryRun);
  for (const [summary, of] of [
    [runSummary, counting],
    [dryRunSummary!, metrics.filter(({ dryRun }) => dryRun)],
  ] as const) {
    const ended = summary.successful + summary.failed + summary.inconclusive + summary.error;
    expect(ended).toBe(of.filter((each) => isCompleted(each.phase)).length);
  }
  if (phase === 'Successful') {
    expect(counting.filter((each) => each.phase !== 'Successful')).toEqual([]);
  }
}

test('every pass of every run keeps its counters sound, and what has ended stays', () => {
  fc.assert(
    fc.property(run, ({ analysis, answers }) => {
      const { states } = drive(analysis, answers, { maxPasses: 40 });
      for (const [index, state] of states.entries()) {
        isSound(state);
        const ended = states[index - 1]?.metrics.filter((each) => isCompleted(each.phase)) ?? [];
        for (const one of ended) expect(state.metrics).toContainEqual(one);
        // a run that is ending has ended: it is never seen between the two
        if (isTerminating(state)) expect(isCompleted(state.phase)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('the state of a run is the same from what it was written as', () => {
  fc.assert(
    fc.property(run, fc.integer({ min: 0, max: 5 }), ({ analysis, answers }, passes) => {
      const whole = drive(analysis, answers, { maxPasses: passes }).assessment;
      expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

test('a run that somebody ends is over, and no metric that counts was made worse by it', () => {
  fc.assert(
    fc.property(run, fc.integer({ min: 0, max: 6 }), ({ analysis, answers }, maxPasses) => {
      const before = drive(analysis, answers, { maxPasses }).assessment;
      const after = stop(analysis, before, instant(1_000_000));
      expect(isCompleted(after.phase)).toBe(true);
      for (const [index, { phase }] of before.metrics.entries()) {
        expect(after.metrics[index]?.phase).toBe(isCompleted(phase) ? phase : 'Successful');
      }
    }),
    { numRuns: 200 },
  );
});
