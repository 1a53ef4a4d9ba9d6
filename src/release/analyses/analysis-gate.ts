import { isCompleted, type MetricAssessment, metricOf } from '../../analysis/assess/assessment.ts';
import type { PreparedMetric } from '../../analysis/assess/prepare.ts';
import { formatDuration, type Instant, later } from '../../domain/time.ts';
import { longestMs } from '../../planning/target-analysis.ts';
import { type Gate, type Measurable, subjectOf } from '../gate.ts';
import type { Snapshot } from '../snapshot.ts';
import { worstGate } from '../worst-gate.ts';
import { analysesOf, analysisKey } from './analysis-runs.ts';
import type { AnalysisState } from './analysis-state.ts';

/** Why a target fails of an analysis. */
export const ANALYSIS_FAILED = 'AnalysisFailed';
/** Rounds that an answer may be late before it counts as missing. */
const LATE_ROUNDS = 3;
/** And time on top of them, ms. */
const LATE_MS = 10_000;

/** What the analyses say of a target's present exposure; `null` where there are none. */
export function analysisGate(snapshot: Snapshot, measurable: Measurable, now: Instant): Gate | null {
  const run = snapshot.runs.get(measurable.indexed.target.id);
  const isPassed = snapshot.status.waves[measurable.indexed.waveIndex]?.phase === 'Passed';
  if (run === undefined || isPassed) return null;
  const gates = analysesOf(snapshot, run).map((analysis) => {
    const state = snapshot.analyses.get(analysisKey(run, measurable, analysis));
    const said = state === undefined ? early('its analysis has not begun') : gateOf(state, now);
    return { ...said, message: `${subjectOf(measurable.indexed)} ${analysis.name}: ${said.message}` };
  });
  return gates.length === 0 ? null : worstGate(gates);
}

/** Whether every target's analyses have passed, whatever the wave's SLOs say. */
export function analysesPass(snapshot: Snapshot, measurables: readonly Measurable[], now: Instant): boolean {
  return measurables.every((one) => (analysisGate(snapshot, one, now)?.kind ?? 'pass') === 'pass');
}

const gate = (kind: Gate['kind'], reason: string, message: string, lookAt: Instant | null = null): Gate => ({
  kind,
  reason,
  message,
  lookAt,
  samples: [],
});
const early = (message: string, lookAt: Instant | null = null): Gate => gate('early', 'Analysing', message, lookAt);

function gateOf(state: AnalysisState, now: Instant): Gate {
  const { asked, assessment } = state;
  if (asked.kind === 'problem') return gate('missing', asked.reason, asked.message);
  switch (assessment.phase) {
    case 'Failed':
      return gate('fail', ANALYSIS_FAILED, assessment.message);
    case 'Inconclusive':
      return gate('inconclusive', 'AnalysisInconclusive', assessment.message);
    case 'Error':
      return gate('missing', 'AnalysisError', assessment.message);
    default:
      return metricsGate(asked.prepared.metrics, state, now);
  }
}

function metricsGate(metrics: readonly PreparedMetric[], state: AnalysisState, now: Instant): Gate {
  const counted = metrics.filter(({ dryRun }) => !dryRun);
  if (counted.length === 0) return gate('pass', 'DryRun', 'every metric of it is a dry run');
  return worstGate(counted.map((metric) => metricGate(metric, state, now)));
}

