import type { AnalysisSpec, PrometheusProvider, TemplateMetric } from '../../domain/analysis-template.ts';
import { type MeasuredMetric, measuredMetric } from '../template/measured-metric.ts';
import { matchDryRun, matchRetention } from '../template/metric-rules.ts';
import { type AnalysisProblem, under } from '../template/problem.ts';
import { providerFault } from '../template/provider-fault.ts';
import { resolveMetrics, withoutSecrets, withSecrets } from '../template/resolve-metrics.ts';
import { metricsProblem } from '../template/validate-metrics.ts';
import { type MetricConditions, readConditions } from './conditions.ts';

/** Readings that are kept of a metric when nothing else is said. */
const DEFAULT_RETENTION = 10;

/** A metric, ready to be measured. */
export interface PreparedMetric extends MeasuredMetric {
  readonly dryRun: boolean;
  /** `null`: all of them, for Argo cannot trim a metric whose provider it cannot make. */
  readonly readingsKept: number | null;
  readonly conditions: MetricConditions;
  /** The provider with its secrets filled in. */
  readonly asks: PrometheusProvider;
  /** Why the provider cannot be asked: each reading is then this error. */
  readonly providerFault: string | null;
}

/** What a run measures, fixed from its start on. */
export interface PreparedAnalysis {
  readonly metrics: readonly PreparedMetric[];
  /** Values that no message may show. */
  readonly secrets: readonly string[];
}

/** What the world around a run adds to its spec. */
export interface AnalysisSetting {
  /** Values of the arguments that come from Secrets, by name of the argument. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The Prometheus of metrics that name none; `null` for none. */
  readonly defaultAddress: string | null;
}

/**
 * Readies a spec for measuring, or says why it cannot be measured: the message is the one that Argo ends the run with.
 *
 * Limits and intervals never see a secret; queries and conditions do.
 */
export function prepareAnalysis(
  spec: AnalysisSpec,
  setting: AnalysisSetting,
): { readonly kind: 'prepared'; readonly analysis: PreparedAnalysis } | AnalysisProblem {
  const resolved = resolveMetrics(spec.metrics, withoutSecrets(spec.args));
  if (resolved.kind === 'problem') return under('Unable to resolve metric arguments', resolved);
  const broken = metricsProblem(resolved.metrics);
  if (broken !== null) return under('Analysis spec invalid', broken);
  const names = resolved.metrics.map(({ name }) => name);
  const dryRun = matchDryRun(spec.dryRun, names);
  if (dryRun.kind === 'problem') return under('Analysis spec invalid', dryRun);
  const retention = matchRetention(spec.measurementRetention, names);
  if (retention.kind === 'problem') return under('Analysis spec invalid', retention);
  const asked = hasSecrets(spec) ? resolveMetrics(spec.metrics, withSecrets(spec.args, setting.secrets)) : resolved;
  if (asked.kind === 'problem') return under('Unable to resolve metric arguments', asked);
  const metrics: PreparedMetric[] = [];
  for (const [index, metric] of resolved.metrics.entries()) {
    const kept = retention.matched.get(metric.name) ?? DEFAULT_RETENTION;
    const prepared = prepareMetric(metric, asked.metrics[index]!, setting.defaultAddress, kept);
    if (prepared.kind === 'problem') return under(`Analysis spec invalid: metrics[${index}]`, prepared);
    metrics.push({ ...prepared.metric, dryRun: dryRun.matched.has(metric.name) });
  }
  return { kind: 'prepared', analysis: { metrics, secrets: [...new Set(setting.secrets.values())] } };
}

function hasSecrets({ args }: AnalysisSpec): boolean {
  return args.some(({ valueFrom }) => valueFrom?.kind === 'secretKeyRef');
}

/** A metric as it is without secrets, and as it is asked with them. */
function prepareMetric(
  metric: TemplateMetric,
  asked: TemplateMetric,
  defaultAddress: string | null,
  kept: number,
): { readonly kind: 'metric'; readonly metric: Omit<PreparedMetric, 'dryRun'> } | AnalysisProblem {
  const conditions = readConditions(asked);
  if (conditions.kind === 'problem') return conditions;
  const { provider } = asked;
  const isTrimmed = providerFault(metric.provider, defaultAddress) === null;
  return {
    kind: 'metric',
    metric: {
      ...measuredMetric(metric),
      conditions,
      asks: provider.address === null ? { ...provider, address: defaultAddress } : provider,
      providerFault: providerFault(provider, defaultAddress),
      readingsKept: isTrimmed ? kept : null,
    },
  };
}
