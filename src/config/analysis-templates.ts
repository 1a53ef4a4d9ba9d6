import type { AnalysisTemplate } from '../domain/analysis-template.ts';
import type { InputIssue } from '../domain/errors.ts';
import type { DocumentPath } from './document-path.ts';
import { type DocumentSource, issueAt, objectSource, type Report } from './document-source.ts';
import { suggestion } from './nearest-name.ts';
import { isNestedTooDeep, tooDeep } from './nesting.ts';
import { parseAnalysisTemplate } from './parse/analysis-template.ts';
import { validate } from './validate.ts';
import { ARGO_API_VERSION, analysisTemplateSchemas } from './wire/analysis-template.ts';
import { expectedMessage } from './wire/expected.ts';
import { type InputFile, readYamlDocuments } from './yaml-documents.ts';

/** A template and where it stands, for what is found wrong with it later. */
export interface ReadTemplate {
  readonly template: AnalysisTemplate;
  readonly source: DocumentSource;
}

/** The templates that could be read, and everything that is wrong with the others. */
export interface TemplatesReading {
  readonly templates: readonly ReadTemplate[];
  readonly issues: readonly InputIssue[];
}

const kinds = Object.keys(analysisTemplateSchemas) as readonly (keyof typeof analysisTemplateSchemas)[];

/** Reads the AnalysisTemplates and ClusterAnalysisTemplates of a file; any other document is an issue. */
export function readAnalysisTemplates(file: InputFile): TemplatesReading {
  const { documents, issues } = readYamlDocuments(file);
  const readings = documents.map(({ value, source }) => readAnalysisTemplate(value, source));
  return {
    templates: readings.flatMap(({ templates }) => templates),
    issues: [...issues, ...readings.flatMap((reading) => reading.issues)],
  };
}

/** Reads one template of the Kubernetes API; `source` names it in issues, `AnalysisTemplate/error-ratio`. */
export function parseAnalysisTemplateObject(object: unknown, source: string): TemplatesReading {
  return readAnalysisTemplate(object, objectSource(source));
}

/** True for a document of one of Argo's two kinds of templates, whatever else is wrong with it. */
export function isAnalysisTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind } = value as Readonly<Record<string, unknown>>;
  return String(apiVersion).split('/', 1)[0] === ARGO_API_VERSION.split('/', 1)[0] && isTemplateKind(kind);
}

/** Reads one document as a template; issues carry the source's lines. */
export function readAnalysisTemplate(value: unknown, source: DocumentSource): TemplatesReading {
  const issues: InputIssue[] = [];
  const report: Report = (path: DocumentPath, message, part) => issues.push(issueAt(source, path, message, part));
  const template = isNestedTooDeep(value) ? report([], tooDeep) : templateOf(value, report);
  return { templates: template ? [{ template, source }] : [], issues };
}

function templateOf(value: unknown, report: Report): AnalysisTemplate | null {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  if (isTemplateKind(kind)) {
    const document = validate(analysisTemplateSchemas[kind], value, report);
    return document === null ? null : parseAnalysisTemplate(document);
  }
  const near = typeof kind === 'string' ? suggestion(kind, kinds) : '';
  report(['kind'], `${expectedMessage(`one of ${kinds.join(', ')}`, kind)}${near.startsWith('; did') ? near : ''}`);
  return null;
}

function isTemplateKind(kind: unknown): kind is keyof typeof analysisTemplateSchemas {
  return typeof kind === 'string' && Object.hasOwn(analysisTemplateSchemas, kind);
}
