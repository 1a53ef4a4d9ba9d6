import { describe, expect, test } from 'vitest';
import { parseAnalysisTemplateObject, readAnalysisTemplates } from '../../../src/config/analysis-templates.ts';
import { reading } from './a-template.ts';

const metric = (more: string) => `
metrics:
  - name: m
    ${more}
    provider: { prometheus: { query: q } }
`;

/** What a person wrote, and what must be said of it. */
const mistakes: Readonly<Record<string, readonly [string, string]>> = {
  'an unknown field': [
    metric('sucessCondition: "true"'),
    'spec.metrics[0].sucessCondition: unknown field "sucessCondition"; did you mean "successCondition"?',
  ],
  'an unknown field of the spec': ['metric: []', 'spec.metric: unknown field "metric"; did you mean "metrics"?'],
  'a provider that is not built': [
    'metrics: [{ name: m, provider: { datadog: { query: q } } }]',
    'spec.metrics[0].provider.datadog: provider datadog is not built yet; leave it out',
  ],
  'a provider that nobody knows': [
    'metrics: [{ name: m, provider: { promethes: { query: q } } }]',
    'spec.metrics[0].provider.promethes: unknown field "promethes"; did you mean "prometheus"?',
  ],
  'no provider': ['metrics: [{ name: m, provider: {} }]', 'spec.metrics[0].provider: expected a provider: prometheus'],
  'a signature that is not built': [
    'metrics: [{ name: m, provider: { prometheus: { query: q, authentication: { sigv4: {} } } } }]',
    'spec.metrics[0].provider.prometheus.authentication.sigv4: authentication by sigv4 is not built yet; leave it out',
  ],
  'no query': [
    'metrics: [{ name: m, provider: { prometheus: { address: x } } }]',
    'spec.metrics[0].provider.prometheus.query: missing, expected text',
  ],
  'a value that is no text': [
    'args: [{ name: a, value: 5 }]\nmetrics: [{ name: m, provider: { prometheus: { query: q } } }]',
    'spec.args[0].value: expected text, got 5; put it in quotes',
  ],
  'a value from nowhere': [
    'args: [{ name: a, valueFrom: {} }]\nmetrics: [{ name: m, provider: { prometheus: { query: q } } }]',
    'spec.args[0].valueFrom: expected exactly one of secretKeyRef, fieldRef',
  ],
  'a hash that only a Rollout gives': [
    'args: [{ name: a, valueFrom: { podTemplateHashValue: Latest } }]\nmetrics: [{ name: m, provider: { prometheus: { query: q } } }]',
    'spec.args[0].valueFrom.podTemplateHashValue: unknown field "podTemplateHashValue"; known are fieldRef, secretKeyRef',
  ],
  'a count that is no number': [
    metric('count: many'),
    'spec.metrics[0].count: expected a whole number, or text such as "{{args.count}}", got "many"',
  ],
  'a count with a fraction': [
    metric('count: 2.5'),
    'spec.metrics[0].count: expected a whole number, or text such as "{{args.count}}", got 2.5',
  ],
  'a count past 32 bits': [
    metric('count: 3000000000'),
    'spec.metrics[0].count: expected at most 2147483647, got 3000000000',
  ],
  'an interval that is a number': [
    metric('interval: 5'),
    'spec.metrics[0].interval: expected text, got 5; put it in quotes',
  ],
  'nothing to measure': ['args: []', 'spec: expected at least one metric, or templates that bring some'],
  'a template without a name': [
    'templates: [{ clusterScope: true }]',
    'spec.templates[0].templateName: missing, expected text',
  ],
};

