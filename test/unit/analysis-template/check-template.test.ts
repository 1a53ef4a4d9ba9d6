import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkTemplate, type TemplateUsage } from '../../../src/analysis/template/check-template.ts';
import { readAnalysisTemplates } from '../../../src/config/analysis-templates.ts';
import { aTemplate } from './a-template.ts';

const provider = 'provider: { prometheus: { query: q } }';

/** A template's spec, and `path reason: message` of what is found. */
const found: Readonly<Record<string, readonly [string, TemplateUsage, readonly string[]]>> = {
  nothing: [`metrics: [{ name: m, ${provider} }]`, 'step', []],
  'a step that never ends': [
    `metrics: [{ name: m, interval: 1m, ${provider} }]`,
    'step',
    [
      'spec.metrics.0.count RunsIndefinitely: AnalysisTemplate a has metric m which runs indefinitely. Invalid value for count: <nil>',
    ],
  ],
  'a step with a count of 0': [
    `metrics: [{ name: m, interval: 1m, count: "0", ${provider} }]`,
    'step',
    [
      'spec.metrics.0.count RunsIndefinitely: AnalysisTemplate a has metric m which runs indefinitely. Invalid value for count: 0',
    ],
  ],
  'a background may go on without end': [`metrics: [{ name: m, interval: 1m, ${provider} }]`, 'background', []],
  'two metrics of one name': [
    `metrics: [{ name: m, ${provider} }, { name: m, ${provider} }]`,
    'step',
    ["spec.metrics.1.name DuplicateMetric: duplicate name 'm'"],
  ],
  'defaults that differ': [
    `args: [{ name: x, value: a }, { name: x, value: b }]\nmetrics: [{ name: m, ${provider} }]`,
    'step',
    ["spec.args ArgumentConflict: Argument `x` specified multiple times with different values: 'a', 'b'"],
  ],
  'a default beside a source': [
    `args: [{ name: x, value: a, valueFrom: { secretKeyRef: { name: s, key: k } } }]\nmetrics: [{ name: m, ${provider} }]`,
    'step',
    ["spec.args.0 ArgumentConflict: arg 'x' has both Value and ValueFrom fields"],
  ],
  'an argument that is not declared': [
    `metrics: [{ name: m, successCondition: "result[0] > {{args.x}}", ${provider} }]`,
    'step',
    ['spec.metrics.0 UnresolvedArgument: failed to resolve {{args.x}}'],
  ],
  'an argument that another template may declare': [
    `metrics: [{ name: m, successCondition: "result[0] > {{args.x}}", ${provider} }]`,
    'background',
    [],
  ],
  'a tag that nobody can declare': [
    `metrics: [{ name: m, provider: { prometheus: { query: "{{ $labels.x }}" } } }]`,
    'background',
    ['spec.metrics.0 UnresolvedArgument: failed to resolve {{ $labels.x }}'],
  ],
  'a limit that cannot hold': [
    `metrics: [{ name: m, count: 2, interval: 1m, failureLimit: 3, ${provider} }]`,
    'step',
    [
      'spec.metrics.0.count InvalidCount: count (2) must be >= failureLimit + consecutiveSuccessLimit (3 + 0) if both >= 0',
    ],
  ],
  'a limit that hangs on a default': [
    `args: [{ name: x, value: "3" }]\nmetrics: [{ name: m, count: 2, interval: 1m, failureLimit: "{{args.x}}", ${provider} }]`,
    'step',
    [
      'spec.metrics.0.count InvalidCount: count (2) must be >= failureLimit + consecutiveSuccessLimit (3 + 0) if both >= 0',
    ],
  ],
  'a limit that only the run knows': [
    `args: [{ name: x }]\nmetrics: [{ name: m, count: 2, failureLimit: "{{args.x}}", ${provider} }]`,
    'step',
    [],
  ],
  'an interval that only the run knows': [
    `args: [{ name: x }]\nmetrics: [{ name: m, count: 2, interval: "{{args.x}}", ${provider} }]`,
    'step',
    [],
  ],
  'an interval in days': [
    `metrics: [{ name: m, count: 2, interval: 1d, ${provider} }]`,
    'step',
    ['spec.metrics.0.interval InvalidDuration: invalid interval string: time: unknown unit "d" in duration "1d"'],
  ],
  'a condition that only the run knows': [
    `args: [{ name: x }]\nmetrics: [{ name: m, successCondition: "result[0] > {{args.x}}", ${provider} }]`,
    'step',
    [],
  ],
  'a timeout below zero': [
    `metrics: [{ name: m, provider: { prometheus: { query: q, timeout: -1 } } }]`,
    'step',
    ['spec.metrics.0.provider.prometheus InvalidProvider: prometheus timeout should not be negative'],
  ],
  'an address of an argument': [
    `args: [{ name: x }]\nmetrics: [{ name: m, provider: { prometheus: { query: q, address: "{{args.x}}" } } }]`,
    'step',
    [],
  ],
  'a range that cannot be read': [
    `metrics: [{ name: m, provider: { prometheus: { query: q, rangeQuery: { start: yesterday, end: now(), step: 1d } } } }]`,
    'step',
    [
      'spec.metrics.0.provider.prometheus.rangeQuery.start InvalidRange: rangeQuery.start: expected now() or now() - duration("1h"), got "yesterday"',
      'spec.metrics.0.provider.prometheus.rangeQuery.step InvalidRange: rangeQuery.step: time: unknown unit "d" in duration "1d"',
    ],
  ],
};

test.for(Object.entries(found))('found in a template: %s', ([, [spec, usage, says]]) => {
  const findings = checkTemplate(aTemplate(spec), usage);
  expect(findings.map(({ path, reason, message }) => `${path.join('.')} ${reason}: ${message}`)).toEqual(says);
});

test.for([
  ['result[0] >', 'ConditionInvalid'],
  ['result | len()', 'ConditionNotSupported'],
] as const)('the condition %j is found: %s', ([condition, reason]) => {
  const spec = `metrics: [{ name: m, failureCondition: ${JSON.stringify(condition)}, ${provider} }]`;
  const [finding] = checkTemplate(aTemplate(spec), 'step');
  expect(finding).toMatchObject({ path: ['spec', 'metrics', 0, 'failureCondition'], reason });
  expect(finding?.message).toMatch(/^at character \d+: /);
});

const stock = new URL('../../../analysis-templates/', import.meta.url);

test.for(readdirSync(stock).filter((name) => name.endsWith('.yaml')))('nothing is found in our own %s', (name) => {
  const { templates, issues } = readAnalysisTemplates({ path: name, text: readFileSync(new URL(name, stock), 'utf8') });
  expect(issues).toEqual([]);
  expect(templates.flatMap(({ template }) => checkTemplate(template, 'background'))).toEqual([]);
});
