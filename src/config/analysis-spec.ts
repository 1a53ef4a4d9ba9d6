import type { AnalysisSpec } from '../domain/analysis-template.ts';
import type { Report } from './document-source.ts';
import { parseAnalysisTemplate } from './parse/analysis-template.ts';
import { validate } from './validate.ts';
import { ARGO_API_VERSION, analysisTemplateSchemas } from './wire/analysis-template.ts';

const silent: Report = () => {};

/** Everything that is wrong with the spec of an AnalysisTemplate inside of another document, or in it and not built yet. */
export function checkAnalysisSpec(spec: unknown, report: Report): void {
  const template = read(spec, (path, message, part) => report(path.slice(1), message, part));
  if (template === null) return;
  if (template.templates.length > 0)
    report(['templates'], 'templates of templates are not looked up here: put their metrics and args into this one');
  for (const [index, { name, valueFrom }] of template.spec.args.entries()) {
    if (valueFrom === null) continue;
    report(
      ['args', index, 'valueFrom'],
      `argument ${name} is read from the cluster there: give it a value under args of the analysis`,
    );
  }
}

/** The spec as the domain knows it; `checkAnalysisSpec` has found nothing. */
export function parseAnalysisSpec(spec: unknown): AnalysisSpec {
  return read(spec, silent)!.spec;
}

function read(spec: unknown, report: Report): ReturnType<typeof parseAnalysisTemplate> | null {
  const document = { apiVersion: ARGO_API_VERSION, kind: 'AnalysisTemplate', metadata: { name: 'inline' }, spec };
  const checked = validate(analysisTemplateSchemas.AnalysisTemplate, document, report);
  return checked === null ? null : parseAnalysisTemplate(checked);
}
