import { advance, notStarted } from '../analysis/assess/advance.ts';
import { judgeAnswer, type MetricAnswer } from '../analysis/assess/judge-answer.ts';
import { dueMetrics, nextDue } from '../analysis/assess/schedule.ts';
import { isAdapterError } from '../domain/errors.ts';
import { earliest, type Instant, instant, later } from '../domain/time.ts';
import { judgeDelayMs } from '../planning/check-wave.ts';
import { type TargetAnalysis, targetAnalysis } from '../planning/target-analysis.ts';
import type { Clock } from '../ports/clock.ts';
import type { GroupedQueries, MetricAnswers, Round, RoundMetric, TargetAnswer } from '../ports/grouped-queries.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { AnalysisState } from '../release/analyses/analysis-state.ts';
import type { WantedAnalysis } from '../release/analyses/wanted-analyses.ts';
import { createWakeup } from './wakeup.ts';

/** Runs analyses: asks the points that are due, targets together, and keeps how each run stands. */
export interface Analyst {
  readonly states: ReadonlyMap<string, AnalysisState>;
  /** Says which runs are wanted from now on; the others are forgotten. */
  want(wanted: readonly WantedAnalysis[]): void;
  run(signal: AbortSignal): Promise<void>;
}

/** One run. */
interface Run {
  readonly wanted: WantedAnalysis;
  state: AnalysisState;
  isAsked: boolean;
  /** After a round without an answer. */
  retryAt: Instant | null;
}

/** Points are whole seconds, so that targets that were ready at different moments are asked together. */
const SECOND_MS = 1_000;
/** A sixth of the interval, between these, is what a run may wait for others. */
const LONGEST_SNAP_MS = 30_000;
const SNAP_SHARE = 6;
/** A run that is behind asks so many points of the past, and leaves out what is older. */
const MOST_POINTS_BEHIND = 30;
/** A round that was not answered is asked again. */
const RETRY_MS = 5_000;
const ROUND_DEADLINE_MS = 20_000;

