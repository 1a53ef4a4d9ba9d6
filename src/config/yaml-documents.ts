import { Composer, type Document, LineCounter } from 'yaml';
import type { InputIssue } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import type { DocumentSource } from './document-source.ts';
import { isNestedTooDeep, tooDeep } from './nesting.ts';
import { at, boundedTokens, problemsOf, type YamlProblem } from './yaml-limits.ts';
import { offsetOf } from './yaml-positions.ts';

/** A text to read, with the path it is known by. */
export interface InputFile {
  readonly path: string;
  readonly text: string;
}

/** One document of a file, not yet looked at. */
export interface RawDocument {
  readonly source: DocumentSource;
  readonly value: unknown;
}

/** Longest text that is read, in characters. */
export const MAX_TEXT_LENGTH = 32 * 1024 * 1024;

/** Documents that are read of one file, empty ones included. */
const MAX_DOCUMENTS = 20_000;

/** Keys that stand twice are found by our own walk. */
const OPTIONS = {
  schema: 'core',
  version: '1.2',
  merge: true,
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
} as const;

/** Reads all YAML documents of a file; empty ones are left out. What is not YAML is an issue, never a throw. */
export function readYamlDocuments(file: InputFile): {
  readonly documents: readonly RawDocument[];
  readonly issues: readonly InputIssue[];
} {
  if (file.text.length > MAX_TEXT_LENGTH) {
    return { documents: [], issues: [notYaml(file, `longer than ${MAX_TEXT_LENGTH} characters`)] };
  }
  const issues: InputIssue[] = [];
  const documents: RawDocument[] = [];
  const lines = new LineCounter();
  const nodes = nodesOnDemand(file.text);
  let index = 0;
  try {
    for (const document of composed(file.text, lines)) {
      const read = valueOf(document);
      if ('value' in read && read.value !== null) {
        documents.push({ source: textSource(file, lines, nodes, index), value: read.value });
      }
      if ('errors' in read) issues.push(...read.errors.map((error) => syntaxIssue(file, lines, error)));
      index += 1;
      if (index > MAX_DOCUMENTS) {
        return { documents: [], issues: [notYaml(file, `more than ${MAX_DOCUMENTS} documents; split the file`)] };
      }
    }
    return { documents, issues };
  } catch (error) {
    return { documents, issues: [...issues, notYaml(file, messageOf(error))] };
  }
}

/** The value of a document, or what is wrong with its syntax; aliases that lead nowhere show only when they are followed. */
function valueOf(document: Document): { readonly value: unknown } | { readonly errors: readonly YamlProblem[] } {
  // of broken syntax the first place only: the rest follows from it
  const [broken] = document.errors;
  if (broken?.code === 'RESOURCE_EXHAUSTION') return { errors: [{ message: tooDeep, pos: broken.pos }] };
  if (broken !== undefined) return { errors: [broken] };
  const problems = problemsOf(document);
  if (problems.length > 0) return { errors: problems };
  try {
    const value: unknown = document.toJS();
    return isNestedTooDeep(value) ? { errors: [at(document.contents, tooDeep)] } : { value };
  } catch (error) {
    return { errors: [at(document.contents, messageOf(error))] };
  }
}

/** The stack ends before the text does when it is nested a thousand times. */
function messageOf(error: unknown): string {
  if (error instanceof RangeError) return tooDeep;
  return error instanceof Error ? error.message : String(error);
}

/** The documents of a text one after the other, so that the nodes of one are gone before those of the next. */
function composed(text: string, lines: LineCounter): Iterable<Document> {
  return new Composer(OPTIONS).compose(boundedTokens(text, lines));
}

/** The nodes of a text are needed for the places of issues only: they are built again for the first one. */
function nodesOnDemand(text: string): (index: number) => Document | undefined {
  let built: readonly Document[] | null = null;
  return (index) => {
    built ??= composedBeforeFailure(text);
    return built[index];
  };
}

/** What could not be read in the first pass is no document, and needs no places. */
function composedBeforeFailure(text: string): readonly Document[] {
  const built: Document[] = [];
  try {
    for (const document of composed(text, new LineCounter())) built.push(document);
    return built;
  } catch (error) {
    if (error instanceof Error) return built;
    throw error;
  }
}

function notYaml(file: InputFile, why: string): InputIssue {
  return {
    file: printable(file.path),
    line: null,
    column: null,
    path: '',
    message: `not YAML that can be read: ${asClause(why)}`,
  };
}

function syntaxIssue(file: InputFile, lines: LineCounter, error: YamlProblem): InputIssue {
  const { line, col } = lines.linePos(error.pos[0]);
  return { file: printable(file.path), line, column: col, path: '', message: `not YAML: ${asClause(error.message)}` };
}

/** A sentence of a library as the end of one of ours: one line, lower case, no full stop. */
function asClause(sentence: string): string {
  const line = sentence.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return printable(line.slice(0, 1).toLowerCase() + line.slice(1));
}

function textSource(
  file: InputFile,
  lines: LineCounter,
  nodes: (index: number) => Document | undefined,
  index: number,
): DocumentSource {
  return {
    file: file.path,
    locate(path, part) {
      const document = nodes(index);
      if (document === undefined) return null;
      const { line, col } = lines.linePos(offsetOf(document, path, part));
      return { line, column: col };
    },
  };
}
