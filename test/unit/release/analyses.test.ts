import { describe, expect, test } from 'vitest';
import { advance, notStarted } from '../../../src/analysis/assess/advance.ts';
import type { ReadingPhase } from '../../../src/analysis/assess/assessment.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import type { WorkloadAnalysis } from '../../../src/domain/workload.ts';
import { targetAnalysis } from '../../../src/planning/target-analysis.ts';
import { stepWave } from '../../../src/release/admission.ts';
import { analysisGate } from '../../../src/release/analyses/analysis-gate.ts';
import { analysisKey } from '../../../src/release/analyses/analysis-runs.ts';
import type { AnalysisState } from '../../../src/release/analyses/analysis-state.ts';
import { wantedAnalyses } from '../../../src/release/analyses/wanted-analyses.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import { checkout, metric } from '../planning/an-analysis.ts';
import {
  ANALYSIS,
  ago,
  aPlan,
  aRun,
  aSnapshot,
  aStatus,
  BAKING,
  GLOBEX,
  goodAnswer,
  HOOLI,
  INITECH,
  indexedTarget,
  MINUTE_MS,
  NEW,
  NOW,
  PASSED,
  promotedRun,
  RUNNING,
  runsOf,
  SECOND_MS,
} from './a-release.ts';
import { onNew, onOld, pausedAt } from './an-observed-target.ts';

const STARTS_AT = ago(3 * MINUTE_MS);
const keyOf = (run: TargetRun, analysis: WorkloadAnalysis) =>
  analysisKey(run, { indexed: indexedTarget(run.target), revision: NEW, readyAt: NOW }, analysis);

type Read = ReadingPhase | { readonly value: string };

/** A run with these readings of its one metric, 10 s apart, the last one 5 s ago. */
function stateOf(
  analysis: WorkloadAnalysis,
  readings: readonly Read[],
  parts: Partial<AnalysisState> = {},
): AnalysisState {
  const asked = targetAnalysis(analysis, {
    placeholders: { 'target.namespace': 'globex' },
    latestHash: NEW,
    stableHash: 'old',
  });
  if (asked.kind === 'problem') throw new Error(asked.message);
  let assessment = { ...notStarted, startedAt: STARTS_AT, phase: 'Running' as const } as AnalysisState['assessment'];
  for (const [index, read] of readings.entries()) {
    const at: Instant = ago((5 + 10 * (readings.length - 1 - index)) * SECOND_MS);
    const phase = typeof read === 'string' ? read : 'Successful';
    const value = typeof read === 'string' ? '[0.97]' : read.value;
    const reading = {
      phase,
      value,
      message: phase === 'Error' ? 'slice index out of range' : '',
      warnings: [],
      startedAt: at,
      finishedAt: at,
    };
    assessment = advance(asked.prepared, assessment, [{ metric: 'success', reading }], at);
  }
  return { asked, startsAt: STARTS_AT, assessment, unanswered: null, nextAt: null, ...parts };
}

interface Situation {
  readonly analysis?: WorkloadAnalysis;
  readonly state?: AnalysisState | null;
  readonly scope?: 'target' | 'wave';
  readonly run?: TargetRun;
}

function situation({ analysis = checkout(), state = null, scope = 'target', run = aRun(GLOBEX) }: Situation): Snapshot {
  const plan = { ...aPlan([{}, { analysis: { ...ANALYSIS, scope }, maxConcurrency: 1 }]), analyses: [analysis] };
  return aSnapshot({
    plan,
    status: aStatus([PASSED, RUNNING]),
    runs: runsOf(run),
    targets: new Map([
      [GLOBEX, pausedAt(0)],
      [HOOLI, onOld()],
      [INITECH, onOld()],
    ]),
    measurements: goodAnswer(),
    analyses: state === null ? new Map() : new Map([[keyOf(run, analysis), state]]),
  });
}

/** What becomes of globex, at its first step, baked, with good SLOs. */
function outcome(given: Situation): string {
  const step = stepWave(situation(given), 1, NOW);
  const [run] = step.runs.filter(({ target }) => target === GLOBEX);
  if (run?.failure != null) return `fails: ${run.failure.reason}`;
  if (run?.goal.kind === 'step' && run.goal.step === 1) return 'goes on';
  return step.waitingFor.length === 0 ? 'holds' : `holds: ${step.waitingFor[0]!.reason}`;
}

