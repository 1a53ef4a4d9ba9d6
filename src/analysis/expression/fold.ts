import { invalid } from './expression-error.ts';
import { type GoValue, sliceOfItems, wrapInt } from './go-value.ts';
import { power } from './power.ts';
import { FLOAT64, INT } from './static-type.ts';
import { type BinaryNode, mapChildren, type SyntaxNode } from './syntax-tree.ts';

/** Argo stops here too; no text of the allowed length comes near. */
const MAX_ROUNDS = 1001;

/**
 * Replaces what is known before evaluating. That changes what a condition means, as it does with Argo: `x and false` is false even
 * where `x` fails, `x and true` is `x` even where that is no bool, and `1 % 0` is refused though it may never be reached.
 * @throws {ExpressionError} `Invalid` for a remainder by 0
 */
export function fold(root: SyntaxNode): SyntaxNode {
  let node = root;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const folded = foldOnce(node);
    if (!folded.isChanged) return folded.node;
    node = folded.node;
  }
  return node;
}

function foldOnce(root: SyntaxNode): { readonly node: SyntaxNode; readonly isChanged: boolean } {
  let isChanged = false;
  const visit = (node: SyntaxNode): SyntaxNode => {
    const children = mapChildren(node, visit);
    const folded = foldNode(children);
    if (folded !== children) isChanged = true;
    return folded;
  };
  return { node: visit(root), isChanged };
}

function foldNode(node: SyntaxNode): SyntaxNode {
  switch (node.kind) {
    case 'unary':
      return foldUnary(node);
    case 'binary':
      return foldBinary(node);
    case 'array':
      return foldArray(node);
    case 'predicate':
      return foldFilterOfFilter(node);
    default:
      return node;
  }
}

function foldUnary(node: Extract<SyntaxNode, { kind: 'unary' }>): SyntaxNode {
  const { operand, operator } = node;
  const { position } = node;
  if (operator === '-' && operand.kind === 'int') return intNode(position, -operand.value);
  if (operator === '-' && operand.kind === 'float') return floatNode(position, -operand.value);
  if (operator === '+' && operand.kind === 'int') return intNode(position, operand.value);
  if (operator === '+' && operand.kind === 'float') return floatNode(position, operand.value);
  const isLogical = operator === 'not' || operator === '!';
  return isLogical && operand.kind === 'bool' ? boolNode(position, !operand.value) : node;
}

function foldBinary(node: BinaryNode): SyntaxNode {
  const { left, right, operator, position } = node;
  if (operator === 'and' || operator === '&&') return foldLogic(node, true);
  if (operator === 'or' || operator === '||') return foldLogic(node, false);
  if (left.kind === 'string' && right.kind === 'string') {
    if (operator === '+') return { kind: 'string', position, type: null, value: left.value + right.value };
    return operator === '==' ? boolNode(position, left.value === right.value) : node;
  }
  if (left.kind === 'bool' && right.kind === 'bool') {
    return operator === '==' ? boolNode(position, left.value === right.value) : node;
  }
  if (left.kind === 'int' && right.kind === 'int') return foldInts(node, left.value, right.value);
  const isNumeric = (left.kind === 'int' || left.kind === 'float') && (right.kind === 'int' || right.kind === 'float');
  return isNumeric ? foldFloats(node, Number(left.value), Number(right.value)) : node;
}

/** `neutral` is the side that says nothing: true of `and`, false of `or`. */
function foldLogic(node: BinaryNode, neutral: boolean): SyntaxNode {
  const { left, right, position } = node;
  if (left.kind === 'bool' && left.value === neutral) return right;
  if (right.kind === 'bool' && right.value === neutral) return left;
  return left.kind === 'bool' || right.kind === 'bool' ? boolNode(position, !neutral) : node;
}

function foldInts(node: BinaryNode, left: bigint, right: bigint): SyntaxNode {
  const { position } = node;
  switch (node.operator) {
    case '+':
      return intNode(position, left + right);
    case '-':
      return intNode(position, left - right);
    case '*':
      return intNode(position, left * right);
    case '%':
      if (right === 0n) throw invalid(position, 'integer divide by zero');
      return { ...intNode(position, left % right), type: null };
    case '==':
      return boolNode(position, left === right);
    default:
      return foldFloats(node, Number(left), Number(right));
  }
}

function foldFloats(node: BinaryNode, left: number, right: number): SyntaxNode {
  const { position } = node;
  switch (node.operator) {
    case '+':
      return floatNode(position, left + right);
    case '-':
      return floatNode(position, left - right);
    case '*':
      return floatNode(position, left * right);
    case '/':
      return floatNode(position, left / right);
    case '**':
    case '^':
      return floatNode(position, power(left, right));
    default:
      return node;
  }
}

function foldArray(node: Extract<SyntaxNode, { kind: 'array' }>): SyntaxNode {
  if (node.items.length === 0) return node;
  const values: GoValue[] = [];
  for (const item of node.items) {
    if (item.kind !== 'int' && item.kind !== 'float' && item.kind !== 'string' && item.kind !== 'bool') return node;
    values.push(item.value);
  }
  return { kind: 'constant', position: node.position, type: null, value: sliceOfItems('any', values) };
}

/** The closures stay as they are, though they be constant: hence the chains, which mean nothing else. */
function foldFilterOfFilter(node: Extract<SyntaxNode, { kind: 'predicate' }>): SyntaxNode {
  const { collection, position } = node;
  if (node.name !== 'filter' || collection.kind !== 'predicate' || collection.name !== 'filter') return node;
  const closed = (closure: SyntaxNode): SyntaxNode => ({ kind: 'chain', position: 0, type: null, node: closure });
  const left = closed(collection.closure);
  const right = closed(node.closure);
  const closure: SyntaxNode = { kind: 'binary', position: 0, type: null, operator: '&&', left, right, pattern: null };
  return { ...node, position, type: null, collection: collection.collection, closure };
}

function intNode(position: number, value: bigint): SyntaxNode {
  return { kind: 'int', position, type: INT, value: wrapInt(value) };
}

function floatNode(position: number, value: number): SyntaxNode {
  return { kind: 'float', position, type: FLOAT64, value };
}

function boolNode(position: number, value: boolean): SyntaxNode {
  return { kind: 'bool', position, type: null, value };
}
