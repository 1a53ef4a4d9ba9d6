import { describe, expect, test } from 'vitest';
import { fitRuns } from '../../../src/adapters/hub/fit-runs.ts';
import { readRun, writeRun } from '../../../src/adapters/hub/run-record.ts';
import { type TargetId, targetId } from '../../../src/domain/plan.ts';
import type { AnalysisSample, DecidingSample, TargetRun } from '../../../src/domain/target-run.ts';
import { instant } from '../../../src/domain/time.ts';

const AT = instant(Date.parse('2026-11-23T09:00:00.123Z'));
const LIMIT_BYTES = 64 * 1024;

function sample(index: number, verdict: DecidingSample['verdict']): DecidingSample {
  return {
    slo: `availability-${index}`,
    verdict,
    good: 899.6000000000001,
    total: 1000.4000000000001,
    objective: 0.995,
    basis: {
      reason: verdict === 'fail' ? 'MoreBadEventsThanExplained' : 'WithinObjective',
      at: AT,
      of: { kind: 'target' },
      stable: { good: 16_999.333333333332, total: 17_000.5 },
      seen: { newest: { kind: 'fresh' }, scrapes: 8, resets: 0, recentEvents: 412.5, unseenBad: 0 },
    },
  };
}

function analysed(index: number, phase: 'Successful' | 'Failed'): AnalysisSample {
  const readings = [1, 2, 3].map(() => ({ at: AT, phase, value: '[0.9712345678901234]' }));
  const basis = { phase, inconclusive: 0, error: 0, consecutiveError: 0, consecutiveSuccess: 0, readings };
  return {
    analysis: `checkout-${index}`,
    metric: 'success-rate',
    phase: 'Failed',
    count: 3,
    failed: 2,
    value: '[0.9712345678901234]',
    at: AT,
    basis,
  };
}

function failedRun(index: number, deciding: readonly DecidingSample[], analyses: readonly AnalysisSample[]): TargetRun {
  const target: TargetId = targetId('enterprise-eu-1', `tenant-${index}`, 'storefront');
  return {
    target,
    goal: { kind: 'restored' },
    goalAt: AT,
    startedAt: AT,
    previous: { kind: 'revision', hash: '6d4cf56db6', image: `registry.example/storefront@sha256:${'a'.repeat(64)}` },
    revision: '7f8c9d5b44',
    reachedAt: AT,
    failure: {
      reason: 'SloFailed',
      message: `tenant-${index} availability: 10.1 % of 1 000 requests bad, allowed 0.5 %`,
      at: AT,
    },
    deciding,
    analyses,
    nudges: 0,
  };
}

const bytesOf = (runs: readonly TargetRun[]) =>
  Buffer.byteLength(JSON.stringify({ status: { targets: runs.map(writeRun) } }));

/** 100 targets with four SLOs and four metrics each, one of either failed. */
const hundred = Array.from({ length: 100 }, (_, index) =>
  failedRun(
    index,
    [0, 1, 2, 3].map((slo) => sample(slo, slo === 2 ? 'fail' : 'pass')),
    [0, 1, 2, 3].map((metric) => analysed(metric, metric === 3 ? 'Failed' : 'Successful')),
  ),
);

describe('the samples of one WaveRun', () => {
  test('stay as they are where they fit', () => {
    const few = hundred.slice(0, 10);
    expect(fitRuns(few)).toBe(few);
  });

  test('of 100 failed targets with eight SLOs and metrics stay within 64 KiB', () => {
    expect(bytesOf(hundred)).toBeGreaterThan(LIMIT_BYTES);
    const fitted = fitRuns(hundred);
    expect(bytesOf(fitted)).toBeLessThan(LIMIT_BYTES);
    expect(fitted.map(({ target, failure, goal }) => [target, failure, goal])).toEqual(
      hundred.map(({ target, failure, goal }) => [target, failure, goal]),
    );
  });

  test('that passed go first, and what is left out is counted', () => {
    const fitted = fitRuns(hundred);
    const kept = fitted.flatMap(({ deciding, analyses = [] }) => [
      ...deciding.map(({ verdict }) => verdict as string),
      ...analyses.map(({ basis }) => basis!.phase as string),
    ]);
    expect(new Set(kept)).toEqual(new Set(['fail', 'Failed'].filter((phase) => kept.includes(phase))));
    const dropped = fitted.reduce((sum, run) => sum + (run.samplesDropped ?? 0), 0);
    expect(kept.length + dropped).toBe(800);
  });

  test('keep the first failure of each target before the second of any', () => {
    const runs = hundred.map((run) => ({
      ...run,
      deciding: run.deciding.map((one) => ({ ...one, verdict: 'fail' as const })),
      analyses: [],
    }));
    const room = bytesOf(runs.map((run) => ({ ...run, deciding: [] }))) + 100 * 330;
    const counts = fitRuns(runs, room).map(({ deciding }) => deciding.length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...counts)).toBeLessThan(4);
  });

  test('come back as they were written, and are not left out twice', () => {
    const once = fitRuns(hundred).map((run) => readRun(JSON.parse(JSON.stringify(writeRun(run)))));
    expect(fitRuns(once)).toEqual(once);
  });
});
