import type { PlannedTarget } from './plan-queries.ts';

/** Names of one query; about this many keep a server's memory flat. */
const TARGETS_PER_QUERY = 500;

/** Combinations of values that a query may ask for, per target that wants one. */
const MAX_COMBINATIONS_RATIO = 4;

/**
 * Cuts targets into those that one query asks for. A query asks for every combination of its labels' values, so the targets are put in
 * an order in which neighbours share values, and a chunk ends before it asks for more than four combinations per target. That is not
 * looked at while one label alone tells its targets apart: what is not wanted are then only other rows of the wanted ones.
 */
export function chunkTargets(targets: readonly PlannedTarget[]): readonly (readonly PlannedTarget[])[] {
  const chunks: PlannedTarget[][] = [];
  let current: PlannedTarget[] = [];
  let seen: readonly Set<string>[] = [];
  for (const target of inOrder(targets)) {
    const sizes = seen.map((values, index) => values.size + (values.has(target.values[index]!) ? 0 : 1));
    if (current.length === 0 || current.length === TARGETS_PER_QUERY || isTooWide(sizes, current.length + 1)) {
      current = [];
      chunks.push(current);
      seen = target.values.map(() => new Set());
    }
    current.push(target);
    for (const [index, value] of target.values.entries()) seen[index]?.add(value);
  }
  return chunks;
}

function isTooWide(sizes: readonly number[], targets: number): boolean {
  const combinations = sizes.reduce((product, size) => product * size, 1);
  return Math.max(1, ...sizes) < targets && combinations > targets * MAX_COMBINATIONS_RATIO;
}

/** By the label with the fewest values first. */
function inOrder(targets: readonly PlannedTarget[]): readonly PlannedTarget[] {
  const labels = targets[0]?.values.map((_, index) => index) ?? [];
  const counts = labels.map((index) => new Set(targets.map(({ values }) => values[index])).size);
  const ranked = labels.toSorted((a, b) => counts[a]! - counts[b]!);
  const key = ({ values }: PlannedTarget) => JSON.stringify(ranked.map((index) => values[index]));
  return targets
    .map((target) => ({ target, key: key(target) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ target }) => target);
}
