import { assertNever } from '../../domain/assert-never.ts';
import { fetch, len, slice } from './access.ts';
import { compare, negate } from './arithmetic.ts';
import type { Budget } from './budget.ts';
import { evaluateBinary } from './evaluate-binary.ts';
import { evaluatePredicate } from './evaluate-predicate.ts';
import { failed } from './expression-error.ts';
import { callFunction } from './functions.ts';
import { type GoMap, type GoValue, goTypeText, notOfType, sliceOfItems, toBool } from './go-value.ts';
import type { SyntaxNode } from './syntax-tree.ts';

/** What names mean while evaluating; `element` and `index` are those of the innermost closure. */
export interface Frame {
  readonly result: GoValue;
  readonly budget: Budget;
  /** Gives the element that `#` is; it may be none, of a map. */
  readonly element: () => GoValue;
  readonly index: number;
}

/** Evaluates a node. */
export type Evaluate = (node: SyntaxNode, frame: Frame) => GoValue;

/** Evaluates a checked and rewritten tree. @throws {ExpressionError} `Failed`, `TooLarge` or `NotSupported` */
export function evaluateTree(root: SyntaxNode, result: GoValue, budget: Budget): GoValue {
  return evaluate(root, { result, budget, element: () => null, index: 0 });
}

function evaluate(node: SyntaxNode, frame: Frame): GoValue {
  frame.budget.count();
  switch (node.kind) {
    case 'nil':
      return null;
    case 'result':
      return frame.result;
    case 'unknown':
      throw failed(`unknown name ${node.name}`);
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'constant':
      return node.value;
    case 'unary':
      return evaluateUnary(node.operator, evaluate(node.operand, frame));
    case 'binary':
      return evaluateBinary(node, frame, evaluate);
    case 'inSet':
      return isInSet(evaluate(node.needle, frame), node.members);
    case 'inRange': {
      const needle = evaluate(node.needle, frame);
      return compare('>=', needle, node.from) && compare('<=', needle, node.to);
    }
    case 'chain': {
      const value = evaluateLink(node.node, frame);
      return value === ENDED ? null : value;
    }
    case 'member': {
      const value = evaluateLink(node, frame);
      return value === ENDED ? null : value;
    }
    case 'slice':
      return evaluateSlice(node, frame);
    case 'call': {
      const args = node.args.map((arg) => evaluate(arg, frame));
      return callFunction(node.name, args, frame.result);
    }
    case 'len':
      return len(node.args[0] === undefined ? null : evaluate(node.args[0], frame));
    case 'predicate':
      return evaluatePredicate(node, frame, evaluate);
    case 'pointer':
      return node.name === 'index' ? BigInt(frame.index) : frame.element();
    case 'conditional':
      return evaluate(toBool(evaluate(node.condition, frame)) ? node.whenTrue : node.whenFalse, frame);
    case 'array': {
      const items = node.items.map((item) => evaluate(item, frame));
      frame.budget.grow(items.length);
      return sliceOfItems('any', items);
    }
    case 'map':
      return evaluateMap(node, frame);
    default:
      return assertNever(node);
  }
}

/** That a chain has met nothing, and is over. */
const ENDED = Symbol('the chain has ended');

function evaluateLink(node: SyntaxNode, frame: Frame): GoValue | typeof ENDED {
  if (node.kind !== 'member') return evaluate(node, frame);
  const base = evaluateLink(node.base, frame);
  if (base === ENDED || (node.isOptional && base === null)) return ENDED;
  return fetch(base, evaluate(node.property, frame));
}

function evaluateUnary(operator: string, value: GoValue): GoValue {
  if (operator === 'not' || operator === '!') return !toBool(value);
  return operator === '-' ? negate(value) : value;
}

function evaluateSlice(node: Extract<SyntaxNode, { kind: 'slice' }>, frame: Frame): GoValue {
  const base = evaluate(node.base, frame);
  if (typeof base === 'string') frame.budget.read(base.length);
  const to = node.to === null ? len(base) : evaluate(node.to, frame);
  return slice(base, node.from === null ? 0n : evaluate(node.from, frame), to);
}

/** Of two pairs of one name the first counts. */
function evaluateMap(node: Extract<SyntaxNode, { kind: 'map' }>, frame: Frame): GoMap {
  const pairs = node.pairs.map(({ key, value }) => [evaluate(key, frame), evaluate(value, frame)] as const);
  frame.budget.grow(pairs.length);
  const entries = new Map<string, GoValue>();
  for (const [key, value] of pairs.reverse()) {
    if (typeof key !== 'string') throw notOfType(key, 'string');
    entries.set(key, value);
  }
  return { kind: 'map', entries };
}

/** A set is looked up by its members' type, in which `nil` is 0 or the empty string. */
function isInSet(needle: GoValue, members: ReadonlySet<bigint | string>): boolean {
  const [sample] = members;
  if (needle === null) return members.has(typeof sample === 'bigint' ? 0n : '');
  if (typeof needle === typeof sample) return members.has(needle as bigint | string);
  const wanted = typeof sample === 'bigint' ? 'int' : 'string';
  throw failed(`reflect.Value.MapIndex: value of type ${goTypeText(needle)} is not assignable to type ${wanted}`);
}
