import { readAnalysisTemplates } from '../../../src/config/analysis-templates.ts';
import type { AnalysisTemplate, TemplateArg, TemplateMetric } from '../../../src/domain/analysis-template.ts';

/** A metric that asks a Prometheus; fields as given. */
export function aMetric(fields: Partial<TemplateMetric> = {}): TemplateMetric {
  return {
    name: 'm',
    interval: null,
    initialDelay: null,
    count: null,
    successCondition: null,
    failureCondition: null,
    failureLimit: null,
    inconclusiveLimit: null,
    consecutiveErrorLimit: null,
    consecutiveSuccessLimit: null,
    provider: {
      kind: 'prometheus',
      address: 'http://prometheus',
      query: 'q',
      authentication: { kind: 'none' },
      timeoutSeconds: null,
      insecure: false,
      headers: [],
      rangeQuery: null,
    },
    ...fields,
  };
}

/** An argument, with a value or without. */
export function anArg(name: string, value: string | null = null): TemplateArg {
  return { name, value, valueFrom: null };
}

/** A template of a short text: what stands below `spec`. @throws Error for one that is refused */
export function aTemplate(spec: string, name = 'a'): AnalysisTemplate {
  const { template, says } = reading(spec, name);
  if (template === null) throw new Error(says.join('\n'));
  return template;
}

/** What a template of a short text is read as, or `line:column path: message` of what is wrong with it. */
export function reading(
  spec: string,
  name = 'a',
): { readonly template: AnalysisTemplate | null; readonly says: readonly string[] } {
  const text = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: ${name} }
spec:
${spec.trimEnd().replace(/^/gm, '  ')}
`;
  const { templates, issues } = readAnalysisTemplates({ path: 'a.yaml', text });
  return {
    template: templates[0]?.template ?? null,
    says: issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`),
  };
}