/** A metric of a run that has not ended badly. */
function metricGate(metric: PreparedMetric, state: AnalysisState, now: Instant): Gate {
  const { assessment, startsAt, unanswered } = state;
  const standing = metricOf(assessment, metric.name);
  const last = standing?.readings.at(-1);
  const roundMs = LATE_ROUNDS * Math.max(metric.intervalMs ?? 0, LATE_MS);
  const isOver = standing !== null && isCompleted(standing.phase);
  if (!isOver) {
    const dueAt =
      last === undefined ? later(startsAt, metric.initialDelayMs ?? 0) : later(last.finishedAt, metric.intervalMs ?? 0);
    const lateAt = later(dueAt, roundMs);
    if (now > lateAt) {
      const why = unanswered?.message ?? 'nothing was answered';
      return gate(
        'missing',
        'AnalysisOverdue',
        `${metric.name} has no answer since ${formatDuration(now - dueAt)}: ${why}`,
      );
    }
    if (last === undefined)
      return early(`${metric.name} is measured once its data are newer than the step`, later(lateAt, 1));
    if (last.phase === 'Error')
      return gate('missing', 'MeasurementError', `${metric.name}: ${last.message}`, later(lateAt, 1));
    if (metric.effectiveCount === null && last.phase === 'Inconclusive') {
      // no later measurement is bound to come that decides: people are asked once the wave's limit has passed
      const message = `${metric.name}: the latest measurement is neither good nor bad`;
      return gate('inconclusive', 'MeasurementInconclusive', message, later(lateAt, 1));
    }
    if (metric.consecutiveSuccessLimit > 0 && metric.effectiveCount === null)
      return inARow(metric, standing!, startsAt, now);
    if (metric.effectiveCount !== null || last.phase !== 'Successful')
      return early(progressOf(metric, standing!), overdueAt(state, now, lateAt));
  }
  return proven(metric, standing!);
}

/** It ends with so many successes one after the other, or never: people are asked when it could have ended and has not. */
function inARow(
  metric: PreparedMetric,
  { consecutiveSuccess }: MetricAssessment,
  startsAt: Instant,
  now: Instant,
): Gate {
  const { name, consecutiveSuccessLimit, intervalMs, initialDelayMs } = metric;
  const endsAt = later(startsAt, (initialDelayMs ?? 0) + consecutiveSuccessLimit * (intervalMs ?? 0) + LATE_MS);
  const message = `${name}: ${consecutiveSuccess} of ${consecutiveSuccessLimit} successes in a row`;
  return now <= endsAt ? early(message, later(endsAt, 1)) : gate('inconclusive', 'NotInARow', message);
}

/** `share: 2 of 3 measurements, 1 failed` */
function progressOf({ name, effectiveCount }: PreparedMetric, { count, failed }: MetricAssessment): string {
  const of = effectiveCount === null ? `${count}` : `${count} of ${effectiveCount}`;
  return `${name}: ${of} measurements${failed === 0 ? '' : `, ${failed} failed`}`;
}

/** A run that never completes, since its errors do not count, is missed when it should have been over. */
function overdueAt({ asked, startsAt }: AnalysisState, now: Instant, lateAt: Instant): Instant {
  const endsAt = asked.kind === 'problem' ? lateAt : later(startsAt, longestMs(asked) + LATE_MS);
  return endsAt > now ? endsAt : later(lateAt, 1);
}

/** A success of nothing is none: `len(result) == 0 || …` holds of an empty answer. */
function proven(metric: PreparedMetric, standing: MetricAssessment): Gate {
  const good = standing.readings.filter(({ phase, value }) => phase === 'Successful' && !isEmpty(value));
  if (standing.successful > 0 && good.length > 0)
    return gate(
      'pass',
      'AnalysisPassed',
      `${metric.name} ${standing.successful} of ${standing.count} measurements successful`,
    );
  return gate(
    'missing',
    'EmptyAnswers',
    `${metric.name}: ${standing.count} measurements, and none of them has a value`,
  );
}

function isEmpty(value: string): boolean {
  return value === '' || value === '[]' || /^\[?NaN(,NaN)*\]?$/.test(value);
}

/** The wave's own policy does not reach an analysis: it is always the target's. */
export function withAnalyses(slo: Gate, snapshot: Snapshot, measurable: Measurable, now: Instant): Gate {
  const own = analysisGate(snapshot, measurable, now);
  return own === null ? slo : { ...worstGate([slo, own]), samples: slo.samples };
}
