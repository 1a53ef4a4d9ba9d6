import { parser } from '@prometheus-io/lezer-promql';
import { type Refusal, refuse } from './refusal.ts';

/** A part of a query: a name of the grammar's, its place (0-based, end exclusive), its parts without comments. */
export interface PromqlNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly children: readonly PromqlNode[];
}

/** Longer queries are asked as they are. */
const MAX_CHARACTERS = 16_384;
/** Deeper ones too: each level is a call on the stack. */
const MAX_DEPTH = 100;

/** Reads a query by Prometheus' own grammar; what has an error anywhere is refused. */
export function parsePromql(query: string): PromqlNode | Refusal {
  if (query.length > MAX_CHARACTERS) {
    return refuse('TooLarge', 0, `the query has ${query.length} characters, ${MAX_CHARACTERS} are taken apart`);
  }
  const tree = parser.parse(query);
  const cursor = tree.cursor();
  let depth = 0;
  for (;;) {
    if (cursor.type.isError) return refuse('QueryNotUnderstood', cursor.from, 'the query is not valid here');
    if (depth > MAX_DEPTH) return refuse('TooLarge', cursor.from, `the query is nested more than ${MAX_DEPTH} deep`);
    if (cursor.firstChild()) {
      depth += 1;
      continue;
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) return rootOf(toNode(tree.topNode, query));
      depth -= 1;
    }
  }
}

/** What of the grammar's tree is read. */
interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
}

function toNode(node: SyntaxNode, query: string): PromqlNode {
  const children: PromqlNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(toNode(child, query));
  }
  return { name: node.name, from: node.from, to: node.to, text: query.slice(node.from, node.to), children };
}

function rootOf(top: PromqlNode): PromqlNode | Refusal {
  const [root, ...more] = top.children;
  if (root === undefined || more.length > 0) return refuse('QueryNotUnderstood', top.from, 'expected one expression');
  return root;
}

/** The first part of that name, not deeper; `null` when there is none. */
export function childNamed(node: PromqlNode, name: string): PromqlNode | null {
  return node.children.find((child) => child.name === name) ?? null;
}

/** The names in `(a, b)`; `null` where one is written in quotes. */
export function labelNames(grouping: PromqlNode | null): readonly string[] | null {
  const names = grouping?.children ?? [];
  return names.every(({ name }) => name === 'LabelName') ? names.map(({ text }) => text) : null;
}
