import { readFiles } from '../../adapters/files/read-files.ts';
import { flattenTemplates } from '../../analysis/template/analysis-spec.ts';
import { checkTemplate } from '../../analysis/template/check-template.ts';
import { collectTemplates } from '../../analysis/template/collect-templates.ts';
import {
  isAnalysisTemplate,
  type ReadTemplate,
  readAnalysisTemplate,
  readAnalysisTemplates,
} from '../../config/analysis-templates.ts';
import { compareIssues, issueAt } from '../../config/document-source.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { type InputFile, readYamlDocuments } from '../../config/yaml-documents.ts';
import type { AnalysisSpec, TemplateRef } from '../../domain/analysis-template.ts';
import { type InputIssue, InvalidInput } from '../../domain/errors.ts';
import { badArgument } from '../failure.ts';

/** The template to try, with all that it names put into it; its arguments are still open. */
export interface FoundTemplate {
  readonly read: ReadTemplate;
  readonly spec: AnalysisSpec;
}

/**
 * Reads the files, and finds the template: the named one, or the only one that no other names. Documents of other kinds are passed over
 * where there is a template beside them.
 *
 * @throws InvalidInput with all that is wrong with the template and those that it names
 */
export async function readTemplate(paths: readonly string[], name: string | undefined): Promise<FoundTemplate> {
  const files = await readFiles(paths);
  const reading = files.map(readTemplates);
  const issues = reading.flatMap((one) => one.issues);
  const templates = reading.flatMap((one) => one.templates);
  if (issues.length > 0) throw new InvalidInput(issues.toSorted(compareIssues));
  const read = chosen(templates, name);
  return { read, spec: wholeSpec(read, templates) };
}

function readTemplates(file: InputFile): ReturnType<typeof readAnalysisTemplates> {
  const { documents, issues } = readYamlDocuments(file);
  const own = documents.filter(({ value }) => isAnalysisTemplate(value));
  if (own.length === 0) return readAnalysisTemplates(file);
  const readings = own.map(({ value, source }) => readAnalysisTemplate(value, source));
  return {
    templates: readings.flatMap(({ templates }) => templates),
    issues: [...issues, ...readings.flatMap((one) => one.issues)],
  };
}

function chosen(templates: readonly ReadTemplate[], name: string | undefined): ReadTemplate {
  const names = templates.map(({ template }) => template.name);
  if (name !== undefined) {
    const found = templates.find(({ template }) => template.name === name);
    if (found === undefined) throw badArgument(`--name: unknown template "${name}"${suggestion(name, names)}`);
    return found;
  }
  const named = templates.flatMap(({ template }) => template.templates.map(titleOf));
  const roots = templates.filter(({ template: { kind, name: own } }) => {
    return !named.includes(titleOf({ templateName: own, clusterScope: kind === 'ClusterAnalysisTemplate' }));
  });
  if (roots.length === 1) return roots[0]!;
  throw badArgument(
    names.length === 0
      ? 'no AnalysisTemplate in these files: name one that holds it'
      : `which template? give --name with one of ${names.join(', ')}`,
  );
}

function titleOf({ templateName, clusterScope }: TemplateRef): string {
  return `${clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'} ${templateName}`;
}

function wholeSpec(read: ReadTemplate, templates: readonly ReadTemplate[]): AnalysisSpec {
  const { template, source } = read;
  const lookup = (ref: TemplateRef) => {
    const kind = ref.clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    return templates.find((one) => one.template.name === ref.templateName && one.template.kind === kind) ?? null;
  };
  const found = collectTemplates(
    [{ templateName: template.name, clusterScope: template.kind === 'ClusterAnalysisTemplate' }],
    ({ ...ref }) => lookup(ref)?.template ?? null,
  );
  if (found.kind === 'problem') {
    const names = templates.map((one) => one.template.name);
    const known = found.reason === 'TemplateNotFound' ? ` in these files, which hold ${names.join(', ')}` : '';
    throw new InvalidInput([issueAt(source, ['spec', 'templates'], `${found.message}${known}`)]);
  }
  const wrong = templates.filter((one) => found.templates.includes(one.template)).flatMap((one) => findingsOf(one));
  if (wrong.length > 0) throw new InvalidInput(wrong.toSorted(compareIssues));
  const flat = flattenTemplates(found.templates);
  if (flat.kind === 'problem') throw new InvalidInput([issueAt(source, ['spec'], flat.message)]);
  return flat.spec;
}

function findingsOf({ template, source }: ReadTemplate): readonly InputIssue[] {
  return checkTemplate(template, 'background').map(({ path, message }) => issueAt(source, path, message));
}
