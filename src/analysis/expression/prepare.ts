import { checkTypes } from './check.ts';
import type { Condition } from './condition.ts';
import { optimize } from './optimize.ts';
import { type StaticType, typeText } from './static-type.ts';
import type { SyntaxNode } from './syntax-tree.ts';

/** What was prepared already; a condition meets the same few types of result again and again. */
const prepared = new WeakMap<Condition, Map<string, SyntaxNode>>();

/** The condition's tree, checked and rewritten for results of a type. @throws {ExpressionError} `Invalid` or `NotSupported` */
export function prepare(condition: Condition, result: StaticType): SyntaxNode {
  const ofCondition = prepared.get(condition) ?? new Map<string, SyntaxNode>();
  const key = typeText(result);
  const tree = ofCondition.get(key) ?? optimize(checkTypes(condition.root, result));
  ofCondition.set(key, tree);
  prepared.set(condition, ofCondition);
  return tree;
}
