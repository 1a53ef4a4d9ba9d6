import { invalid } from './expression-error.ts';
import { readPattern } from './pattern/read-pattern.ts';
import {
  ANY,
  BOOL,
  combined,
  FLOAT64,
  INT,
  isAny,
  isBool,
  isComparable,
  isInteger,
  isNumber,
  isString,
  STRING,
  type StaticType,
  sliceOf,
  typeOfCoalescing,
  typeText,
} from './static-type.ts';
import type { BinaryNode, SyntaxNode } from './syntax-tree.ts';

/**
 * A binary node with its checked sides and its type.
 * @param isForAll whether the type of `result` stands for all that it may have
 * @throws {ExpressionError} `Invalid` where the sides do not go together
 */
export function checkBinary(node: BinaryNode, left: SyntaxNode, right: SyntaxNode, isForAll: boolean): SyntaxNode {
  if (node.operator === 'in') checkIn(left, right);
  const pattern =
    node.operator === 'matches' && right.kind === 'string' ? readPattern(right.value, right.position) : null;
  const type =
    node.operator === '??'
      ? typeOfCoalescing(left.type, right.type, isForAll)
      : typeOfOperation(node.operator, left.type, right.type);
  if (type === undefined) {
    const sides = `${typeText(left.type)} and ${typeText(right.type)}`;
    throw invalid(node.position, `invalid operation: ${node.operator} (mismatched types ${sides})`);
  }
  return { ...node, left, right, pattern, type };
}

/** The type of an operation; `undefined` where the operator does not take these types. */
function typeOfOperation(operator: string, left: StaticType, right: StaticType): StaticType | undefined {
  switch (operator) {
    case '==':
    case '!=':
      return isComparable(left, right) ? BOOL : undefined;
    case 'or':
    case '||':
    case 'and':
    case '&&':
      return fits(left, right, isBool) ? BOOL : undefined;
    case '<':
    case '>':
    case '<=':
    case '>=':
      return fits(left, right, isNumber) || fits(left, right, isString) ? BOOL : undefined;
    case 'in':
      return typeOfIn(left, right);
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return fits(left, right, isString) ? BOOL : undefined;
    case '..':
      return fits(left, right, isInteger) ? sliceOf(INT) : undefined;
    default:
      return typeOfArithmetic(operator, left, right);
  }
}

function typeOfArithmetic(operator: string, left: StaticType, right: StaticType): StaticType | undefined {
  const isKnown = !isAny(left) && !isAny(right);
  switch (operator) {
    case '+':
      if (isKnown && fits(left, right, isString)) return STRING;
      if (isKnown && fits(left, right, isNumber)) return combined(left, right);
      return fits(left, right, isNumber) || fits(left, right, isString) ? ANY : undefined;
    case '-':
    case '*':
      if (!fits(left, right, isNumber)) return undefined;
      return isKnown ? combined(left, right) : ANY;
    case '%':
      if (!fits(left, right, isInteger)) return undefined;
      return isKnown ? combined(left, right) : ANY;
    case '/':
    case '**':
    case '^':
      return fits(left, right, isNumber) ? FLOAT64 : undefined;
    default:
      return undefined;
  }
}

/** Whether both are of a sort, or may be, as nothing is known of one or of both. */
function fits(left: StaticType, right: StaticType, isOfSort: (type: StaticType) => boolean): boolean {
  return (isOfSort(left) || isAny(left)) && (isOfSort(right) || isAny(right));
}

function typeOfIn(left: StaticType, right: StaticType): StaticType | undefined {
  if (right?.kind === 'map' || right?.kind === 'slice' || isAny(right)) return BOOL;
  return isAny(left) && isString(right) ? BOOL : undefined;
}

/** `in` has complaints of its own about a needle that can never be found. */
function checkIn(left: SyntaxNode, right: SyntaxNode): void {
  if (left.type === null) return;
  if (right.type?.kind === 'map' && !isAny(left.type) && !isString(left.type)) {
    throw invalid(0, `cannot use ${typeText(left.type)} as type string in map key`);
  }
  if (right.type?.kind !== 'slice') return;
  const elem = right.kind === 'array' ? commonType(right.items) : right.type.elem;
  if (!isComparable(left.type, right.type.elem) || !isComparable(left.type, elem)) {
    const wanted = isComparable(left.type, right.type.elem) ? elem : right.type.elem;
    throw invalid(left.position, `cannot use ${typeText(left.type)} as type ${typeText(wanted)} in array`);
  }
}

/** The type of the items of a literal if all are of one kind, else nothing is known: `null`. */
function commonType(items: readonly SyntaxNode[]): StaticType {
  const [first] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined) return null;
  return items.every((item) => item.type !== null && item.type.kind === first.type?.kind) ? last.type : null;
}
