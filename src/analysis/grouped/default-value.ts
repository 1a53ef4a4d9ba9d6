import { childNamed, type PromqlNode } from './promql-tree.ts';

/** `inner or vector(value)`, the whole of a query. */
export interface WithDefault {
  readonly inner: PromqlNode;
  readonly value: number;
  /** Where `or` stands, and where the default ends. */
  readonly at: number;
  readonly to: number;
}

/**
 * Reads a default at the root of a query: it can be put in the place of a missing row after the answer is there. `null` where there is
 * none, or the number is not plain.
 */
export function readDefault(root: PromqlNode): WithDefault | null {
  if (root.name === 'ParenExpr' && root.children.length === 1) return readDefault(root.children[0]!);
  const [inner, operator] = root.children;
  const call = root.children.at(-1);
  if (root.name !== 'BinaryExpr' || operator?.name !== 'Or' || root.children.length !== 3) return null;
  if (inner === undefined || call?.name !== 'FunctionCall') return null;
  const isVectorCall = childNamed(call, 'FunctionIdentifier')?.text === 'vector';
  const parameter = childNamed(call, 'FunctionCallBody')?.children[0]?.text ?? '';
  if (!isVectorCall || !/^-?\d+(\.\d+)?$/.test(parameter)) return null;
  return { inner, value: Number(parameter), at: operator.from, to: root.to };
}