const ok = (n: number): readonly Read[] => Array.from({ length: n }, () => 'Successful');
const endless = checkout([metric({ count: null })]);
/** The same, which bears measurements without data. */
const patient = checkout([metric({ count: null, inconclusiveLimit: 60 })]);
const row = checkout([metric({ count: null, consecutiveSuccessLimit: 3, failureLimit: 9 })]);
const old = (state: AnalysisState, ms: number): AnalysisState => ({
  ...state,
  assessment: {
    ...state.assessment,
    metrics: state.assessment.metrics.map((one) => ({
      ...one,
      readings: one.readings.map((reading) => ({ ...reading, finishedAt: later(reading.finishedAt, -ms) })),
    })),
  },
});

describe('a target with good SLOs', () => {
  test.each<[string, Situation, string]>([
    ['goes on when its analysis is successful', { state: stateOf(checkout(), ok(3)) }, 'goes on'],
    ['fails when it failed', { state: stateOf(checkout(), ['Failed', 'Failed']) }, 'fails: AnalysisFailed'],
    ['holds before it has begun', { state: null }, 'holds'],
    ['holds while it measures', { state: stateOf(checkout(), ok(2)) }, 'holds'],
    [
      'holds on a failure within the limit until the run is over',
      { state: stateOf(checkout(), ['Failed', 'Successful']) },
      'holds',
    ],
    ['goes on when the run with it was successful', { state: stateOf(checkout(), ['Failed', ...ok(2)]) }, 'goes on'],
    [
      'holds when the last measurement was an error',
      { state: stateOf(checkout(), ['Successful', 'Error']) },
      'holds: DataMissing',
    ],
    ['holds when an answer is overdue', { state: old(stateOf(checkout(), ok(2)), MINUTE_MS) }, 'holds: DataMissing'],
    ['holds when the first one is', { state: stateOf(checkout(), []) }, 'holds: DataMissing'],
    [
      'holds when all answers were empty',
      {
        state: stateOf(
          checkout(),
          [1, 2, 3].map(() => ({ value: '[]' })),
        ),
      },
      'holds: DataMissing',
    ],
    [
      'and when they were no numbers',
      {
        state: stateOf(
          checkout(),
          [1, 2, 3].map(() => ({ value: '[NaN]' })),
        ),
      },
      'holds: DataMissing',
    ],
    ['holds when it is inconclusive', { state: stateOf(checkout(), ['Inconclusive']) }, 'holds'],
    [
      'goes on while a metric without a count succeeds',
      { analysis: endless, state: stateOf(endless, ok(4)) },
      'goes on',
    ],
    [
      'but not on a failure of it, though within the limit',
      { analysis: endless, state: stateOf(endless, ['Successful', 'Failed']) },
      'holds',
    ],
    [
      'nor on a measurement of it that is neither',
      { analysis: patient, state: stateOf(patient, ['Successful', 'Inconclusive']) },
      'holds',
    ],
    [
      'but goes on once the next one is good',
      { analysis: patient, state: stateOf(patient, ['Inconclusive', 'Inconclusive', 'Successful']) },
      'goes on',
    ],
    [
      'nor on an old success',
      { analysis: endless, state: old(stateOf(endless, ok(4)), MINUTE_MS) },
      'holds: DataMissing',
    ],
    [
      'holds until it has its successes in a row',
      { analysis: row, state: stateOf(row, ok(2), { startsAt: ago(20 * SECOND_MS) }) },
      'holds',
    ],
    ['goes on when it has', { analysis: row, state: stateOf(row, ['Failed', ...ok(3)]) }, 'goes on'],
    [
      'is inconclusive when it could have had them',
      { analysis: row, state: stateOf(row, ['Failed', ...ok(2)]) },
      'holds',
    ],
    [
      'holds when its arguments do not fit',
      { state: stateOf(checkout(), [], { asked: { kind: 'problem', reason: 'NoStableRevision', message: 'none' } }) },
      'holds: DataMissing',
    ],
    ['holds in a wave that is judged as a whole, too', { scope: 'wave', state: stateOf(checkout(), ok(2)) }, 'holds'],
    ['and fails in it', { scope: 'wave', state: stateOf(checkout(), ['Failed', 'Failed']) }, 'fails: AnalysisFailed'],
  ])('%s', (_, given, expected) => {
    expect(outcome(given)).toBe(expected);
  });

  test.each<[string, readonly Read[], string, string]>([
    ['is inconclusive, and people are asked one day', ['Inconclusive'], 'inconclusive', 'MeasurementInconclusive'],
    ['has failed within its limit, and goes on', ['Failed'], 'early', 'Analysing'],
  ])('knows that a metric without a count whose last measurement %s', (_, readings, kind, reason) => {
    const given = situation({ analysis: patient, state: stateOf(patient, readings) });
    const measurable = { indexed: indexedTarget(GLOBEX), revision: NEW, readyAt: NOW };
    expect(analysisGate(given, measurable, NOW)).toMatchObject({ kind, reason });
  });

  test('is not carried on by the run of an earlier step', () => {
    const before = aRun(GLOBEX, { goalAt: ago(9 * MINUTE_MS) });
    const state = stateOf(checkout(), ok(3));
    const snapshot = { ...situation({}), analyses: new Map([[keyOf(before, checkout()), state]]) };
    expect(stepWave(snapshot, 1, NOW).runs.filter(({ target }) => target === GLOBEX)).toEqual([]);
  });

  test('is not judged by a dry run', () => {
    const dry = {
      ...checkout(),
      template: { ...checkout().template, metrics: [metric(), metric({ name: 'extra' })], dryRun: ['extra'] },
    };
    expect(outcome({ analysis: dry, state: stateOf(dry, ok(3)) })).toBe('goes on');
  });

  test('is left to its SLOs by an analysis that is all dry run', () => {
    const dry = { ...checkout(), template: { ...checkout().template, dryRun: ['success'] } };
    expect(outcome({ analysis: dry, state: stateOf(dry, ['Failed', 'Failed']) })).toBe('goes on');
  });

  test('keeps with its decision how the analysis stood', () => {
    const step = stepWave(situation({ state: stateOf(checkout(), ['Failed', 'Failed']) }), 1, NOW);
    expect(step.runs.find(({ target }) => target === GLOBEX)?.analyses).toEqual([
      {
        analysis: 'checkout',
        metric: 'success',
        phase: 'Failed',
        count: 2,
        failed: 2,
        value: '[0.97]',
        at: expect.any(Number),
        basis: {
          phase: 'Failed',
          inconclusive: 0,
          error: 0,
          consecutiveError: 0,
          consecutiveSuccess: 0,
          readings: [
            { at: expect.any(Number), phase: 'Failed', value: '[0.97]' },
            { at: expect.any(Number), phase: 'Failed', value: '[0.97]' },
          ],
        },
      },
    ]);
  });
});

