import { Composer, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, Parser } from 'yaml';
import type { InputIssue } from '../domain/errors.ts';
import type { DocumentPath } from './document-path.ts';
import type { DocumentSource, FieldPart } from './document-source.ts';

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
  try {
    return { value: document.toJS() };
  } catch (error) {
    const start = startOf(document.contents) ?? 0;
    return { errors: [{ message: messageOf(error), pos: [start, start] }] };
  }
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

/** Where a path starts in the text; of a path that is not there, the name of its nearest parent. */
function offsetOf(document: Document, path: DocumentPath, part: FieldPart): number {
  let node: Node | null = document.contents;
  let key = startOf(node) ?? 0;
  let value = key;
  for (const step of path) {
    const child = childOf(resolved(node, document), step);
    if (child === null) return key;
    node = child.value;
    key = startOf(child.key) ?? startOf(child.value) ?? key;
    value = startOf(child.value) ?? key;
  }
  return part === 'key' ? key : value;
}

function startOf(node: Node | null): number | null {
  return node?.range?.[0] ?? null;
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function childOf(
  node: Node | null,
  step: string | number,
): { readonly key: Node | null; readonly value: Node | null } | null {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? null : { key: null, value: item as Node };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(step));
  return pair === undefined ? null : { key: pair.key as Node, value: pair.value as Node | null };
}
