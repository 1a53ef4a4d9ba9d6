import type { RowCounts } from '../domain/series-seen.ts';

type Rows = ReadonlyMap<string, RowCounts>;

/** An answer never changes: its keys are sorted by place once, and only when somebody asks. */
const sorted = new WeakMap<Rows, ReadonlyMap<string, readonly string[]>>();

/** The rows of the same tenant in the same cluster, of every other revision. @param key of the row in question, as `rowKey` names it */
export function otherRows(rows: Rows, key: string): readonly RowCounts[] {
  let byPlace = sorted.get(rows);
  if (byPlace === undefined) {
    byPlace = Map.groupBy(rows.keys(), placeOf);
    sorted.set(rows, byPlace);
  }
  const others = (byPlace.get(placeOf(key)) ?? []).filter((other) => other !== key);
  return others.map((other) => rows.get(other)!);
}

/** The revision comes last in a row's key, and a pod hash has no bar. */
function placeOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}
