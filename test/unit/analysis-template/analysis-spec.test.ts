import { describe, expect, test } from 'vitest';
import { analysisSpec, type SpecReading } from '../../../src/analysis/template/analysis-spec.ts';
import type { TemplateArg, TemplateRef } from '../../../src/domain/analysis-template.ts';
import { anArg, aTemplate } from './a-template.ts';

const metric = (name: string) => `{ name: ${name}, provider: { prometheus: { query: q } } }`;

/** Puts templates together, the first one being named; `cluster/x` is one of the cluster's. */
function specOf(specs: Readonly<Record<string, string>>, args: readonly TemplateArg[] = []): SpecReading {
  const templates = Object.entries(specs).map(([name, spec]) => ({
    ...aTemplate(spec, name.replace('cluster/', '')),
    kind: name.startsWith('cluster/') ? ('ClusterAnalysisTemplate' as const) : ('AnalysisTemplate' as const),
  }));
  const refs: TemplateRef[] = templates
    .slice(0, 1)
    .map(({ name, kind }) => ({ templateName: name, clusterScope: kind === 'ClusterAnalysisTemplate' }));
  return analysisSpec(
    { templates: refs, args, dryRun: [], measurementRetention: [] },
    ({ templateName, clusterScope }) =>
      templates.find(
        ({ name, kind }) => name === templateName && (kind === 'ClusterAnalysisTemplate') === clusterScope,
      ) ?? null,
  );
}

function problemOf(reading: SpecReading): string {
  return reading.kind === 'problem' ? `${reading.reason}: ${reading.message}` : 'no problem';
}

describe('templates put together', () => {
  test('namespaced ones stand before those of the cluster, each once', () => {
    const reading = specOf({
      'cluster/c': `metrics: [${metric('c')}]\ntemplates: [{ templateName: a }, { templateName: b }]`,
      a: `metrics: [${metric('a')}]\ntemplates: [{ templateName: b }]`,
      b: `metrics: [${metric('b')}]`,
    });
    expect(reading).toMatchObject({ kind: 'spec', spec: { metrics: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } });
  });

  test.for([
    [
      'a template that names itself',
      { a: 'templates: [{ templateName: a }]' },
      "TemplateCycle: templates name each other in a circle: AnalysisTemplate 'a' → AnalysisTemplate 'a'",
    ],
    [
      'a circle further in',
      {
        a: 'templates: [{ templateName: b }]',
        b: 'templates: [{ templateName: c, clusterScope: true }]',
        'cluster/c': 'templates: [{ templateName: b }]',
      },
      "TemplateCycle: templates name each other in a circle: AnalysisTemplate 'b' → ClusterAnalysisTemplate 'c' → AnalysisTemplate 'b'",
    ],
    [
      'a namespaced name is none of the cluster',
      { a: 'templates: [{ templateName: a, clusterScope: true }]' },
      "TemplateNotFound: ClusterAnalysisTemplate 'a' not found",
    ],
    [
      'metrics of one name',
      { a: `metrics: [${metric('m')}]\ntemplates: [{ templateName: b }]`, b: `metrics: [${metric('m')}]` },
      "DuplicateMetric: two metrics have the same name 'm'",
    ],
    [
      'defaults that differ',
      {
        a: `args: [{ name: x, value: "1" }]\nmetrics: [${metric('m')}]\ntemplates: [{ templateName: b }]`,
        b: `args: [{ name: x, value: "2" }]\nmetrics: [${metric('n')}]`,
      },
      "ArgumentConflict: Argument `x` specified multiple times with different values: '1', '2'",
    ],
    [
      'an argument that nobody gives',
      { a: `args: [{ name: x }]\nmetrics: [${metric('m')}]` },
      'ArgumentMissing: args.x was not resolved',
    ],
    [
      'a rule that stands twice',
      { a: `dryRun: [{ metricName: m }, { metricName: m }]\nmetrics: [${metric('m')}]` },
      "DuplicateRule: two Dry-Run metric rules have the same name 'm'",
    ],
  ] as const)('%s', ([, specs, says]) => {
    expect(problemOf(specOf(specs))).toBe(says);
  });

  test('templates nested without end are refused', () => {
    const specs = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`t${index}`, `templates: [{ templateName: t${index + 1} }]`]),
    );
    expect(problemOf(specOf(specs))).toBe(
      "TemplatesTooDeep: AnalysisTemplate 't32' is nested more than 32 templates deep",
    );
  });

  test('a dense graph of templates is walked once', () => {
    const all = Array.from({ length: 30 }, (_, index) => index);
    const specs = Object.fromEntries(
      all.map((index) => [
        `t${index}`,
        `metrics: [${metric(`m${index}`)}]\ntemplates: [${all
          .slice(index + 1)
          .map((next) => `{ templateName: t${next} }`)
          .join()}]`,
      ]),
    );
    const reading = specOf(specs);
    expect(reading.kind === 'spec' && reading.spec.metrics.map(({ name }) => name)).toEqual(all.map((n) => `m${n}`));
  });
});

describe('arguments', () => {
  const template = `args: [{ name: a, value: x }, { name: b }]\nmetrics: [${metric('m')}]`;

  test('what is given hides the default; what is not declared is dropped', () => {
    const reading = specOf({ a: template }, [anArg('b', '2'), anArg('a', ''), anArg('c', '3')]);
    expect(reading).toMatchObject({ spec: { args: [anArg('a', ''), anArg('b', '2')] } });
  });

  test('of arguments of one name the first with a default counts, and until then the last', () => {
    const secret = 'args: [{ name: x, valueFrom: { secretKeyRef: { name: s, key: k } } }]';
    const reading = specOf({
      a: `args: [{ name: x }]\nmetrics: [${metric('a')}]\ntemplates: [{ templateName: b }]`,
      b: `${secret}\nmetrics: [${metric('b')}]`,
    });
    const valueFrom = { kind: 'secretKeyRef', name: 's', key: 'k' };
    expect(reading).toMatchObject({ spec: { args: [{ name: 'x', value: null, valueFrom }] } });
  });

  test('a given secret stands beside a default', () => {
    const secret = { name: 'a', value: null, valueFrom: { kind: 'secretKeyRef', name: 's', key: 'k' } } as const;
    const reading = specOf({ a: template }, [secret, anArg('b', '2')]);
    expect(reading).toMatchObject({ spec: { args: [{ ...secret, value: 'x' }, anArg('b', '2')] } });
  });
});