/** Makes an analyst; `changed` is called after every round. */
export function createAnalyst(sources: ReadonlyMap<string, MetricSource>, clock: Clock, changed: () => void): Analyst {
  const runs = new Map<string, Run>();
  const states = new Map<string, AnalysisState>();
  const askedBefore = new Map<string, RoundMetric>();
  const wakeup = createWakeup(clock);

  function take(run: Run, state: AnalysisState): void {
    run.state = state;
    if (runs.get(run.wanted.key) === run) states.set(run.wanted.key, state);
  }

  /** One question for all runs of a cluster whose metric is due at one point. */
  function metricOf(key: string, metric: string, members: readonly Run[]): RoundMetric {
    const ids = `${key}|${members.map(({ wanted }) => wanted.key).join('\n')}`;
    const known = askedBefore.get(key + metric);
    if (known !== undefined && idsOf.get(known) === ids) return known;
    const [first] = members;
    const made: RoundMetric = {
      name: `${first!.wanted.analysis.name} ${metric}`,
      cluster: first!.wanted.cluster,
      query: analysisOf(first!).queries[metric] ?? '',
      targets: members.map((run) => ({ id: run.wanted.key, args: analysisOf(run).args })),
    };
    idsOf.set(made, ids);
    askedBefore.set(key + metric, made);
    return made;
  }

  async function ask(source: string, at: Instant, members: readonly Run[], signal: AbortSignal): Promise<void> {
    const grouped = new Map<string, { readonly metric: string; readonly members: Run[] }>();
    for (const run of members) {
      for (const metric of dueAtPoint(run, at)) {
        const key = `${run.wanted.cluster}|${run.wanted.analysis.name}|${metric}`;
        const group = grouped.get(key) ?? { metric, members: [] };
        group.members.push(run);
        grouped.set(key, group);
      }
    }
    const groups = [...grouped].map(([key, group]) => ({
      ...group,
      asked: metricOf(key, group.metric, group.members),
    }));
    const evaluate = sources.get(source)?.evaluate;
    const round = { at, deadlineAt: later(clock.now(), ROUND_DEADLINE_MS), metrics: groups.map(({ asked }) => asked) };
    const answers = evaluate === undefined ? [] : await answered(evaluate, round, signal);
    for (const run of members) {
      run.isAsked = false;
      const own = groups.flatMap(({ metric, members: all }, index) =>
        all.includes(run) ? [{ metric, answer: answers[index]?.get(run.wanted.key) ?? silent(source) }] : [],
      );
      settle(run, own, at);
    }
    changed();
    wakeup.wake();
  }

  function settle(
    run: Run,
    own: readonly { readonly metric: string; readonly answer: TargetAnswer }[],
    at: Instant,
  ): void {
    const missing = own.find(({ answer }) => answer.kind === 'missing');
    if (missing?.answer.kind === 'missing') {
      const sinceAt = run.state.unanswered?.sinceAt ?? clock.now();
      run.retryAt = later(clock.now(), RETRY_MS);
      return take(run, { ...run.state, unanswered: { sinceAt, message: missing.answer.message } });
    }
    run.retryAt = null;
    take(run, withAnswers(run.state, own, at));
  }

  function begin(wanted: WantedAnalysis): void {
    const state = beginning(wanted);
    runs.set(wanted.key, { wanted, state, isAsked: false, retryAt: null });
    states.set(wanted.key, state);
  }

  const pointOf = ({ state }: Run): Instant | null => (state.nextAt === null ? null : caughtUp(state, clock.now()));
  const dueAt = (run: Run): Instant | null => {
    const point = pointOf(run);
    return point === null ? null : run.retryAt !== null && run.retryAt > point ? run.retryAt : point;
  };

  return {
    states,
    want(wanted) {
      const keys = new Set(wanted.map(({ key }) => key));
      for (const key of runs.keys()) {
        if (keys.has(key)) continue;
        runs.delete(key);
        states.delete(key);
      }
      const fresh = wanted.filter(({ key }) => !runs.has(key));
      for (const one of fresh) begin(one);
      if (fresh.length > 0) wakeup.wake();
    },
    async run(signal) {
      const rounds = new Set<Promise<void>>();
      while (!signal.aborted) {
        const now = clock.now();
        const due = new Map<string, { readonly source: string; readonly at: Instant; readonly members: Run[] }>();
        for (const run of runs.values()) {
          const at = dueAt(run);
          if (run.isAsked || at === null || at > now) continue;
          const point = pointOf(run)!;
          const key = `${run.wanted.source}|${point}`;
          const group = due.get(key) ?? { source: run.wanted.source, at: point, members: [] };
          group.members.push(run);
          run.isAsked = true;
          due.set(key, group);
        }
        for (const { source, at, members } of due.values()) {
          const round = ask(source, at, members, signal).finally(() => rounds.delete(round));
          rounds.add(round);
        }
        const idle = [...runs.values()].filter(({ isAsked }) => !isAsked);
        await wakeup.wait(earliest(...idle.map(dueAt)), signal);
      }
      await Promise.allSettled(rounds);
    },
  };
}

/** A source that cannot be asked is one that does not answer. */
async function answered(
  evaluate: GroupedQueries['evaluate'],
  round: Round,
  signal: AbortSignal,
): Promise<readonly MetricAnswers[]> {
  try {
    return await evaluate(round, signal);
  } catch (error) {
    if (!isAdapterError(error)) throw error;
    const missing: TargetAnswer = { kind: 'missing', reason: 'Unanswered', message: error.message };
    return round.metrics.map(({ targets }) => new Map(targets.map(({ id }) => [id, missing])));
  }
}

const idsOf = new WeakMap<RoundMetric, string>();

function analysisOf({ state }: Run): TargetAnalysis {
  if (state.asked.kind === 'problem') throw new RangeError('an analysis that cannot be asked has no points');
  return state.asked;
}