describe('a wave that has baked', () => {
  const baked = (state: AnalysisState | null, scope: 'target' | 'wave') => {
    const runs = [GLOBEX, HOOLI, INITECH].map((id) => promotedRun(id));
    const snapshot: Snapshot = {
      ...situation({ scope }),
      status: aStatus([PASSED, BAKING]),
      runs: runsOf(...runs),
      targets: new Map([GLOBEX, HOOLI, INITECH].map((id) => [id, onNew()])),
      analyses: new Map(state === null ? [] : runs.map((run) => [keyOf(run, checkout()), state])),
    };
    return stepWave(snapshot, 1, NOW).status.phase;
  };

  test.each(['target', 'wave'] as const)(
    'passes with the analyses of all its targets (scope %s), not before',
    (scope) => {
      expect(baked(stateOf(checkout(), ok(3)), scope)).toBe('Passed');
      expect(baked(stateOf(checkout(), ok(2)), scope)).toBe('Baking');
      expect(baked(null, scope)).toBe('Baking');
    },
  );
});

describe('the runs that are wanted', () => {
  const stable = checkout(undefined, [
    { name: 'ns', value: { kind: 'text', text: '${target.namespace}' } },
    { name: 'hash', value: { kind: 'podTemplateHash', of: 'Stable' } },
  ]);

  test('are of the exposure that there is, with its hashes', () => {
    expect(wantedAnalyses(situation({}))).toMatchObject([
      { cluster: 'eu', source: 'prom', place: { latestHash: NEW, placeholders: { 'target.namespace': 'globex' } } },
    ]);
  });

  test('do not compare with an old version that is not there any more', () => {
    const promoted = situation({ analysis: stable, run: promotedRun(GLOBEX) });
    const targets = new Map([[GLOBEX, onNew()]]);
    expect(wantedAnalyses({ ...promoted, targets })).toEqual([]);
    expect(wantedAnalyses(situation({ analysis: stable }))).toHaveLength(1);
  });

  test('end with their wave', () => {
    const passed = { ...situation({ run: promotedRun(GLOBEX) }), targets: new Map([[GLOBEX, onNew()]]) };
    expect(wantedAnalyses(passed)).toHaveLength(1);
    expect(wantedAnalyses({ ...passed, status: aStatus([PASSED, PASSED]) })).toEqual([]);
  });
});
