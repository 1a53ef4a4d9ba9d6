import { type Join, joinShape } from './joins.ts';
import { readMatching, writeMatching } from './matching.ts';
import { childNamed, type PromqlNode } from './promql-tree.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { argumentsOf, type Rewriting } from './rewriting.ts';
import { isVector, type Shape } from './shape.ts';

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Two operands and what is between them. Beside a scalar a vector keeps its labels; two vectors are joined. */
export function binaryShape(
  node: PromqlNode,
  [left, right]: readonly [Shape, Shape],
  rewriting: Rewriting,
): Shape | Refusal {
  if (!isVector(left)) return right;
  if (!isVector(right)) return left;
  const operator = node.children[1];
  const written = readMatching(node);
  if (operator === undefined) return refuse('QueryNotUnderstood', node.from, 'expected an operator');
  if (isRefusal(written)) return written;
  const joined = joinShape({
    left,
    right,
    matching: written,
    kind: joinKind(operator.text.toLowerCase(), childNamed(node, 'BoolModifier') !== null),
    groupLabels: new Set(rewriting.sources.keys()),
  });
  if (joined.kind === 'problem') {
    return refuse(joined.reason, operator.from, joined.message, argumentsOf(rewriting, joined.labels));
  }
  const text = writeMatching(joined.matching);
  if (text !== writeMatching(written)) rewriting.edits.push(editOf(node, operator, text));
  return joined.shape;
}

function joinKind(operator: string, isBool: boolean): Join['kind'] {
  if (operator === 'or') return 'or';
  if (operator === 'and' || operator === 'unless') return 'and';
  return comparisons.has(operator) && !isBool ? 'filter' : 'arithmetic';
}

function editOf(node: PromqlNode, operator: PromqlNode, text: string) {
  const clause = childNamed(node, 'MatchingModifierClause');
  if (clause !== null) return { from: clause.from, to: clause.to, insert: text };
  const { to } = childNamed(node, 'BoolModifier') ?? operator;
  return { from: to, to, insert: ` ${text}` };
}
