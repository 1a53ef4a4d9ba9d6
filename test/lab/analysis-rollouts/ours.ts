import { analysisSpec } from '../../../src/analysis/template/analysis-spec.ts';
import { checkTemplate } from '../../../src/analysis/template/check-template.ts';
import { collectTemplates, type TemplateLookup } from '../../../src/analysis/template/collect-templates.ts';
import { metricJson } from '../../../src/analysis/template/metric-json.ts';
import { type RolloutFacts, rolloutArgs } from '../../../src/analysis/template/rollout-args.ts';
import { parseAnalysisTemplateObject } from '../../../src/config/analysis-templates.ts';
import type { AnalysisSpec, ArgSource, RolloutArg, TemplateRef } from '../../../src/domain/analysis-template.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { type CaseArg, type RolloutCase, refOf } from './rollout-case.ts';

/** What we make of a case: the spec of the run in Argo's form, or why there is none. */
export type Ours =
  | { readonly kind: 'spec'; readonly spec: object }
  | { readonly kind: 'refused'; readonly message: string };

/** Findings that Argo has when it looks at a Rollout; the others come up in the run. */
const FOUND_IN_A_ROLLOUT = ['UnresolvedArgument', 'RunsIndefinitely', 'ArgumentConflict'];

/** Puts the templates of a case together for a Rollout as it is now. */
export function ours(
  prefix: string,
  one: RolloutCase,
  documents: readonly KubernetesObject[],
  facts: RolloutFacts,
): Ours {
  const templates = documents.map((document) => {
    const { templates: read, issues } = parseAnalysisTemplateObject(document, document.metadata.name);
    if (read[0] === undefined) throw new Error(issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
    return read[0].template;
  });
  const lookup: TemplateLookup = ({ templateName, clusterScope }) =>
    templates.find(
      ({ name, kind }) => name === templateName && (kind === 'ClusterAnalysisTemplate') === clusterScope,
    ) ?? null;
  const refs = one.uses.map((name): TemplateRef => ({ clusterScope: false, ...refOf(prefix, name) }));
  const args = rolloutArgs((one.args ?? []).map(argOf), facts);
  if (args.kind === 'problem') return { kind: 'refused', message: args.message };
  const { dryRun = [], measurementRetention = {} } = one;
  const retention = Object.entries(measurementRetention).map(([metricName, limit]) => ({ metricName, limit }));
  const wanted = { templates: refs, args: args.args, dryRun, measurementRetention: retention };
  const spec = analysisSpec(wanted, lookup);
  if (spec.kind === 'problem') return { kind: 'refused', message: spec.message };
  const collected = collectTemplates(refs, lookup);
  if (collected.kind === 'problem') return { kind: 'refused', message: collected.message };
  const [finding] = collected.templates
    .flatMap((template) => checkTemplate(template, one.as ?? 'step'))
    .filter(({ reason }) => one.as !== 'background' && FOUND_IN_A_ROLLOUT.includes(reason));
  return finding === undefined
    ? { kind: 'spec', spec: inArgosForm(spec.spec) }
    : { kind: 'refused', message: finding.message };
}

function argOf({ name, value = '', valueFrom }: CaseArg): RolloutArg {
  if (valueFrom?.podTemplateHashValue !== undefined) {
    return { name, value: { kind: 'podTemplateHash', of: valueFrom.podTemplateHashValue } };
  }
  if (valueFrom?.fieldRef !== undefined) return { name, value: { kind: 'fieldRef', ...valueFrom.fieldRef } };
  return { name, value: { kind: 'text', text: value } };
}

function inArgosForm({ args, metrics, dryRun, measurementRetention }: AnalysisSpec): object {
  return {
    ...(args.length === 0 ? {} : { args: args.map(argInArgosForm) }),
    metrics: metrics.map((metric) => JSON.parse(metricJson(metric)) as object),
    ...(dryRun.length === 0 ? {} : { dryRun: dryRun.map((metricName) => ({ metricName })) }),
    ...(measurementRetention.length === 0 ? {} : { measurementRetention }),
  };
}

function argInArgosForm({ name, value, valueFrom }: AnalysisSpec['args'][number]): object {
  return {
    name,
    ...(value === null ? {} : { value }),
    ...(valueFrom === null ? {} : { valueFrom: sourceInArgosForm(valueFrom) }),
  };
}

function sourceInArgosForm({ kind, ...source }: ArgSource): object {
  return { [kind]: source };
}