describe('a template that is refused', () => {
  test.for(Object.entries(mistakes))('%s', ([, [spec, says]]) => {
    const { template, says: said } = reading(spec);
    expect(template).toBeNull();
    expect(said.map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([says]);
  });

  test('the place is the line and column of the field', () => {
    expect(reading(metric('sucessCondition: "true"')).says[0]).toMatch(/^8:7 /);
    expect(reading(metric('count: many')).says[0]).toMatch(/^8:14 /);
  });

  test.for([
    ['Rollout', 'kind: expected one of AnalysisTemplate, ClusterAnalysisTemplate, got "Rollout"'],
    [
      'AnalysisTemplat',
      'kind: expected one of AnalysisTemplate, ClusterAnalysisTemplate, got "AnalysisTemplat"; did you mean "AnalysisTemplate"?',
    ],
  ])('a document of kind %s', ([kind, says]) => {
    const { issues } = parseAnalysisTemplateObject({ apiVersion: 'argoproj.io/v1alpha1', kind }, 'x');
    expect(issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([says]);
  });

  test.for([[null], [5], [[]], ['text']])('a document that is %s', ([value]) => {
    expect(parseAnalysisTemplateObject(value, 'x').issues).toHaveLength(1);
  });

  test('a document that contains itself', () => {
    const spec: Record<string, unknown> = {};
    spec['metrics'] = [spec];
    const document = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name: 'a' }, spec };
    expect(parseAnalysisTemplateObject(document, 'x').issues[0]?.message).toMatch(/^nested deeper than/);
  });
});

test('a template is read field by field', () => {
  const text = `
apiVersion: argoproj.io/v1alpha1
kind: ClusterAnalysisTemplate
metadata: { name: everything }
spec:
  args:
    - { name: plain }
    - { name: default, value: "0.9" }
    - { name: token, valueFrom: { secretKeyRef: { name: s, key: k } } }
    - { name: field, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
  dryRun: [{ metricName: tried.* }]
  measurementRetention: [{ metricName: m, limit: 3 }]
  templates: [{ templateName: x }, { templateName: y, clusterScope: true }]
  metrics:
    - name: m
      interval: 1m
      initialDelay: ""
      count: "{{args.default}}"
      successCondition: result[0] > 0
      failureLimit: -1
      consecutiveSuccessLimit: 2
      provider:
        prometheus:
          address: http://p
          query: q
          timeout: 5
          insecure: true
          headers: [{ key: Authorization, value: "Bearer {{args.token}}" }]
          authentication: { oauth2: { tokenUrl: http://t, clientId: i, clientSecret: s } }
          rangeQuery: { start: now(), end: now(), step: 1m }
`;
  const { templates, issues } = readAnalysisTemplates({ path: 'a.yaml', text });
  expect(issues).toEqual([]);
  expect(templates[0]?.template).toEqual({
    kind: 'ClusterAnalysisTemplate',
    name: 'everything',
    namespace: null,
    spec: {
      args: [
        { name: 'plain', value: null, valueFrom: null },
        { name: 'default', value: '0.9', valueFrom: null },
        { name: 'token', value: null, valueFrom: { kind: 'secretKeyRef', name: 's', key: 'k' } },
        { name: 'field', value: null, valueFrom: { kind: 'fieldRef', fieldPath: 'metadata.name' } },
      ],
      dryRun: ['tried.*'],
      measurementRetention: [{ metricName: 'm', limit: 3 }],
      metrics: [
        {
          name: 'm',
          interval: '1m',
          initialDelay: null,
          count: '{{args.default}}',
          successCondition: 'result[0] > 0',
          failureCondition: null,
          failureLimit: -1,
          inconclusiveLimit: null,
          consecutiveErrorLimit: null,
          consecutiveSuccessLimit: 2,
          provider: {
            kind: 'prometheus',
            address: 'http://p',
            query: 'q',
            authentication: { kind: 'oauth2', tokenUrl: 'http://t', clientId: 'i', clientSecret: 's', scopes: [] },
            timeoutSeconds: 5,
            insecure: true,
            headers: [{ key: 'Authorization', value: 'Bearer {{args.token}}' }],
            rangeQuery: { start: 'now()', end: 'now()', step: '1m' },
          },
        },
      ],
    },
    templates: [
      { templateName: 'x', clusterScope: false },
      { templateName: 'y', clusterScope: true },
    ],
  });
});
