import { advance, notStarted } from '../../../src/analysis/assess/advance.ts';
import { type Assessment, isCompleted } from '../../../src/analysis/assess/assessment.ts';
import { judgeAnswer, type MetricAnswer } from '../../../src/analysis/assess/judge-answer.ts';
import { type PreparedAnalysis, prepareAnalysis } from '../../../src/analysis/assess/prepare.ts';
import { dueMetrics, nextDue } from '../../../src/analysis/assess/schedule.ts';
import type { AnalysisSpec, TemplateMetric } from '../../../src/domain/analysis-template.ts';
import { type Instant, instant } from '../../../src/domain/time.ts';
import { aMetric } from '../analysis-template/a-template.ts';

/** Metrics ready to be measured. @throws Error for what is refused */
export function anAnalysis(
  metrics: readonly Partial<TemplateMetric>[],
  more: Partial<AnalysisSpec> = {},
): PreparedAnalysis {
  const spec = { args: [], dryRun: [], measurementRetention: [], ...more, metrics: metrics.map(aMetric) };
  const prepared = prepareAnalysis(spec, { secrets: new Map(), defaultAddress: null });
  if (prepared.kind === 'problem') throw new Error(prepared.message);
  return prepared.analysis;
}

/** A vector, or an error. */
export type Script = readonly number[] | string;

/** What is answered: numbers are a vector, a text is an error. */
export function answerOf(script: Script): MetricAnswer {
  if (typeof script === 'string') return { kind: 'error', message: script };
  return { kind: 'value', value: { kind: 'vector', values: script }, warnings: [] };
}

/** A run that was driven to its end, or until it had taken so many passes. */
export interface Driven {
  readonly assessment: Assessment;
  /** `<ms since the start> <metrics>` of each pass that measured. */
  readonly passes: readonly string[];
  /** The state after each pass. */
  readonly states: readonly Assessment[];
}

/** Drives a run on virtual time; the last answer of a metric is given again and again. */
export function drive(
  analysis: PreparedAnalysis,
  answers: Readonly<Record<string, readonly Script[]>>,
  { startAt = instant(0), maxPasses = 100 }: { readonly startAt?: Instant; readonly maxPasses?: number } = {},
): Driven {
  const asked = new Map<string, number>();
  const passes: string[] = [];
  const states: Assessment[] = [];
  let assessment = notStarted;
  for (let now: Instant | null = startAt; now !== null && states.length < maxPasses; ) {
    const at: Instant = now;
    const due = dueMetrics(analysis, assessment, at);
    if (due.length > 0) passes.push(`${at - startAt} ${due.join('+')}`);
    const readings = due.map((name) => {
      const nth = asked.get(name) ?? 0;
      asked.set(name, nth + 1);
      const script = answers[name] ?? [[1]];
      const metric = analysis.metrics.find((each) => each.name === name)!;
      const answer = answerOf(script[Math.min(nth, script.length - 1)]!);
      return { metric: name, reading: judgeAnswer(metric, answer, { startedAt: at, finishedAt: at }) };
    });
    assessment = advance(analysis, assessment, readings, at);
    states.push(assessment);
    now = isCompleted(assessment.phase) ? null : nextDue(analysis, assessment, at);
  }
  return { assessment, passes, states };
}
