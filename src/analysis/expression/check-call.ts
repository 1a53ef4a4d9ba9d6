import { invalid } from './expression-error.ts';
import {
  ANY,
  BOOL,
  FLOAT64,
  INT,
  INT64,
  isAny,
  isAssignable,
  isFloat,
  isInteger,
  type StaticType,
  typeText,
} from './static-type.ts';
import type { FunctionName, SyntaxNode } from './syntax-tree.ts';

/** What a function takes and gives. */
interface Signature {
  readonly parameters: readonly StaticType[];
  readonly result: StaticType;
}

const signatures: Readonly<Record<FunctionName, Signature>> = {
  asInt: { parameters: [ANY], result: INT64 },
  asFloat: { parameters: [ANY], result: FLOAT64 },
  isNaN: { parameters: [FLOAT64], result: BOOL },
  isInf: { parameters: [FLOAT64], result: BOOL },
  isNil: { parameters: [ANY], result: BOOL },
  default: { parameters: [ANY, ANY], result: ANY },
};

/** A call of one of Argo's functions with its arguments checked. @throws {ExpressionError} `Invalid` where they do not fit */
export function checkCall(
  node: Extract<SyntaxNode, { kind: 'call' }>,
  check: (arg: SyntaxNode) => SyntaxNode,
): SyntaxNode {
  const { parameters, result } = signatures[node.name];
  if (node.args.length > parameters.length) throw invalid(node.position, `too many arguments to call ${node.name}`);
  if (node.args.length < parameters.length) throw invalid(node.position, `not enough arguments to call ${node.name}`);
  const args = node.args.map((arg, index) => {
    const wanted = parameters[index] ?? ANY;
    const checked = check(arg);
    if (isFloat(wanted) && isInteger(checked.type)) return withFloats(checked);
    if (checked.type === null || isAny(checked.type) || isAssignable(checked.type, wanted)) return checked;
    const types = `${typeText(checked.type)} as argument (type ${typeText(wanted)})`;
    throw invalid(arg.position, `cannot use ${types} to call ${node.name} `);
  });
  return { ...node, args, type: result };
}

/** Where a float64 is wanted, integers are read as such; in what is neither sum nor product they stay, and the call fails. */
function withFloats(node: SyntaxNode): SyntaxNode {
  if (node.kind === 'int') return { kind: 'float', position: 0, type: FLOAT64, value: Number(node.value) };
  if (node.kind === 'unary') return { ...node, operand: withFloats(node.operand) };
  if (node.kind === 'binary' && ['+', '-', '*'].includes(node.operator)) {
    return { ...node, left: withFloats(node.left), right: withFloats(node.right) };
  }
  return node;
}

/** `len` of one argument that may have a length. @throws {ExpressionError} `Invalid` otherwise */
export function checkLen(
  node: Extract<SyntaxNode, { kind: 'len' }>,
  check: (arg: SyntaxNode) => SyntaxNode,
): SyntaxNode {
  const args = node.args.map(check);
  const [arg] = args;
  if (args.length !== 1 || arg === undefined) {
    throw invalid(node.position, `invalid number of arguments (expected 1, got ${args.length})`);
  }
  const kind = arg.type?.kind;
  if (kind === 'slice' || kind === 'map' || kind === 'string' || kind === 'any') return { ...node, args, type: INT };
  throw invalid(
    node.position,
    `invalid argument for len (type ${arg.type === null ? '%!s(<nil>)' : typeText(arg.type)})`,
  );
}
