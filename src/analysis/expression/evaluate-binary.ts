import { calculate, compare, divide, exponent, modulo } from './arithmetic.ts';
import { codePointsOfBytes } from './byte-text.ts';
import { isEqual, isIn } from './equality.ts';
import type { Evaluate, Frame } from './evaluate.ts';
import { ExpressionError, failed, tooLarge } from './expression-error.ts';
import { type GoValue, notOfType, sliceOfRange, toBool, toInt, wrapInt } from './go-value.ts';
import { MAX_MATCHED_BYTES, MAX_PATTERN_BYTES } from './limits.ts';
import { matchesPattern } from './pattern/match-pattern.ts';
import type { Pattern } from './pattern/pattern.ts';
import { readPattern } from './pattern/read-pattern.ts';
import type { BinaryNode } from './syntax-tree.ts';

/** Evaluates an operation; of `and`, `or` and `??` the right side only if it is needed, and whatever its type. */
export function evaluateBinary(node: BinaryNode, frame: Frame, evaluate: Evaluate): GoValue {
  const left = evaluate(node.left, frame);
  switch (node.operator) {
    case 'or':
    case '||':
      return toBool(left) ? true : evaluate(node.right, frame);
    case 'and':
    case '&&':
      return toBool(left) ? evaluate(node.right, frame) : false;
    case '??':
      return left === null ? evaluate(node.right, frame) : left;
    case 'matches':
      return evaluateMatches(node, left, frame, evaluate);
    default:
      return operate(node, left, evaluate(node.right, frame), frame);
  }
}

function operate(node: BinaryNode, left: GoValue, right: GoValue, frame: Frame): GoValue {
  const { operator } = node;
  if (typeof left === 'string' && typeof right === 'string') frame.budget.read(left.length + right.length);
  switch (operator) {
    case '==':
      return isEqualByType(node, left, right, frame);
    case '!=':
      return !isEqual(left, right, frame.budget.count);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compare(operator, left, right);
    case '+':
    case '-':
    case '*':
      return calculate(operator, left, right);
    case '/':
      return divide(left, right);
    case '%':
      return modulo(left, right);
    case '**':
    case '^':
      return exponent(left, right);
    case 'in':
      return isIn(left, right, frame.budget.count);
    case '..':
      return range(left, right, frame);
    default:
      return searched(operator, left, right);
  }
}

/** Where both sides are known to be ints or strings Argo relies on it, and fails on a `nil` that came another way. */
function isEqualByType(node: BinaryNode, left: GoValue, right: GoValue, frame: Frame): boolean {
  const kind = node.left.type?.kind === node.right.type?.kind ? node.left.type?.kind : undefined;
  if (kind === 'int' || kind === 'string') {
    const wanted = kind === 'int' ? 'bigint' : 'string';
    for (const side of [left, right]) if (typeof side !== wanted) throw notOfType(side, kind);
  }
  return isEqual(left, right, frame.budget.count);
}

function range(left: GoValue, right: GoValue, frame: Frame): GoValue {
  const from = toInt(left);
  const size = wrapInt(toInt(right) - from + 1n);
  const length = size > 0n ? Number(size) : 0;
  frame.budget.grow(length);
  return sliceOfRange(from, length);
}

function searched(operator: string, left: GoValue, right: GoValue): boolean {
  if (typeof left !== 'string') throw notOfType(left, 'string');
  if (typeof right !== 'string') throw notOfType(right, 'string');
  if (operator === 'contains') return left.includes(right);
  if (operator === 'startsWith') return left.startsWith(right);
  if (operator === 'endsWith') return left.endsWith(right);
  throw failed(`unknown operator (${operator})`);
}

function evaluateMatches(node: BinaryNode, left: GoValue, frame: Frame, evaluate: Evaluate): boolean {
  const pattern = node.pattern ?? dynamicPattern(evaluate(node.right, frame), frame);
  if (typeof left !== 'string') throw notOfType(left, 'string');
  if (left.length > MAX_MATCHED_BYTES) throw tooLarge(`matches looks through ${MAX_MATCHED_BYTES} bytes at most`);
  return matchesPattern(pattern, codePointsOfBytes(left), frame.budget.count);
}

/** A pattern that is no literal is read when it is met, and fails then. */
function dynamicPattern(text: GoValue, { budget }: Frame): Pattern {
  if (typeof text !== 'string') throw notOfType(text, 'string');
  if (text.length > MAX_PATTERN_BYTES) {
    throw tooLarge(`a regular expression has ${MAX_PATTERN_BYTES} bytes at most`);
  }
  budget.count(text.length);
  try {
    const pattern = readPattern(text, 0);
    budget.count(pattern.states.length);
    return pattern;
  } catch (error) {
    if (error instanceof ExpressionError && error.reason === 'Invalid') throw failed(error.message);
    throw error;
  }
}
