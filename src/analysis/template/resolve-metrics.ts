import type { TemplateArg, TemplateMetric } from '../../domain/analysis-template.ts';
import { firstBadEscape } from './go-text.ts';
import { metricJson, metricOfJson } from './metric-json.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';
import { substituteArgs } from './substitute.ts';

/** What a secret's value is to everything but the measurement itself: no limit and no interval can hang on it. */
const SECRET_PLACEHOLDER = 'temp-for-secret';

/** Metrics with their arguments filled in. */
export type MetricsReading =
  | { readonly kind: 'metrics'; readonly metrics: readonly TemplateMetric[] }
  | AnalysisProblem;

/** Fills the arguments into every text of the metrics; the first metric that cannot be filled is the problem. */
export function resolveMetrics(metrics: readonly TemplateMetric[], args: readonly TemplateArg[]): MetricsReading {
  const resolved: TemplateMetric[] = [];
  for (const metric of metrics) {
    const filled = resolveMetric(metric, args);
    if (filled.kind === 'problem') return filled;
    resolved.push(filled.metric);
  }
  return { kind: 'metrics', metrics: resolved };
}

/** One metric with its arguments filled in. */
export function resolveMetric(
  metric: TemplateMetric,
  args: readonly TemplateArg[],
): { readonly kind: 'metric'; readonly metric: TemplateMetric } | AnalysisProblem {
  const filled = substituteArgs(metricJson(metric), args);
  if (filled.kind === 'problem') return filled;
  const bad = firstBadEscape(filled.text);
  if (bad === null) return { kind: 'metric', metric: metricOfJson(filled.text) };
  return analysisProblem('UnwritableArgument', `invalid character '${bad}' in string escape code`);
}

/** The arguments as everything but a measurement sees them: secrets are not looked at. */
export function withoutSecrets(args: readonly TemplateArg[]): readonly TemplateArg[] {
  return args.map((arg) =>
    arg.valueFrom?.kind === 'secretKeyRef' ? { name: arg.name, value: SECRET_PLACEHOLDER, valueFrom: null } : arg,
  );
}

/** The arguments as a measurement sees them: a secret wins over a value. `secrets` is by name of the argument. */
export function withSecrets(
  args: readonly TemplateArg[],
  secrets: ReadonlyMap<string, string>,
): readonly TemplateArg[] {
  return args.map((arg) => {
    if (arg.valueFrom?.kind !== 'secretKeyRef') return arg;
    return { ...arg, value: secrets.get(arg.name) ?? arg.value };
  });
}
