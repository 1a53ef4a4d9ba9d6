import type {
  AnalysisSpec,
  AnalysisTemplate,
  MeasurementRetention,
  TemplateArg,
  TemplateRef,
} from '../../domain/analysis-template.ts';
import { collectTemplates, type TemplateLookup } from './collect-templates.ts';
import { flattenArgs, mergeArgs } from './merge-args.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** What a run measures, all arguments given. */
export type SpecReading = { readonly kind: 'spec'; readonly spec: AnalysisSpec } | AnalysisProblem;

/** Which templates a run is made of, and what whoever starts it adds. */
export interface WantedAnalysis {
  readonly templates: readonly TemplateRef[];
  readonly args: readonly TemplateArg[];
  readonly dryRun: readonly string[];
  readonly measurementRetention: readonly MeasurementRetention[];
}

/** The spec of a run: templates found, put together, and their arguments given. */
export function analysisSpec(wanted: WantedAnalysis, lookup: TemplateLookup): SpecReading {
  const collected = collectTemplates(wanted.templates, lookup);
  if (collected.kind === 'problem') return collected;
  const flat = flattenTemplates(collected.templates);
  if (flat.kind === 'problem') return flat;
  const args = mergeArgs(wanted.args, flat.spec.args);
  if (args.kind === 'problem') return args;
  const dryRun = [...wanted.dryRun, ...flat.spec.dryRun];
  const measurementRetention = [...wanted.measurementRetention, ...flat.spec.measurementRetention];
  const spec = { metrics: flat.spec.metrics, args: args.args, dryRun, measurementRetention };
  return repeatedRule(spec) ?? { kind: 'spec', spec };
}

/** Several templates as one; namespaced ones stand before the cluster's. */
export function flattenTemplates(templates: readonly AnalysisTemplate[]): SpecReading {
  const metrics = templates.flatMap(({ spec }) => spec.metrics);
  const twice = repeated(metrics.map(({ name }) => name));
  if (twice !== null) return analysisProblem('DuplicateMetric', `two metrics have the same name '${twice}'`);
  const dryRun = templates.flatMap(({ spec }) => spec.dryRun);
  const measurementRetention = templates.flatMap(({ spec }) => spec.measurementRetention);
  const problem = repeatedRule({ dryRun, measurementRetention });
  if (problem !== null) return problem;
  const args = flattenArgs(templates.map(({ spec }) => spec.args));
  if (args.kind === 'problem') return args;
  return { kind: 'spec', spec: { metrics, args: args.args, dryRun, measurementRetention } };
}

function repeatedRule(spec: Pick<AnalysisSpec, 'dryRun' | 'measurementRetention'>): AnalysisProblem | null {
  const dryRun = repeated(spec.dryRun);
  if (dryRun !== null) {
    return analysisProblem('DuplicateRule', `two Dry-Run metric rules have the same name '${dryRun}'`);
  }
  const retention = repeated(spec.measurementRetention.map(({ metricName }) => metricName));
  if (retention === null) return null;
  return analysisProblem('DuplicateRule', `two Measurement Retention metric rules have the same name '${retention}'`);
}

/** The first name that stands a second time. */
function repeated(names: readonly string[]): string | null {
  return names.find((name, index) => names.indexOf(name) < index) ?? null;
}