/** The state before the first point: everything in it follows from the persisted record. */
function beginning(wanted: WantedAnalysis): AnalysisState {
  const asked = targetAnalysis(wanted.analysis, wanted.place);
  if (asked.kind === 'problem')
    return { asked, startsAt: wanted.readyAt, assessment: notStarted, unanswered: null, nextAt: null };
  const { metrics } = asked.prepared;
  const delayMs = judgeDelayMs(asked.lookbackMs, wanted.scrapeIntervalMs);
  const shortestMs = Math.min(...metrics.map(({ intervalMs }) => intervalMs ?? LONGEST_SNAP_MS * SNAP_SHARE));
  const snapMs = Math.max(
    SECOND_MS,
    Math.floor(Math.min(LONGEST_SNAP_MS, shortestMs / SNAP_SHARE) / SECOND_MS) * SECOND_MS,
  );
  const startsAt = instant(Math.ceil((wanted.readyAt + delayMs) / snapMs) * snapMs);
  // an initial delay counts from the exposure, as it does at Argo
  const waitedMs = startsAt - wanted.readyAt;
  const prepared = {
    ...asked.prepared,
    metrics: metrics.map((metric) => ({
      ...metric,
      initialDelayMs: metric.initialDelayMs === null ? null : Math.max(0, metric.initialDelayMs - waitedMs),
    })),
  };
  const assessment = { ...notStarted, startedAt: startsAt, phase: 'Running' as const };
  const state = { asked: { ...asked, prepared }, startsAt, assessment, unanswered: null };
  return { ...state, nextAt: pointAfter(state.asked, assessment, startsAt) };
}

function pointAfter(asked: TargetAnalysis, assessment: AnalysisState['assessment'], now: Instant): Instant | null {
  const due = nextDue(asked.prepared, assessment, now);
  return due === null ? null : instant(Math.floor(due / SECOND_MS) * SECOND_MS);
}

/** The point itself, or, when it is too long ago, one that is not. */
function caughtUp({ asked, nextAt }: AnalysisState, now: Instant): Instant {
  const intervals =
    asked.kind === 'problem' ? [] : asked.prepared.metrics.flatMap(({ intervalMs }) => intervalMs ?? []);
  const oldest = now - MOST_POINTS_BEHIND * Math.max(SECOND_MS, Math.min(...intervals, LONGEST_SNAP_MS));
  return nextAt! >= oldest ? nextAt! : instant(Math.floor(oldest / SECOND_MS) * SECOND_MS);
}

function dueAtPoint({ state }: Run, at: Instant): readonly string[] {
  // a metric is due strictly after its interval; points are cut to the second before
  return state.asked.kind === 'problem'
    ? []
    : dueMetrics(state.asked.prepared, state.assessment, later(at, SECOND_MS - 1));
}

function withAnswers(
  state: AnalysisState,
  own: readonly { readonly metric: string; readonly answer: TargetAnswer }[],
  at: Instant,
): AnalysisState {
  if (state.asked.kind === 'problem') return state;
  const { prepared } = state.asked;
  const readings = own.flatMap(({ metric, answer }) => {
    const known = prepared.metrics.find(({ name }) => name === metric);
    if (known === undefined || answer.kind === 'missing') return [];
    return [{ metric, reading: judgeAnswer(known, answerOf(answer), { startedAt: at, finishedAt: at }) }];
  });
  const assessment = advance(prepared, state.assessment, readings, at);
  return { ...state, assessment, unanswered: null, nextAt: pointAfter(state.asked, assessment, at) };
}

function answerOf(answer: Exclude<TargetAnswer, { kind: 'missing' }>): MetricAnswer {
  return answer.kind === 'refused' ? { kind: 'error', message: answer.message } : { ...answer, warnings: [] };
}

function silent(source: string): TargetAnswer {
  return { kind: 'missing', reason: 'Unanswered', message: `metric source ${source} did not answer` };
}
