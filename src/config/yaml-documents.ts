import { Composer, type Document, LineCounter, Parser } from 'yaml';
import type { InputIssue } from '../domain/errors.ts';
import type { DocumentSource } from './document-source.ts';
import { offsetOf, startOf } from './yaml-positions.ts';

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

/** Deepest nesting of maps and lists that is read. */
const MAX_DEPTH = 100;

const OPTIONS = { schema: 'core', version: '1.2', merge: true, stringKeys: true, prettyErrors: false } as const;

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
    }
    return { documents, issues };
  } catch (error) {
    return { documents, issues: [...issues, notYaml(file, messageOf(error))] };
  }
}

interface SyntaxProblem {
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** The value of a document, or what is wrong with its syntax; aliases that lead nowhere show only when they are followed. */
function valueOf(document: Document): { readonly value: unknown } | { readonly errors: readonly SyntaxProblem[] } {
  if (document.errors.length > 0) return { errors: telling(document.errors) };
  const refused = (message: string): { readonly errors: readonly SyntaxProblem[] } => {
    const start = startOf(document.contents) ?? 0;
    return { errors: [{ message, pos: [start, start] }] };
  };
  try {
    const value: unknown = document.toJS();
    return isNestedTooDeep(value, []) ? refused(`nested deeper than ${MAX_DEPTH} levels, or inside itself`) : { value };
  } catch (error) {
    return refused(messageOf(error));
  }
}

/** An alias of a parent makes a value that contains itself: no walk over it would end. */
function isNestedTooDeep(value: unknown, parents: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (parents.length > MAX_DEPTH || parents.includes(value)) return true;
  const here = [...parents, value];
  return Object.values(value).some((child) => isNestedTooDeep(child, here));
}

/** Keys that stand twice, each; of broken syntax the first place only, for the rest follows from it. */
function telling(errors: Document['errors']): Document['errors'] {
  const broken = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error.code === 'DUPLICATE_KEY' || error === broken);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The documents of a text one after the other, so that the nodes of one are gone before those of the next. */
function composed(text: string, lines: LineCounter): Iterable<Document> {
  return new Composer(OPTIONS).compose(new Parser(lines.addNewLine).parse(text));
}

/** The nodes of a text are needed for the places of issues only: they are built again for the first one. */
function nodesOnDemand(text: string): (index: number) => Document | undefined {
  let built: readonly Document[] | null = null;
  return (index) => {
    built ??= [...composed(text, new LineCounter())];
    return built[index];
  };
}

function notYaml(file: InputFile, why: string): InputIssue {
  return {
    file: file.path,
    line: null,
    column: null,
    path: '',
    message: `not YAML that can be read: ${asClause(why)}`,
  };
}

function syntaxIssue(file: InputFile, lines: LineCounter, error: SyntaxProblem): InputIssue {
  const { line, col } = lines.linePos(error.pos[0]);
  return { file: file.path, line, column: col, path: '', message: `not YAML: ${asClause(error.message)}` };
}

/** A sentence of a library as the end of one of ours: one line, lower case, no full stop. */
function asClause(sentence: string): string {
  const line = sentence.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return line.slice(0, 1).toLowerCase() + line.slice(1);
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
