import { childNamed, labelNames, type PromqlNode } from './promql-tree.ts';
import { type Refusal, refuse } from './refusal.ts';
import { argumentsOf, type Rewriting } from './rewriting.ts';
import {
  type Groups,
  isConstant,
  isVector,
  type LabelSet,
  type Shape,
  type VectorShape,
  withoutLabels,
} from './shape.ts';

/** Aggregations of which each group is its own, whatever other groups there are. */
const perGroup: ReadonlySet<string> = new Set([
  'avg',
  'count',
  'group',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
]);

/** An aggregation of these arguments: it gets the labels of its vector's groups into its `by`. */
export function aggregationShape(
  node: PromqlNode,
  operands: readonly Shape[],
  rewriting: Rewriting,
): VectorShape | Refusal {
  const operator = childNamed(node, 'AggregateOp');
  const name = operator?.text.toLowerCase() ?? '';
  const inner = operands.at(-1);
  if (operator === null || inner === undefined || !isVector(inner)) {
    return refuse('QueryNotUnderstood', node.from, 'expected an aggregation of a vector');
  }
  const modifier = childNamed(node, 'AggregateModifier');
  const grouping = modifier === null ? [] : labelNames(childNamed(modifier, 'GroupingLabels'));
  if (grouping === null) {
    return refuse('NotSupported', modifier?.from ?? node.from, 'label names in quotes are not taken apart');
  }
  const isWithout = modifier !== null && childNamed(modifier, 'Without') !== null;
  if (isConstant(inner))
    return { ...inner, labels: perGroup.has(name) ? resultLabels(inner.labels, grouping, isWithout) : 'any' };
  if (!perGroup.has(name)) {
    return refuse(
      'SelectsAcrossGroups',
      operator.from,
      `${name} is asked per target: its answer hangs on more than its group`,
      argumentsOf(rewriting, inner.groups.keys()),
    );
  }
  const place = { operator, modifier };
  return isWithout ? groupedWithout(inner, grouping, place, rewriting) : groupedBy(inner, grouping, place, rewriting);
}

interface Place {
  readonly operator: PromqlNode;
  readonly modifier: PromqlNode | null;
}

function groupedBy(
  inner: VectorShape,
  grouping: readonly string[],
  { operator, modifier }: Place,
  rewriting: Rewriting,
): VectorShape {
  const groups: Groups = new Map(
    [...inner.groups].map(([label, status]) => [label, grouping.includes(label) ? status : 'dropped']),
  );
  const by = `by (${[...new Set([...grouping, ...groups.keys()])].join(', ')})`;
  rewriting.edits.push(
    modifier === null
      ? { from: operator.to, to: operator.to, insert: ` ${by}` }
      : { from: modifier.from, to: modifier.to, insert: by },
  );
  return { kind: 'vector', groups, labels: new Set(grouping.filter((label) => !groups.has(label))) };
}

function groupedWithout(
  inner: VectorShape,
  grouping: readonly string[],
  { operator, modifier }: Place,
  rewriting: Rewriting,
): VectorShape | Refusal {
  const removed = grouping.find((label) => inner.groups.has(label));
  if (removed === undefined) return { ...inner, labels: withoutLabels(inner.labels, grouping) };
  return refuse(
    'LabelRemoved',
    modifier?.from ?? operator.from,
    `without (${removed}) takes away the label that tells targets apart: write by (…) with the labels to keep`,
    argumentsOf(rewriting, [removed]),
  );
}

function resultLabels(labels: LabelSet, grouping: readonly string[], isWithout: boolean): LabelSet {
  return isWithout ? withoutLabels(labels, grouping) : new Set(grouping);
}
