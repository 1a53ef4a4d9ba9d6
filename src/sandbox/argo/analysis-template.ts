import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { DeclaredArgument } from './analysis-arguments.ts';
import type { Metric } from './metric.ts';
import { type AnalysisReference, canaryOf, type Rollout, stepsOf } from './rollout.ts';

/** What the templates of one reference come to, or why they do not. */
export type FlattenedTemplates =
  | { readonly kind: 'flattened'; readonly metrics: readonly Metric[]; readonly declared: readonly DeclaredArgument[] }
  | { readonly kind: 'invalid'; readonly message: string };

/** Looks up an AnalysisTemplate of the Rollout's namespace. */
export type FindTemplate = (name: string) => KubernetesObject | undefined;

interface TemplateSpec {
  readonly metrics?: readonly Metric[];
  readonly args?: readonly DeclaredArgument[];
}

/** Metrics and arguments of all templates together, in their order. */
export function flattenTemplates(reference: AnalysisReference, path: string, find: FindTemplate): FlattenedTemplates {
  const metrics: Metric[] = [];
  const declared: DeclaredArgument[] = [];
  for (const { templateName } of reference.templates ?? []) {
    const template = find(templateName);
    if (template === undefined) {
      const message = `${path}: Invalid value: "${templateName}": AnalysisTemplate '${templateName}' not found`;
      return { kind: 'invalid', message };
    }
    const spec = (template['spec'] ?? {}) as TemplateSpec;
    for (const metric of spec.metrics ?? []) {
      if (metrics.some(({ name }) => name === metric.name)) {
        return { kind: 'invalid', message: `two metrics have the same name '${metric.name}'` };
      }
      metrics.push(metric);
    }
    declared.push(...(spec.args ?? []));
  }
  return { kind: 'flattened', metrics, declared };
}

/** Every analysis that a Rollout refers to, with the path Argo names it by. */
export function analysisReferences(
  rollout: Rollout,
): readonly { readonly reference: AnalysisReference; readonly path: string }[] {
  const background = canaryOf(rollout).analysis;
  const ofSteps = stepsOf(rollout).flatMap(({ analysis }, index) =>
    analysis === undefined
      ? []
      : [{ reference: analysis, path: `spec.strategy.canary.steps[${index}].analysis.templates` }],
  );
  return background === undefined
    ? ofSteps
    : [...ofSteps, { reference: background, path: 'spec.strategy.canary.analysis.templates' }];
}
