import type { Counts } from '../domain/verdict.ts';

/** Counts of one tenant and one revision in one cluster, as a metric source gives them. */
export interface CountedRow extends Counts {
  readonly cluster: string;
  readonly tenantId: string;
  /** Pod hash; `''` when the source cannot tell revisions apart. */
  readonly revision: string;
}

/** Which rows to take. */
export interface RowSelection {
  readonly cluster: string;
  readonly tenantIds: readonly string[];
  /** Pod hash; `null` takes every revision. */
  readonly revision: string | null;
}

/** The rows of some tenants in one cluster, of one revision. */
export function selectRows<R extends CountedRow>(rows: readonly R[], wanted: RowSelection): readonly R[] {
  const tenantIds = new Set(wanted.tenantIds);
  return rows.filter(
    (row) =>
      row.cluster === wanted.cluster &&
      tenantIds.has(row.tenantId) &&
      (wanted.revision === null || row.revision === wanted.revision),
  );
}

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
