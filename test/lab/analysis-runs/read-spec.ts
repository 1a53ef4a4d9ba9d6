import { parseAnalysisTemplateObject } from '../../../src/config/analysis-templates.ts';
import type { AnalysisSpec } from '../../../src/domain/analysis-template.ts';
import { specOf } from './argo-run.ts';
import type { RunCase } from './run-case.ts';

/** The spec of a case as our reader reads it, or what it says of one that it refuses. */
export function readSpec(run: RunCase, addressOf: (metric: number) => string): AnalysisSpec | string {
  const spec = JSON.parse(JSON.stringify(specOf(run, addressOf))) as object;
  const document = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name: 'case' }, spec };
  const { templates, issues } = parseAnalysisTemplateObject(document, 'case');
  return templates[0]?.template.spec ?? issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
