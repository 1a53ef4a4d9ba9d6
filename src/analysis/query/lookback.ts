import { type PromqlNode, parsePromql } from '../grouped/promql-tree.ts';
import { isRefusal } from '../grouped/refusal.ts';

/** How far back a query looks, or why that cannot be said. `position` is a column, 1-based. */
export type Lookback =
  | { readonly kind: 'lookback'; readonly ms: number }
  | { readonly kind: 'problem'; readonly position: number; readonly message: string };

/** The farthest that a query's data reach back from the time it is asked for: ranges, subqueries and offsets along the deepest path. */
export function lookbackMs(query: string): Lookback {
  const root = parsePromql(query);
  if (isRefusal(root)) return { kind: 'problem', position: root.position, message: root.message };
  return reach(root);
}

function reach(node: PromqlNode): Lookback {
  switch (node.name) {
    case 'StepInvariantExpr':
      return problem(node, 'a time fixed by @ does not move with the release');
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return further(node, durationOf(node.children[1]));
    case 'OffsetExpr':
      return node.children.at(-1)?.text.startsWith('-')
        ? problem(node, 'a negative offset asks for the future')
        : further(node, durationOf(node.children.at(-1)));
    default:
      return deepest(node.children);
  }
}

function further(node: PromqlNode, ms: number | null): Lookback {
  if (ms === null) return problem(node, 'expected a duration such as 5m');
  const inner = deepest(node.children.slice(0, 1));
  return inner.kind === 'problem' ? inner : { kind: 'lookback', ms: inner.ms + ms };
}

function deepest(nodes: readonly PromqlNode[]): Lookback {
  let ms = 0;
  for (const node of nodes) {
    const found = reach(node);
    if (found.kind === 'problem') return found;
    ms = Math.max(ms, found.ms);
  }
  return { kind: 'lookback', ms };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** `1h30m` or a number of seconds; `null` for a calculation. */
function durationOf(node: PromqlNode | undefined): number | null {
  const text = node?.text ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNIT_MS[unit!]!, 0);
}

function problem(node: PromqlNode, message: string): Lookback {
  return { kind: 'problem', position: node.from + 1, message };
}
