import { aggregationShape } from './aggregations.ts';
import { readableQuery } from './arguments.ts';
import { binaryShape } from './binaries.ts';
import { callShape } from './calls.ts';
import { readDefault } from './default-value.ts';
import { childNamed, type PromqlNode, parsePromql } from './promql-tree.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { Edit, GroupSource, Hole, Rewriting } from './rewriting.ts';
import { findSources, selectorShape } from './selectors.ts';
import { areWithin, isVector, type Shape } from './shape.ts';

/** A label by whose value a row says whose it is. */
export interface GroupLabel extends GroupSource {
  readonly label: string;
  /** Whether the query for one target answers with it too; else rows are read without it. */
  readonly isKept: boolean;
}

/** One query for many targets. */
export interface GroupedQuery {
  readonly kind: 'grouped';
  /** For people: the arguments stand where the targets' values will. */
  readonly query: string;
  readonly pieces: readonly (string | Hole)[];
  /** Empty where the answer is the same for all targets. */
  readonly labels: readonly GroupLabel[];
  /** What the query for one target answers with. */
  readonly answer: 'scalar' | 'vector';
  /** Whether a target has at most one row. */
  readonly rows: 'one' | 'several';
  /** The only value of a target without a row; `null` where it has none. */
  readonly whenEmpty: number | null;
}

/**
 * Makes one query for all targets of one whose arguments, `{{args.name}}`, differ per target, or says why each must be asked by itself.
 * What is the same for all targets has been filled in before.
 *
 * Rows of the grouped answer whose labels have a target's values are, without the labels that are not kept, what that target's own
 * query answers, to the bit and in the same order. An error is not: one target's may be all targets'.
 */
export function groupQuery(query: string): GroupedQuery | Refusal {
  const readable = readableQuery(query);
  if (isRefusal(readable)) return readable;
  const root = parsePromql(readable.text);
  if (isRefusal(root)) return root;
  const sources = findSources(root);
  if (isRefusal(sources)) return sources;
  const rewriting: Rewriting = { sources, edits: [] };
  const withDefault = sources.size === 0 ? null : readDefault(root);
  const shape = shapeOf(withDefault?.inner ?? root, rewriting);
  if (isRefusal(shape)) return shape;
  if (withDefault !== null) {
    const { inner, at } = withDefault;
    if (!isVector(shape) || !areWithin(shape.labels, new Set()) || [...shape.groups.values()].includes('kept')) {
      return refuse('ConstantBranch', at, 'or vector(…) adds a row beside rows with labels: sum them without by (…)');
    }
    rewriting.edits.push({ from: inner.to, to: withDefault.to, insert: '' });
  }
  return grouped(readable.text, shape, rewriting, withDefault?.value ?? null);
}

function grouped(text: string, shape: Shape, { sources, edits }: Rewriting, whenEmpty: number | null) {
  if (shape.kind === 'string' || shape.kind === 'matrix') {
    return refuse('NotAVector', 0, `the query answers with a ${shape.kind}: conditions read vectors and scalars`);
  }
  const pieces = piecesOf(text, edits);
  const groups = isVector(shape) ? shape.groups : new Map<string, never>();
  const labels = [...sources].map(([label, source]) => ({ ...source, label, isKept: groups.get(label) === 'kept' }));
  const isOne = !isVector(shape) || areWithin(shape.labels, new Set());
  return {
    kind: 'grouped' as const,
    query: pieces
      .map((piece) => (typeof piece === 'string' ? piece : `=~${piece.literal}`))
      .join('')
      .trim(),
    pieces,
    labels,
    answer: isVector(shape) ? ('vector' as const) : ('scalar' as const),
    rows: isOne ? ('one' as const) : ('several' as const),
    whenEmpty,
  };
}

function piecesOf(text: string, edits: readonly Edit[]): readonly (string | Hole)[] {
  const pieces: (string | Hole)[] = [];
  let at = 0;
  for (const { from, to, insert } of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    pieces.push(text.slice(at, from), insert);
    at = to;
  }
  return [...pieces, text.slice(at)];
}

function shapeOf(node: PromqlNode, rewriting: Rewriting): Shape | Refusal {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'scalar' };
    case 'StringLiteral':
      return { kind: 'string' };
    case 'VectorSelector':
      return selectorShape(node, rewriting);
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return shapeOfChild(node, 0, rewriting);
    case 'UnaryExpr':
      return shapeOfChild(node, 1, rewriting);
    case 'MatrixSelector':
    case 'SubqueryExpr': {
      const inner = shapeOfChild(node, 0, rewriting);
      return isRefusal(inner) || !isVector(inner) ? inner : { ...inner, kind: 'matrix' };
    }
    default:
      return shapeOfOperation(node, rewriting);
  }
}

function shapeOfOperation(node: PromqlNode, rewriting: Rewriting): Shape | Refusal {
  switch (node.name) {
    case 'AggregateExpr': {
      const operands = shapesOf(childNamed(node, 'FunctionCallBody')?.children ?? [], rewriting);
      return isRefusal(operands) ? operands : aggregationShape(node, operands, rewriting);
    }
    case 'FunctionCall': {
      const operands = shapesOf(childNamed(node, 'FunctionCallBody')?.children ?? [], rewriting);
      return isRefusal(operands) ? operands : callShape(node, operands, rewriting);
    }
    case 'BinaryExpr': {
      const [left = node, right = node] = [node.children.at(0), node.children.at(-1)];
      const operands = shapesOf([left, right], rewriting);
      return isRefusal(operands) ? operands : binaryShape(node, [operands[0]!, operands[1]!], rewriting);
    }
    default:
      return refuse('NotSupported', node.from, `${node.text.slice(0, 40)} is not taken apart`);
  }
}

function shapeOfChild(node: PromqlNode, index: number, rewriting: Rewriting): Shape | Refusal {
  const child = node.children[index];
  return child === undefined
    ? refuse('QueryNotUnderstood', node.from, 'expected an operand')
    : shapeOf(child, rewriting);
}

/** Of operands side by side; not a map, since the first refusal speaks for all. */
function shapesOf(nodes: readonly PromqlNode[], rewriting: Rewriting): readonly Shape[] | Refusal {
  const shapes: Shape[] = [];
  for (const node of nodes) {
    const shape = shapeOf(node, rewriting);
    if (isRefusal(shape)) return shape;
    shapes.push(shape);
  }
  return shapes;
}
