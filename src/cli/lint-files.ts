import { flattenTemplates } from '../analysis/template/analysis-spec.ts';
import { checkTemplate } from '../analysis/template/check-template.ts';
import { collectTemplates, type TemplateLookup } from '../analysis/template/collect-templates.ts';
import { isAnalysisTemplate, type ReadTemplate, readAnalysisTemplate } from '../config/analysis-templates.ts';
import { compareIssues, issueAt } from '../config/document-source.ts';
import type { Inventory } from '../config/inventory.ts';
import { loadInventory } from '../config/load-inventory.ts';
import { type InputFile, readYamlDocuments } from '../config/yaml-documents.ts';
import { type InputIssue, InvalidInput } from '../domain/errors.ts';

/** What `tidegate lint` reads of files: declarations, and Argo's own templates beside them. */
export interface LintedFiles {
  readonly inventory: Inventory;
  readonly templates: readonly ReadTemplate[];
}

/** Reads files. @throws InvalidInput with every issue of every declaration and template, sorted by file and line */
export function readLinted(files: readonly InputFile[]): LintedFiles {
  const readings = files.flatMap((file) =>
    readYamlDocuments(file)
      .documents.filter(({ value }) => isAnalysisTemplate(value))
      .map(({ value, source }) => readAnalysisTemplate(value, source)),
  );
  const templates = readings.flatMap((reading) => reading.templates);
  const issues = [...readings.flatMap((reading) => reading.issues), ...templateIssues(templates)];
  const declared = readDeclared(files);
  const all = [...issues, ...declared.issues];
  if (declared.inventory === null || all.length > 0) throw new InvalidInput(all.sort(compareIssues));
  return { inventory: declared.inventory, templates };
}

function readDeclared(files: readonly InputFile[]): {
  readonly inventory: Inventory | null;
  readonly issues: readonly InputIssue[];
} {
  try {
    return { inventory: loadInventory(files, [], isAnalysisTemplate), issues: [] };
  } catch (error) {
    if (error instanceof InvalidInput) return { inventory: null, issues: error.issues };
    throw error;
  }
}

/** What is wrong with templates by themselves, and with those that they are put together with. */
function templateIssues(templates: readonly ReadTemplate[]): readonly InputIssue[] {
  const lookup = lookupIn(templates);
  return templates.flatMap(({ template, source }) => {
    const own = checkTemplate(template, 'background').map(({ path, message }) => issueAt(source, path, message));
    const message = own.length > 0 ? null : nestingProblem(template.templates, lookup, template);
    return message === null ? own : [issueAt(source, ['spec', 'templates'], message)];
  });
}

/** Finds templates among those of the files. */
export function lookupIn(templates: readonly ReadTemplate[]): TemplateLookup {
  return ({ templateName, clusterScope }) => {
    const kind = clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    return templates.find(({ template }) => template.kind === kind && template.name === templateName)?.template ?? null;
  };
}

/** A template that is not in the files may be in the cluster: that says nothing. */
function nestingProblem(
  refs: ReadTemplate['template']['templates'],
  lookup: TemplateLookup,
  template: ReadTemplate['template'],
): string | null {
  if (refs.length === 0) return null;
  const collected = collectTemplates(refs, lookup);
  if (collected.kind === 'problem') return collected.reason === 'TemplateNotFound' ? null : collected.message;
  const flat = flattenTemplates([template, ...collected.templates]);
  return flat.kind === 'problem' ? flat.message : null;
}
