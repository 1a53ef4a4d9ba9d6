import type { IntOrText, PrometheusProvider, TemplateMetric } from '../../domain/analysis-template.ts';
import { goJson } from './go-text.ts';

/** Argo's JSON form of a metric: what it leaves out is absent. */
interface WireMetric {
  readonly name: string;
  readonly interval?: string;
  readonly initialDelay?: string;
  readonly count?: IntOrText;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly failureLimit?: IntOrText;
  readonly inconclusiveLimit?: IntOrText;
  readonly consecutiveErrorLimit?: IntOrText;
  readonly provider: { readonly prometheus: WirePrometheus };
  readonly consecutiveSuccessLimit?: IntOrText;
}

interface WirePrometheus {
  readonly address?: string;
  readonly query?: string;
  readonly authentication: { readonly sigv4: Record<string, never>; readonly oauth2: WireOauth2 };
  readonly timeout?: number;
  readonly insecure?: true;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly rangeQuery?: { readonly start?: string; readonly end?: string; readonly step?: string };
}

interface WireOauth2 {
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
}

/** A metric as Argo writes it before it fills in the arguments: the order of the fields is what a tag without end runs into. */
export function metricJson(metric: TemplateMetric): string {
  const { provider } = metric;
  return goJson({
    name: metric.name,
    ...given('interval', metric.interval),
    ...given('initialDelay', metric.initialDelay),
    ...given('count', metric.count),
    ...given('successCondition', metric.successCondition),
    ...given('failureCondition', metric.failureCondition),
    ...given('failureLimit', metric.failureLimit),
    ...given('inconclusiveLimit', metric.inconclusiveLimit),
    ...given('consecutiveErrorLimit', metric.consecutiveErrorLimit),
    provider: { prometheus: prometheusJson(provider) },
    ...given('consecutiveSuccessLimit', metric.consecutiveSuccessLimit),
  });
}

function prometheusJson(provider: PrometheusProvider): object {
  const { authentication, rangeQuery } = provider;
  const oauth2 =
    authentication.kind === 'none'
      ? {}
      : {
          ...text('tokenUrl', authentication.tokenUrl),
          ...text('clientId', authentication.clientId),
          ...text('clientSecret', authentication.clientSecret),
          ...(authentication.scopes.length > 0 ? { scopes: authentication.scopes } : {}),
        };
  return {
    ...given('address', provider.address),
    ...given('query', provider.query),
    authentication: { sigv4: {}, oauth2 },
    ...given('timeout', provider.timeoutSeconds),
    ...(provider.insecure ? { insecure: true } : {}),
    ...(provider.headers.length > 0 ? { headers: provider.headers.map(({ key, value }) => ({ key, value })) } : {}),
    ...(rangeQuery === null
      ? {}
      : {
          rangeQuery: {
            ...text('start', rangeQuery.start),
            ...text('end', rangeQuery.end),
            ...text('step', rangeQuery.step),
          },
        }),
  };
}

function given(field: string, value: IntOrText | null): object {
  return value === null ? {} : { [field]: value };
}

function text(field: string, value: string): object {
  return value === '' ? {} : { [field]: value };
}

/** The metric of such a JSON text; a text that was filled in empty counts as left out. */
export function metricOfJson(json: string): TemplateMetric {
  const wire = JSON.parse(json) as WireMetric;
  return {
    name: wire.name,
    interval: textOrNull(wire.interval),
    initialDelay: textOrNull(wire.initialDelay),
    count: wire.count ?? null,
    successCondition: textOrNull(wire.successCondition),
    failureCondition: textOrNull(wire.failureCondition),
    failureLimit: wire.failureLimit ?? null,
    inconclusiveLimit: wire.inconclusiveLimit ?? null,
    consecutiveErrorLimit: wire.consecutiveErrorLimit ?? null,
    consecutiveSuccessLimit: wire.consecutiveSuccessLimit ?? null,
    provider: providerOf(wire.provider.prometheus),
  };
}

function providerOf(wire: WirePrometheus): PrometheusProvider {
  const { tokenUrl = '', clientId = '', clientSecret = '', scopes = [] } = wire.authentication.oauth2;
  return {
    kind: 'prometheus',
    address: textOrNull(wire.address),
    query: textOrNull(wire.query),
    // without a token URL Argo asks without a token
    authentication: tokenUrl === '' ? { kind: 'none' } : { kind: 'oauth2', tokenUrl, clientId, clientSecret, scopes },
    timeoutSeconds: wire.timeout ?? null,
    insecure: wire.insecure ?? false,
    headers: wire.headers ?? [],
    rangeQuery:
      wire.rangeQuery === undefined
        ? null
        : { start: wire.rangeQuery.start ?? '', end: wire.rangeQuery.end ?? '', step: wire.rangeQuery.step ?? '' },
  };
}

function textOrNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
