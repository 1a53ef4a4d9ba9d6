import { CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type LineCounter, type Node, Parser } from 'yaml';
import { MAX_DEPTH, tooDeep } from './nesting.ts';
import { startOf } from './yaml-positions.ts';

/** Aliases that are followed in one document; each costs a walk over it. */
const MAX_ALIASES = 1000;

/** Words, marks and spaces of one document; what the API server takes has far fewer, and each takes memory. */
const MAX_LEXEMES = 500_000;

/** Problems that are told of one document. */
const MAX_PROBLEMS = 100;

/** The tokens of a text, document by document. @throws Error when a document is too large to be held as nodes */
export function* boundedTokens(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let lexemes = 0;
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    const isStart = lexeme === CST.DOCUMENT || (lexeme === '---' && before !== CST.SCALAR);
    lexemes = isStart ? 0 : lexemes + 1;
    before = lexeme;
    if (lexemes > MAX_LEXEMES) throw new Error(`a document of more than ${MAX_LEXEMES} words and marks; split it`);
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Something that the syntax of a document allows and we do not. */
export interface YamlProblem {
  readonly message: string;
  readonly pos: readonly [number, number];
}

interface Place {
  readonly node: Node;
  readonly depth: number;
}

/** Keys that stand twice, nesting without end, aliases without number; in one walk that does not recurse. */
export function problemsOf(document: Document): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  const waiting: Place[] = document.contents === null ? [] : [{ node: document.contents, depth: 1 }];
  let aliases = 0;
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { node, depth } = place;
    if (depth > MAX_DEPTH + 1) return [at(document.contents, tooDeep)];
    if (isAlias(node)) aliases += 1;
    if (aliases > MAX_ALIASES) return [at(node, `more than ${MAX_ALIASES} aliases`)];
    if (isMap(node)) {
      for (const problem of repeatedKeys(node.items.map(({ key }) => key as Node | null))) problems.push(problem);
    }
    for (const child of childrenOf(node)) waiting.push({ node: child, depth: depth + 1 });
  }
  return problems.slice(0, MAX_PROBLEMS);
}

/** A problem at the start of a node. */
export function at(node: Node | null, message: string): YamlProblem {
  const start = startOf(node) ?? 0;
  return { message, pos: [start, start] };
}

/** By a set: the library compares every key of a map with every other. */
function repeatedKeys(keys: readonly (Node | null)[]): readonly YamlProblem[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (seen.has(name)) return [at(key, 'map keys must be unique')];
    seen.add(name);
    return [];
  });
}

function childrenOf(node: Node): readonly Node[] {
  if (isSeq(node)) return node.items as Node[];
  if (!isMap(node)) return [];
  return node.items.flatMap(({ value }) => (value === null || value === undefined ? [] : [value as Node]));
}
