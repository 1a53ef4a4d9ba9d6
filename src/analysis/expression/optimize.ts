import { notSupported } from './expression-error.ts';
import { fold } from './fold.ts';
import { sliceOfRange, wrapInt } from './go-value.ts';
import { MEMORY_BUDGET_ELEMENTS } from './limits.ts';
import { mapChildren, type PredicateNode, type SyntaxNode } from './syntax-tree.ts';

/**
 * Rewrites a checked tree as Argo does before it evaluates. Only the rewritings that show in a value or an error are done:
 * a set of literals is looked up by type, `filter(…)[0]` stops at the first match, `len(filter(…))` makes no array.
 * @throws {ExpressionError} `Invalid` for a remainder by 0
 */
export function optimize(checked: SyntaxNode): SyntaxNode {
  const passes = [
    rewriteInRange,
    rewriteRange,
    rewriteMapOfFilter,
    rewriteLenOfFilter,
    refuseLastOfFilter,
    rewriteFirstOfFilter,
  ];
  let node = fold(walk(checked, rewriteInSet));
  for (const pass of passes) node = walk(node, pass);
  return withOneZero(node);
}

/** Rewrites from the leaves up. */
function walk(root: SyntaxNode, rewrite: (node: SyntaxNode) => SyntaxNode): SyntaxNode {
  const visit = (node: SyntaxNode): SyntaxNode => rewrite(mapChildren(node, visit));
  return visit(root);
}

/** `x in [1, 2]` of an int, and `x in ["a", "b"]` of anything: with a needle of another type the latter fails. */
function rewriteInSet(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.right.kind !== 'array') return node;
  const { items } = node.right;
  if (items.length === 0) return node;
  const members = new Set<bigint | string>();
  const isOfInts = node.left.type?.kind === 'int' && items.every((item) => item.kind === 'int');
  if (!isOfInts && !items.every((item) => item.kind === 'string')) return node;
  for (const item of items) if (item.kind === 'int' || item.kind === 'string') members.add(item.value);
  return { kind: 'inSet', position: node.position, type: null, needle: node.left, members };
}

/** `x in 1..9` of an int needs no array. */
function rewriteInRange(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.left.type?.kind !== 'int') return node;
  const { left, right, position } = node;
  if (right.kind !== 'binary' || right.operator !== '..') return node;
  if (right.left.kind !== 'int' || right.right.kind !== 'int') return node;
  return { kind: 'inRange', position, type: null, needle: left, from: right.left.value, to: right.right.value };
}

/** A range of literals is made once, and does not count against the memory of an evaluation. */
function rewriteRange(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'binary' || node.operator !== '..') return node;
  const { left, right, position } = node;
  if (left.kind !== 'int' || right.kind !== 'int') return node;
  const size = wrapInt(right.value - left.value + 1n);
  if (size > BigInt(MEMORY_BUDGET_ELEMENTS)) return node;
  const value = sliceOfRange(left.value, size < 1n ? 0 : Number(size));
  return { kind: 'constant', position, type: null, value };
}

function rewriteMapOfFilter(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'predicate' || node.name !== 'map') return node;
  const filter = node.collection;
  if (!isFilter(filter) || filter.mapper !== null) return node;
  return { ...filter, position: node.position, type: null, mapper: node.closure };
}

function rewriteLenOfFilter(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'len') return node;
  const [filter] = node.args;
  if (filter === undefined || !isFilter(filter)) return node;
  return { ...filter, position: node.position, type: null, name: 'count', mapper: null };
}

function rewriteFirstOfFilter(node: SyntaxNode): SyntaxNode {
  if (!isElementOfFilter(node, 0n)) return node;
  return { ...node.base, position: node.position, type: null, name: 'find', failsWhenNone: true };
}

/** Argo looks for the last match from the end, and leaves its stack in disorder: what is left of an operator is lost. */
function refuseLastOfFilter(node: SyntaxNode): SyntaxNode {
  if (!isElementOfFilter(node, -1n)) return node;
  throw notSupported(node.position, 'filter(…)[-1] is not supported, for Argo evaluates it wrongly beside an operator');
}

function isElementOfFilter(
  node: SyntaxNode,
  index: bigint,
): node is Extract<SyntaxNode, { kind: 'member' }> & { readonly base: PredicateNode } {
  if (node.kind !== 'member' || node.isOptional || !isFilter(node.base)) return false;
  return node.property.kind === 'int' && node.property.value === index;
}

function isFilter(node: SyntaxNode): node is PredicateNode {
  return node.kind === 'predicate' && node.name === 'filter';
}

/** Argo keeps constants once if they compare as equal, so all zeros of an expression have the sign of the first. */
function withOneZero(root: SyntaxNode): SyntaxNode {
  let zero: number | null = null;
  const visit = (node: SyntaxNode): SyntaxNode => {
    if (node.kind === 'float' && node.value === 0) {
      zero ??= node.value;
      return { ...node, value: zero };
    }
    const children = mapChildren(node, visit);
    if (children.kind !== 'predicate' || children.mapper === null) return children;
    return { ...children, mapper: visit(children.mapper) };
  };
  return visit(root);
}
