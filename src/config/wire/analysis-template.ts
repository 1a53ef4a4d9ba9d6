import { z } from 'zod';
import { objectMetadata } from './document.ts';
import { expected } from './expected.ts';
import { notBuiltYet } from './scalars.ts';

/** Group and version of Argo's kinds. */
export const ARGO_API_VERSION = 'argoproj.io/v1alpha1';

/** Longest query, condition or value; an apiserver takes no object above 1.5 MB. */
const MAX_TEXT = 65_536;
const MAX_ITEMS = 256;
const MOST_INT = 2 ** 31 - 1;

const text = z.string().max(MAX_TEXT);
const named = text.min(1, { error: expected('text that is not empty') });

const int = z
  .int()
  .min(-MOST_INT - 1)
  .max(MOST_INT);
const countError = expected('a whole number, or text such as "{{args.count}}"');
const countable = z
  .union([int, z.string().max(253)], { error: countError })
  .refine((value) => typeof value === 'number' || /^[+-]?\d{1,9}$/.test(value) || value.includes('{{'), {
    error: countError,
  });

const list = <T extends z.ZodType>(item: T) => z.array(item).max(MAX_ITEMS);

const keyRef = z.strictObject({ name: named, key: named });
const fieldRef = z.strictObject({ fieldPath: named });

/** What the parts of a field add up to is told only when each part is right. */
const whenWhole = ({ issues }: z.core.ParsePayload): boolean => issues.length === 0;

const arg = z.strictObject({
  name: named,
  value: text.optional(),
  valueFrom: z
    .strictObject({ secretKeyRef: keyRef.optional(), fieldRef: fieldRef.optional() })
    .refine(({ secretKeyRef, fieldRef: field }) => (secretKeyRef === undefined) !== (field === undefined), {
      error: 'expected exactly one of secretKeyRef, fieldRef',
      when: whenWhole,
    })
    .optional(),
});

const oauth2 = z.strictObject({
  tokenUrl: named,
  clientId: named,
  clientSecret: named,
  scopes: list(text).optional(),
});

const prometheus = z.strictObject({
  address: text.optional(),
  query: named,
  authentication: z
    .strictObject({ oauth2: oauth2.optional(), sigv4: notBuiltYet('authentication by sigv4') })
    .optional(),
  timeout: z.int().optional(),
  insecure: z.boolean().optional(),
  headers: list(z.strictObject({ key: named, value: text })).optional(),
  rangeQuery: z.strictObject({ start: named, end: named, step: named }).optional(),
});

const provider = z
  .strictObject({
    prometheus: prometheus.optional(),
    cloudWatch: notBuiltYet('provider cloudWatch'),
    datadog: notBuiltYet('provider datadog'),
    graphite: notBuiltYet('provider graphite'),
    influxdb: notBuiltYet('provider influxdb'),
    job: notBuiltYet('provider job'),
    kayenta: notBuiltYet('provider kayenta'),
    newRelic: notBuiltYet('provider newRelic'),
    plugin: notBuiltYet('provider plugin'),
    skywalking: notBuiltYet('provider skywalking'),
    wavefront: notBuiltYet('provider wavefront'),
    web: notBuiltYet('provider web'),
  })
  .refine((given) => Object.keys(given).length > 0, { error: 'expected a provider: prometheus', when: whenWhole });

const metric = z.strictObject({
  name: named,
  interval: text.optional(),
  initialDelay: text.optional(),
  count: countable.optional(),
  successCondition: text.optional(),
  failureCondition: text.optional(),
  failureLimit: countable.optional(),
  inconclusiveLimit: countable.optional(),
  consecutiveErrorLimit: countable.optional(),
  consecutiveSuccessLimit: countable.optional(),
  provider,
});

const spec = z
  .strictObject({
    args: list(arg).optional(),
    metrics: list(metric).optional(),
    dryRun: list(z.strictObject({ metricName: named })).optional(),
    measurementRetention: list(z.strictObject({ metricName: named, limit: int })).optional(),
    templates: list(z.strictObject({ templateName: named, clusterScope: z.boolean().optional() })).optional(),
  })
  .refine(({ metrics = [], templates = [] }) => metrics.length + templates.length > 0, {
    error: 'expected at least one metric, or templates that bring some',
    when: whenWhole,
  });

/** Argo takes names of any length that the API server takes. */
const metadata = objectMetadata.extend({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, {
    error: expected('a name of lower case letters, digits, "-" and ".", at most 253 long'),
  }),
});

const templateOf = <K extends string>(kind: K) =>
  z.strictObject({ apiVersion: z.literal(ARGO_API_VERSION), kind: z.literal(kind), metadata, spec });

/** Argo's two kinds of templates, as people write them. */
export const analysisTemplateSchemas = {
  AnalysisTemplate: templateOf('AnalysisTemplate'),
  ClusterAnalysisTemplate: templateOf('ClusterAnalysisTemplate'),
} as const;

/** A template that satisfies its schema. */
export type WireAnalysisTemplate = z.output<(typeof analysisTemplateSchemas)[keyof typeof analysisTemplateSchemas]>;
