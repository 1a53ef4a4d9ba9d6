import { advance, notStarted } from '../../analysis/assess/advance.ts';
import { judgeAnswer, type MetricAnswer } from '../../analysis/assess/judge-answer.ts';
import { dueMetrics, nextDue } from '../../analysis/assess/schedule.ts';
import { type Instant, instant, later } from '../../domain/time.ts';
import { judgeDelayMs } from '../../planning/check-wave.ts';
import { type TargetAnalysis, targetAnalysis } from '../../planning/target-analysis.ts';
import type { AnalysisState } from './analysis-state.ts';
import type { WantedAnalysis } from './wanted-analyses.ts';

/** Points are whole seconds, so that targets that were ready at different moments are asked together. */
const SECOND_MS = 1_000;
/** A sixth of the interval, at most so long, is what a run may wait for others. */
const LONGEST_SNAP_MS = 30_000;
const SNAP_SHARE = 6;
/** A run that is behind asks so many points of the past, and leaves out what is older. */
const MOST_POINTS_BEHIND = 30;

/** The state before the first point: everything in it follows from the persisted record. */
export function beginRun(wanted: WantedAnalysis): AnalysisState {
  const asked = targetAnalysis(wanted.analysis, wanted.place);
  if (asked.kind === 'problem')
    return { asked, startsAt: wanted.readyAt, assessment: notStarted, unanswered: null, nextAt: null };
  const startsAt = firstPoint(asked, wanted);
  // an initial delay counts from the exposure, as it does at Argo
  const waitedMs = startsAt - wanted.readyAt;
  const metrics = asked.prepared.metrics.map(({ initialDelayMs, ...metric }) => ({
    ...metric,
    initialDelayMs: initialDelayMs === null ? null : Math.max(0, initialDelayMs - waitedMs),
  }));
  const own = { ...asked, prepared: { ...asked.prepared, metrics } };
  const assessment = { ...notStarted, startedAt: startsAt, phase: 'Running' as const };
  return { asked: own, startsAt, assessment, unanswered: null, nextAt: pointAfter(own, assessment, startsAt) };
}

/** When all that the queries reach back to is newer than the exposure. */
function firstPoint({ prepared, lookbackMs }: TargetAnalysis, { readyAt, scrapeIntervalMs }: WantedAnalysis): Instant {
  const shortestMs = Math.min(...prepared.metrics.map(({ intervalMs }) => intervalMs ?? LONGEST_SNAP_MS * SNAP_SHARE));
  const snapMs = Math.max(SECOND_MS, wholeSeconds(Math.min(LONGEST_SNAP_MS, shortestMs / SNAP_SHARE)));
  return instant(Math.ceil((readyAt + judgeDelayMs(lookbackMs, scrapeIntervalMs)) / snapMs) * snapMs);
}

/** The point that is asked next, or, when it is too long ago, a later one; `null` once the run is over. */
export function nextPoint({ asked, nextAt }: AnalysisState, now: Instant): Instant | null {
  if (nextAt === null || asked.kind === 'problem') return null;
  const intervals = asked.prepared.metrics.flatMap(({ intervalMs }) => intervalMs ?? []);
  const oldest = now - MOST_POINTS_BEHIND * Math.max(SECOND_MS, Math.min(...intervals, LONGEST_SNAP_MS));
  return nextAt >= oldest ? nextAt : instant(wholeSeconds(oldest));
}

/** Names of the metrics that are measured at a point. */
export function metricsAt({ asked, assessment }: AnalysisState, at: Instant): readonly string[] {
  // a metric is due strictly after its interval; points are cut to the second before
  return asked.kind === 'problem' ? [] : dueMetrics(asked.prepared, assessment, later(at, SECOND_MS - 1));
}

/** The state with what was answered at a point. */
export function withAnswers(
  state: AnalysisState,
  answers: readonly { readonly metric: string; readonly answer: MetricAnswer }[],
  at: Instant,
): AnalysisState {
  const { asked } = state;
  if (asked.kind === 'problem') return state;
  const readings = answers.flatMap(({ metric, answer }) => {
    const known = asked.prepared.metrics.find(({ name }) => name === metric);
    return known === undefined
      ? []
      : [{ metric, reading: judgeAnswer(known, answer, { startedAt: at, finishedAt: at }) }];
  });
  const assessment = advance(asked.prepared, state.assessment, readings, at);
  return { ...state, assessment, unanswered: null, nextAt: pointAfter(asked, assessment, at) };
}

function pointAfter(asked: TargetAnalysis, assessment: AnalysisState['assessment'], now: Instant): Instant | null {
  const due = nextDue(asked.prepared, assessment, now);
  return due === null ? null : instant(wholeSeconds(due));
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
