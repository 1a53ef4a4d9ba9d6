import { type PreparedAnalysis, prepareAnalysis } from '../analysis/assess/prepare.ts';
import { fillArguments } from '../analysis/grouped/arguments.ts';
import { lookbackMs } from '../analysis/query/lookback.ts';
import { type ArgsReading, mergeArgs } from '../analysis/template/merge-args.ts';
import { type AnalysisProblem, analysisProblem } from '../analysis/template/problem.ts';
import { rolloutArgs } from '../analysis/template/rollout-args.ts';
import type { RolloutArg, TemplateArg } from '../domain/analysis-template.ts';
import type { WorkloadAnalysis } from '../domain/workload.ts';
import { type PlaceholderValues, substitute } from '../manifests/placeholders.ts';

/** Whose analysis it is: what its arguments are filled with. */
export interface AnalysedPlace {
  readonly placeholders: PlaceholderValues;
  /** Pod template hash of the new revision. */
  readonly latestHash: string;
  /** That of the revision before; `null` on a first deploy. */
  readonly stableHash: string | null;
}

/** What an analysis asks of one target. */
export interface TargetAnalysis {
  readonly kind: 'analysis';
  readonly name: string;
  readonly prepared: PreparedAnalysis;
  /** By metric, with its arguments still in it: targets are asked together. */
  readonly queries: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
  /** How long after a change an answer speaks of nothing but what came after, ms. */
  readonly lookbackMs: number;
}

/** Errors do not end a run of ours: an answer that is not there is no verdict, and it comes later. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

/** The arguments of an analysis for one target, all with a value. Problems are in Argo's words where Argo has them. */
export function analysisArgs(analysis: WorkloadAnalysis, place: AnalysedPlace): ArgsReading {
  const filled = analysis.args.map((arg) => placed(arg, place.placeholders));
  const given = rolloutArgs(filled, { ...place, rollout: {} });
  return given.kind === 'problem' ? given : mergeArgs(given.args, analysis.template.args);
}

/** What an analysis asks of one target. Reads its conditions: a few tenths of a millisecond. */
export function targetAnalysis(analysis: WorkloadAnalysis, place: AnalysedPlace): TargetAnalysis | AnalysisProblem {
  const merged = analysisArgs(analysis, place);
  if (merged.kind === 'problem') return merged;
  const spec = { ...analysis.template, args: merged.args };
  const read = prepareAnalysis(spec, { secrets: new Map(), defaultAddress: 'http://metric-source' });
  if (read.kind === 'problem') return read;
  const args = argTexts(merged.args);
  const queries = Object.fromEntries(
    analysis.template.metrics.map(({ name, provider }) => [name, provider.query ?? '']),
  );
  let farthestMs = 0;
  for (const [metric, query] of Object.entries(queries)) {
    const found = lookbackMs(fillArguments(query, args));
    if (found.kind === 'problem')
      return analysisProblem('QueryNotUnderstood', `metric ${metric}, column ${found.position}: ${found.message}`);
    farthestMs = Math.max(farthestMs, found.ms);
  }
  const metrics = read.analysis.metrics.map((metric) => ({ ...metric, consecutiveErrorLimit: ENDLESS }));
  const prepared = { ...read.analysis, metrics };
  return { kind: 'analysis', name: analysis.name, prepared, queries, args, lookbackMs: farthestMs };
}

/** Arguments as a query takes them. */
export function argTexts(args: readonly TemplateArg[]): Readonly<Record<string, string>> {
  return Object.fromEntries(args.map(({ name, value }) => [name, value ?? '']));
}

function placed(arg: RolloutArg, values: PlaceholderValues): RolloutArg {
  return arg.value.kind === 'text'
    ? { ...arg, value: { kind: 'text', text: substitute(arg.value.text, values) } }
    : arg;
}

/** How long a run measures from its first point on, ms; a metric that does not end by itself goes on for as long as it is asked. */
export function longestMs({ prepared }: TargetAnalysis): number {
  return Math.max(
    0,
    ...prepared.metrics.map(({ effectiveCount, consecutiveSuccessLimit, intervalMs, initialDelayMs }) => {
      const count = effectiveCount ?? consecutiveSuccessLimit;
      return count === 0 ? 0 : (initialDelayMs ?? 0) + (count - 1) * (intervalMs ?? 0);
    }),
  );
}
