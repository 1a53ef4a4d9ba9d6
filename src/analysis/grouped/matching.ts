import { childNamed, labelNames, type PromqlNode } from './promql-tree.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Which elements of two vectors belong together. */
export interface Matching {
  /** `all` where nothing is written. */
  readonly kind: 'all' | 'on' | 'ignoring';
  readonly labels: readonly string[];
  /** Which side may have many elements for one of the other. */
  readonly many: 'none' | 'left' | 'right';
  /** Labels that the many get from the one. */
  readonly include: readonly string[];
}

/** Reads `on (a) group_left (b)` of a binary expression. */
export function readMatching(node: PromqlNode): Matching | Refusal {
  const clause = childNamed(node, 'MatchingModifierClause');
  if (clause === null) return { kind: 'all', labels: [], many: 'none', include: [] };
  const [labels = null, include = []] = groupings(clause);
  if (labels === null || include === null) {
    return refuse('NotSupported', clause.from, 'label names in quotes are not taken apart');
  }
  const isLeft = childNamed(clause, 'GroupLeft') !== null;
  const isRight = childNamed(clause, 'GroupRight') !== null;
  return {
    kind: childNamed(clause, 'On') === null ? 'ignoring' : 'on',
    labels,
    many: isLeft ? 'left' : isRight ? 'right' : 'none',
    include,
  };
}

/** The labels of `on` or `ignoring`, then those of `group_left` or `group_right`. */
function groupings(clause: PromqlNode): readonly (readonly string[] | null)[] {
  return clause.children.filter(({ name }) => name === 'GroupingLabels').map(labelNames);
}

/** As it is written; empty for `all`. */
export function writeMatching({ kind, labels, many, include }: Matching): string {
  if (kind === 'all') return '';
  const group = many === 'none' ? '' : ` group_${many} (${include.join(', ')})`;
  return `${kind} (${labels.join(', ')})${group}`;
}
