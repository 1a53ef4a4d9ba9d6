import type { Counts } from '../domain/verdict.ts';

/** All rows as one; `null` when there is no row, which is no data and not 0. A pool is judged by the sum of its tenants. */
export function sumRows(rows: readonly Counts[]): Counts | null {
  if (rows.length === 0) return null;
  let good = 0;
  let total = 0;
  for (const row of rows) {
    good += row.good;
    total += row.total;
  }
  return { good, total };
}
