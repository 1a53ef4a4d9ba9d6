import type { MetricAnswer } from '../analysis/assess/judge-answer.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import type { Turns } from '../planning/turns.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricAnswers, RoundMetric, TargetAnswer } from '../ports/grouped-queries.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import { takeTurns } from '../ports/take-turns.ts';
import type { AnalysisState } from '../release/analyses/analysis-state.ts';
import { beginRun, metricsAt, nextPoint, withAnswers } from '../release/analyses/run-points.ts';
import type { WantedAnalysis } from '../release/analyses/wanted-analyses.ts';
import { type AnalysisRun, askRound, type DueRun, metricKey } from './analysis-round.ts';
import { createWakeup } from './wakeup.ts';

/** Runs analyses: asks the points that are due, targets together, and keeps how each run stands. */
export interface Analyst {
  /** Runs that have begun. */
  readonly states: ReadonlyMap<string, AnalysisState>;
  /** Says which runs are wanted from now on; the others are forgotten. */
  want(wanted: readonly WantedAnalysis[]): void;
  run(signal: AbortSignal): Promise<void>;
}

/** Runs of one source whose next point is the same. */
interface DueRound {
  readonly source: string;
  readonly at: Instant;
  readonly members: AnalysisRun[];
}

/** A round that was not answered is asked again. */
const RETRY_MS = 5_000;
/** Thousands begin, or are answered, together: others have their turn after so many. */
const SLICE = 50;

/** Makes an analyst; `changed` is called after every round. */
export function createAnalyst(sources: ReadonlyMap<string, MetricSource>, clock: Clock, changed: () => void): Analyst {
  const runs = new Map<string, AnalysisRun>();
  const states = new Map<string, AnalysisState>();
  const questions = new Map<string, RoundMetric>();
  const wakeup = createWakeup(clock);
  let waiting: readonly WantedAnalysis[] = [];

  function take(run: AnalysisRun, state: AnalysisState): void {
    run.state = state;
    if (runs.get(run.wanted.key) === run) states.set(run.wanted.key, state);
  }

  function begin(wanted: WantedAnalysis): void {
    const state = beginRun(wanted);
    runs.set(wanted.key, { wanted, state, isAsked: false, retryAt: null });
    states.set(wanted.key, state);
  }

  /** What is wanted may change between the turns. */
  function* beginInTurns(signal: AbortSignal): Turns<void> {
    while (waiting.length > 0 && !signal.aborted) {
      const [slice, rest] = [waiting.slice(0, SLICE), waiting.slice(SLICE)];
      waiting = rest;
      for (const wanted of slice) begin(wanted);
      changed();
      if (waiting.length > 0) yield;
    }
  }

  async function ask({ source, at, members }: DueRound, signal: AbortSignal): Promise<void> {
    const due = members.map((run) => ({ run, metrics: metricsAt(run.state, at) }));
    const answers = await askRound({ source: sources.get(source), clock, questions }, due, at, signal);
    await takeTurns(settleInTurns(due, answers, at), clock);
    changed();
    wakeup.wake();
  }

  function* settleInTurns(
    due: readonly DueRun[],
    answers: ReadonlyMap<string, MetricAnswers>,
    at: Instant,
  ): Turns<void> {
    for (const [index, { run, metrics }] of due.entries()) {
      if (index > 0 && index % SLICE === 0) yield;
      run.isAsked = false;
      settle(run, metrics, answers, at);
    }
  }

  function settle(
    run: AnalysisRun,
    metrics: readonly string[],
    answers: ReadonlyMap<string, MetricAnswers>,
    at: Instant,
  ): void {
    const own = metrics.map((metric) => {
      const answer = answers.get(metricKey(run.wanted, metric))?.get(run.wanted.key);
      return { metric, answer: answer ?? silent(run.wanted.source) };
    });
    const missing = own.flatMap(({ answer }) => (answer.kind === 'missing' ? [answer.message] : []));
    if (missing.length > 0) {
      const sinceAt = run.state.unanswered?.sinceAt ?? clock.now();
      run.retryAt = later(clock.now(), RETRY_MS);
      return take(run, { ...run.state, unanswered: { sinceAt, message: missing[0]! } });
    }
    run.retryAt = null;
    const told = own.map(({ metric, answer }) => ({ metric, answer: toldAs(answer) }));
    take(run, withAnswers(run.state, told, at));
  }

  function dueRounds(now: Instant): readonly DueRound[] {
    const due = new Map<string, DueRound>();
    for (const run of runs.values()) {
      const at = nextPoint(run.state, now);
      if (run.isAsked || at === null || at > now || (run.retryAt ?? at) > now) continue;
      const key = `${run.wanted.source}|${at}`;
      const round = due.get(key) ?? { source: run.wanted.source, at, members: [] };
      round.members.push(run);
      due.set(key, round);
      run.isAsked = true;
    }
    return [...due.values()];
  }

  /** When the next run is due that is not being asked. */
  function nextAt(now: Instant): Instant | null {
    let first: Instant | null = null;
    for (const run of runs.values()) {
      const at = run.isAsked ? null : nextPoint(run.state, now);
      if (at !== null) first = earliest(first, run.retryAt !== null && run.retryAt > at ? run.retryAt : at);
    }
    return first;
  }

  return {
    states,
    want(wanted) {
      const keys = new Set(wanted.map(({ key }) => key));
      for (const key of runs.keys()) {
        if (keys.has(key)) continue;
        runs.delete(key);
        states.delete(key);
      }
      waiting = wanted.filter(({ key }) => !runs.has(key));
      if (waiting.length > 0) wakeup.wake();
    },
    async run(signal) {
      const rounds = new Set<Promise<void>>();
      while (!signal.aborted) {
        await takeTurns(beginInTurns(signal), clock);
        for (const due of dueRounds(clock.now())) {
          const round = ask(due, signal).finally(() => rounds.delete(round));
          rounds.add(round);
        }
        await wakeup.wait(nextAt(clock.now()), signal);
      }
      await Promise.allSettled(rounds);
    },
  };
}

function toldAs(answer: TargetAnswer): MetricAnswer {
  return answer.kind === 'value' ? { ...answer, warnings: [] } : { kind: 'error', message: answer.message };
}

function silent(source: string): TargetAnswer {
  return { kind: 'missing', reason: 'Unanswered', message: `metric source ${source} did not answer` };
}
