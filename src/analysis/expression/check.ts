import { assertNever } from '../../domain/assert-never.ts';
import { checkBinary } from './check-binary.ts';
import { checkCall, checkLen } from './check-call.ts';
import { checkPredicate } from './check-predicate.ts';
import { invalid } from './expression-error.ts';
import {
  ANY,
  BOOL,
  FLOAT64,
  INT,
  isAny,
  isBool,
  isInteger,
  isNumber,
  MAP,
  STRING,
  type StaticType,
  sliceOf,
  typeOfEither,
  typeText,
} from './static-type.ts';
import type { SyntaxNode } from './syntax-tree.ts';

/** What names mean at a place: the type of `result`, and of the element that `#` stands for in the innermost closure. */
export interface Scope {
  readonly result: StaticType;
  readonly element: StaticType;
  /** Whether the type of `result` stands for all types that a result may have. */
  readonly isForAll: boolean;
  /** `#index` is known in the closure of `map` only. */
  readonly hasIndex: boolean;
}

/** Checks a node, and all below it. */
export type Check = (node: SyntaxNode, scope: Scope) => SyntaxNode;

/**
 * The tree with the type of every node, as Argo finds it before it evaluates.
 * @throws {ExpressionError} `Invalid` where the types do not fit
 */
export function checkTypes(root: SyntaxNode, result: StaticType): SyntaxNode {
  return check(root, { result, isForAll: false, element: null, hasIndex: false });
}

/** The same without knowing the result: allowed is whatever some result allows. @throws {ExpressionError} `Invalid` */
export function checkTypesForAll(root: SyntaxNode): SyntaxNode {
  return check(root, { result: ANY, isForAll: true, element: null, hasIndex: false });
}

function check(node: SyntaxNode, scope: Scope): SyntaxNode {
  switch (node.kind) {
    case 'nil':
    case 'constant':
    case 'inSet':
    case 'inRange':
      return node;
    case 'result':
      return { ...node, type: scope.result };
    case 'unknown':
      throw invalid(node.position, complaintAbout(node.name, scope));
    case 'int':
      return { ...node, type: INT };
    case 'float':
      return { ...node, type: FLOAT64 };
    case 'bool':
      return { ...node, type: BOOL };
    case 'string':
      return { ...node, type: STRING };
    case 'unary':
      return checkUnary(node, scope);
    case 'binary':
      return checkBinary(node, check(node.left, scope), check(node.right, scope), scope.isForAll);
    case 'chain': {
      const inner = check(node.node, scope);
      return { ...node, node: inner, type: inner.type };
    }
    case 'member':
      return checkMember(node, scope);
    case 'slice':
      return checkSlice(node, scope);
    case 'call':
      return checkCall(node, (arg) => check(arg, scope));
    case 'len':
      return checkLen(node, (arg) => check(arg, scope));
    case 'predicate':
      return checkPredicate(node, scope, check);
    case 'pointer':
      return checkPointer(node, scope);
    case 'conditional':
      return checkConditional(node, scope);
    case 'array':
      return { ...node, items: node.items.map((item) => check(item, scope)), type: sliceOf(ANY) };
    case 'map': {
      const pairs = node.pairs.map(({ key, value }) => ({ key: check(key, scope), value: check(value, scope) }));
      return { ...node, pairs, type: MAP };
    }
    default:
      return assertNever(node);
  }
}

function complaintAbout(name: string, { result, isForAll }: Scope): string {
  if (name !== 'result') return `unknown name ${name}`;
  if (result === null) return 'result is nil; cannot call nil as function';
  return `${isForAll ? 'result' : typeText(result)} is not callable`;
}

type NodeOf<Kind extends SyntaxNode['kind']> = Extract<SyntaxNode, { kind: Kind }>;

function checkUnary(node: NodeOf<'unary'>, scope: Scope): SyntaxNode {
  const operand = check(node.operand, scope);
  const isLogical = node.operator === 'not' || node.operator === '!';
  if (isLogical && (isBool(operand.type) || isAny(operand.type))) return { ...node, operand, type: BOOL };
  if (!isLogical && (isNumber(operand.type) || isAny(operand.type))) return { ...node, operand, type: operand.type };
  throw invalid(node.position, `invalid operation: ${node.operator} (mismatched type ${typeText(operand.type)})`);
}

function checkMember(node: NodeOf<'member'>, scope: Scope): SyntaxNode {
  const base = check(node.base, scope);
  const property = check(node.property, scope);
  const of = typeText(base.type);
  const by = property.type;
  if (property.kind === 'string' && base.type === null) {
    throw invalid(node.position, `type ${of} has no field ${property.value}`);
  }
  switch (base.type?.kind) {
    case 'any':
      return { ...node, base, property, type: ANY };
    case 'map':
      if (by === null || isAny(by) || by.kind === 'string') return { ...node, base, property, type: ANY };
      throw invalid(property.position, `cannot use ${typeText(by)} to get an element from ${of}`);
    case 'slice': {
      if (isInteger(by) || isAny(by)) return { ...node, base, property, type: base.type.elem };
      const message = `array elements can only be selected using an integer (got ${typeText(by)})`;
      throw invalid(property.position, message);
    }
    default:
      throw invalid(node.position, `type ${of}[${typeText(by)}] is undefined`);
  }
}

function checkSlice(node: NodeOf<'slice'>, scope: Scope): SyntaxNode {
  const base = check(node.base, scope);
  const kind = base.type?.kind;
  if (kind !== 'any' && kind !== 'string' && kind !== 'slice') {
    throw invalid(node.position, `cannot slice ${typeText(base.type)}`);
  }
  const from = node.from && checkBound(check(node.from, scope));
  const to = node.to && checkBound(check(node.to, scope));
  return { ...node, base, from, to, type: base.type };
}

function checkBound(bound: SyntaxNode): SyntaxNode {
  if (isInteger(bound.type) || isAny(bound.type)) return bound;
  throw invalid(bound.position, `non-integer slice index ${typeText(bound.type)}`);
}

function checkPointer(node: NodeOf<'pointer'>, scope: Scope): SyntaxNode {
  if (node.name === '') return { ...node, type: scope.element };
  if (node.name === 'index' && scope.hasIndex) return { ...node, type: INT };
  throw invalid(node.position, `unknown pointer #${node.name}`);
}

function checkConditional(node: NodeOf<'conditional'>, scope: Scope): SyntaxNode {
  const condition = check(node.condition, scope);
  if (!isBool(condition.type) && !isAny(condition.type)) {
    const message = `non-bool expression (type ${typeText(condition.type)}) used as condition`;
    throw invalid(condition.position, message);
  }
  const whenTrue = check(node.whenTrue, scope);
  const whenFalse = check(node.whenFalse, scope);
  return { ...node, condition, whenTrue, whenFalse, type: typeOfEither(whenTrue.type, whenFalse.type, scope.isForAll) };
}
