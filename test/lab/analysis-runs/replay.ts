import {
  advance,
  type MetricReading,
  notStarted,
  refusedAssessment,
  stop,
} from '../../../src/analysis/assess/advance.ts';
import type { Assessment } from '../../../src/analysis/assess/assessment.ts';
import { judgeAnswer, type MetricAnswer } from '../../../src/analysis/assess/judge-answer.ts';
import { type PreparedAnalysis, prepareAnalysis } from '../../../src/analysis/assess/prepare.ts';
import { dueMetrics } from '../../../src/analysis/assess/schedule.ts';
import type { AnalysisSpec } from '../../../src/domain/analysis-template.ts';
import { type Instant, instant, later } from '../../../src/domain/time.ts';
import { type ArgoMeasurement, type ArgoStatus, secretValues, taken } from './argo-run.ts';
import type { Asked } from './recorded-runs.ts';
import { answerOf, type RunCase, type ScriptedAnswer, sampleNumber, special } from './run-case.ts';
import { ANSWERED_AFTER_MS } from './scripted-prometheus.ts';

/** Ours after the same measurements at the same times, and what was due when the real one measured. */
export interface Replay {
  readonly analysis: PreparedAnalysis | null;
  readonly assessment: Assessment;
  /** Passes in which ours would have measured other metrics. */
  readonly lateOrEarly: readonly string[];
  readonly passes: number;
}

/** A measurement that the real controller took. */
interface Taken {
  readonly metric: number;
  readonly nth: number;
  readonly at: Instant;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** A pass is decided this long before its question arrives, at most. */
const ON_ITS_WAY_MS = 250;

/** Drives ours through the passes of the real run. */
export function replay(spec: AnalysisSpec, run: RunCase, status: ArgoStatus, questions: readonly Asked[]): Replay {
  const prepared = prepareAnalysis(spec, { secrets: secretsOf(spec), defaultAddress: null });
  if (prepared.kind === 'problem') {
    return { analysis: null, assessment: refusedAssessment(prepared.message), lateOrEarly: [], passes: 0 };
  }
  const { analysis } = prepared;
  const lateOrEarly: string[] = [];
  let assessment = notStarted;
  let now = instant(0);
  if (run.terminate === true) assessment = stop(analysis, assessment, now);
  // where all metrics wait, the first pass measures nothing
  const isWaiting = analysis.metrics.every(({ initialDelayMs }) => initialDelayMs !== null);
  if (isWaiting) assessment = advance(analysis, assessment, [], timeOf(status.startedAt) ?? now);
  const passes = passesOf(takenOf(analysis, status, questions));
  for (const pass of passes) {
    now = pass[0]!.at;
    const names = pass.map(({ metric }) => analysis.metrics[metric]!.name);
    const missed = dueMetrics(analysis, assessment, later(now, -ON_ITS_WAY_MS)).filter((name) => !names.includes(name));
    const due = dueMetrics(analysis, assessment, later(pass.at(-1)!.at, 1));
    const early = names.filter((name) => !due.includes(name));
    if (missed.length + early.length > 0) lateOrEarly.push(`missed ${missed.join()} early ${early.join()} at ${now}`);
    assessment = advance(
      analysis,
      assessment,
      pass.map((each) => readingOf(analysis, run, each)),
      now,
    );
  }
  if (passes.length === 0) assessment = advance(analysis, assessment, [], now);
  if (run.ends === 'stopped') assessment = stop(analysis, assessment, later(now, 1000));
  return { analysis, assessment, lateOrEarly, passes: passes.length };
}

function secretsOf(spec: AnalysisSpec): ReadonlyMap<string, string> {
  const secrets: Readonly<Record<string, string>> = secretValues;
  return new Map(
    spec.args.flatMap(({ name, valueFrom }) =>
      valueFrom?.kind === 'secretKeyRef' ? [[name, secrets[valueFrom.key]!] as const] : [],
    ),
  );
}

/** All measurements of a run, oldest first; when one was taken is known from its question, or else from its record. */
function takenOf(analysis: PreparedAnalysis, status: ArgoStatus, questions: readonly Asked[]): readonly Taken[] {
  const all = analysis.metrics.flatMap(({ name }, metric) => {
    const result = status.metricResults?.find((each) => each.name === name);
    const asked = questions.filter((question) => question.metric === metric);
    const trimmed = taken(result) - (result?.measurements?.length ?? 0);
    return Array.from({ length: taken(result) }, (_, nth): Taken => {
      const kept: ArgoMeasurement | undefined = result?.measurements?.[nth - trimmed];
      const startedAt = timeOf(kept?.startedAt);
      const at = instant(asked[nth]?.at ?? startedAt ?? 0);
      const finishedAt = timeOf(kept?.finishedAt) ?? at;
      return { metric, nth, at, startedAt: startedAt ?? at, finishedAt };
    });
  });
  return all.sort((left, right) => left.at - right.at);
}

function timeOf(text: string | undefined): Instant | null {
  return text === undefined ? null : instant(Date.parse(text));
}

/** Questions of one pass come before the first of them is answered; the next pass waits for all answers. */
function passesOf(all: readonly Taken[]): readonly (readonly Taken[])[] {
  const passes: Taken[][] = [];
  for (const one of all) {
    const pass = passes.at(-1);
    const isTogether = pass !== undefined && one.at - pass[0]!.at < ANSWERED_AFTER_MS;
    if (isTogether && !pass.some(({ metric }) => metric === one.metric)) pass.push(one);
    else passes.push([one]);
  }
  return passes;
}

function readingOf(analysis: PreparedAnalysis, run: RunCase, one: Taken): MetricReading {
  const metric = analysis.metrics[one.metric]!;
  const answer = metricAnswer(answerOf(run, one.metric, one.nth));
  return { metric: metric.name, reading: judgeAnswer(metric, answer, one, analysis.secrets) };
}

/** What a client makes of a scripted answer. */
function metricAnswer(answer: ScriptedAnswer): MetricAnswer {
  const { says, scalar, vector, matrix, warnings = [] } = special(answer);
  if (says !== undefined) return { kind: 'error', message: says };
  if (scalar !== undefined) return { kind: 'value', value: { kind: 'scalar', value: sampleNumber(scalar) }, warnings };
  const values = (vector ?? (matrix ?? []).flat()).map(sampleNumber);
  return { kind: 'value', value: { kind: 'vector', values }, warnings };
}
