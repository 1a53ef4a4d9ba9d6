import type { AnalysisTemplate, TemplateRef } from '../../domain/analysis-template.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** Finds the template that a reference names; `null` when there is none. */
export type TemplateLookup = (ref: TemplateRef) => AnalysisTemplate | null;

/** Templates in the order in which Argo puts them together. */
export type CollectedTemplates =
  | { readonly kind: 'templates'; readonly templates: readonly AnalysisTemplate[] }
  | AnalysisProblem;

/** Templates inside templates: deeper than any that people write. */
const MAX_DEPTH = 32;

/**
 * The named templates with all that they name in turn, each once: namespaced ones first, then the cluster's.
 *
 * Templates that lead back to themselves are refused: Argo 1.9 follows them until its stack is full.
 */
export function collectTemplates(refs: readonly TemplateRef[], lookup: TemplateLookup): CollectedTemplates {
  const found = new Map<string, AnalysisTemplate>();
  const problem = descend(refs, lookup, [], found);
  if (problem !== null) return problem;
  const templates = [...found.values()];
  const of = (kind: AnalysisTemplate['kind']) => templates.filter((template) => template.kind === kind);
  return { kind: 'templates', templates: [...of('AnalysisTemplate'), ...of('ClusterAnalysisTemplate')] };
}

/** Adds what is found in the order of the references, a template before those it names. */
function descend(
  refs: readonly TemplateRef[],
  lookup: TemplateLookup,
  path: readonly string[],
  found: Map<string, AnalysisTemplate>,
): AnalysisProblem | null {
  for (const ref of refs) {
    const name = titleOf(ref);
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
      return analysisProblem('TemplateCycle', `templates name each other in a circle: ${circle}`);
    }
    if (path.length >= MAX_DEPTH) {
      return analysisProblem('TemplatesTooDeep', `${name} is nested more than ${MAX_DEPTH} templates deep`);
    }
    if (found.has(name)) continue;
    const template = lookup(ref);
    if (template === null) return analysisProblem('TemplateNotFound', `${name} not found`);
    found.set(name, template);
    const problem = descend(template.templates, lookup, [...path, name], found);
    if (problem !== null) return problem;
  }
  return null;
}

function titleOf({ templateName, clusterScope }: TemplateRef): string {
  return `${clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'} '${templateName}'`;
}
