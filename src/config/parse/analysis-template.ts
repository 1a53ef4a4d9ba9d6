import type {
  AnalysisTemplate,
  ArgSource,
  PrometheusAuthentication,
  PrometheusProvider,
  TemplateArg,
  TemplateMetric,
} from '../../domain/analysis-template.ts';
import type { WireAnalysisTemplate } from '../wire/analysis-template.ts';

type WireSpec = WireAnalysisTemplate['spec'];
type WireMetric = NonNullable<WireSpec['metrics']>[number];
type WireArg = NonNullable<WireSpec['args']>[number];
type WirePrometheus = NonNullable<WireMetric['provider']['prometheus']>;

/** A template as the domain knows it. */
export function parseAnalysisTemplate({ kind, metadata, spec }: WireAnalysisTemplate): AnalysisTemplate {
  return {
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? null,
    spec: {
      args: (spec.args ?? []).map(argOf),
      metrics: (spec.metrics ?? []).map(metricOf),
      dryRun: (spec.dryRun ?? []).map(({ metricName }) => metricName),
      measurementRetention: spec.measurementRetention ?? [],
    },
    templates: (spec.templates ?? []).map(({ templateName, clusterScope = false }) => ({ templateName, clusterScope })),
  };
}

function argOf({ name, value, valueFrom }: WireArg): TemplateArg {
  return { name, value: value ?? null, valueFrom: valueFrom === undefined ? null : sourceOf(valueFrom) };
}

function sourceOf({ secretKeyRef, fieldRef }: NonNullable<WireArg['valueFrom']>): ArgSource {
  if (secretKeyRef !== undefined) return { kind: 'secretKeyRef', ...secretKeyRef };
  return { kind: 'fieldRef', fieldPath: fieldRef!.fieldPath };
}

function metricOf(metric: WireMetric): TemplateMetric {
  return {
    name: metric.name,
    interval: textOrNull(metric.interval),
    initialDelay: textOrNull(metric.initialDelay),
    count: metric.count ?? null,
    successCondition: textOrNull(metric.successCondition),
    failureCondition: textOrNull(metric.failureCondition),
    failureLimit: metric.failureLimit ?? null,
    inconclusiveLimit: metric.inconclusiveLimit ?? null,
    consecutiveErrorLimit: metric.consecutiveErrorLimit ?? null,
    consecutiveSuccessLimit: metric.consecutiveSuccessLimit ?? null,
    provider: prometheusOf(metric.provider.prometheus!),
  };
}

function prometheusOf(prometheus: WirePrometheus): PrometheusProvider {
  return {
    kind: 'prometheus',
    address: textOrNull(prometheus.address),
    query: prometheus.query,
    authentication: authenticationOf(prometheus.authentication),
    timeoutSeconds: prometheus.timeout ?? null,
    insecure: prometheus.insecure ?? false,
    headers: prometheus.headers ?? [],
    rangeQuery: prometheus.rangeQuery ?? null,
  };
}

function authenticationOf(authentication: WirePrometheus['authentication']): PrometheusAuthentication {
  const oauth2 = authentication?.oauth2;
  return oauth2 === undefined ? { kind: 'none' } : { kind: 'oauth2', ...oauth2, scopes: oauth2.scopes ?? [] };
}

/** To Argo an empty text is one that is left out. */
function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
