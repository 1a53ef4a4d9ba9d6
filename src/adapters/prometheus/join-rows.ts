import { type CountQueries, fillMatcher } from '../../analysis/promql.ts';
import type { RowCounts } from '../../domain/series-seen.ts';
import type { MeasuredRow, WantedRow } from '../../ports/metric-source.ts';
import type { Sample } from './instant-query.ts';

/** A row's counts before it is known what was seen of their series. */
export type CountedRow = Omit<MeasuredRow, keyof Pick<RowCounts, 'seen'>>;

/** What one query answered, apart. */
export interface Answers {
  readonly good: readonly Sample[];
  readonly total: readonly Sample[];
}

/** The row that a sample speaks of. */
export interface RowPlace {
  /** Unique among the rows of an answer. */
  readonly key: string;
  /** `undefined` for a row that nobody wants: the queries ask for clusters × tenants. */
  readonly cluster: string | undefined;
  readonly tenantId: string;
  readonly revision: string;
}

/** Tells of which row a sample of the grouped queries speaks. */
export type ReadPlace = (sample: Sample) => RowPlace;

/** Reads places by the labels that the queries group by. */
export function placeReader(
  labels: Pick<CountQueries, 'tenantLabel' | 'revisionLabel' | 'clusterLabels'>,
  wanted: readonly WantedRow[],
): ReadPlace {
  const clusterNames = Object.keys(labels.clusterLabels);
  const clusterOf = new Map(
    wanted.map(({ cluster, tenantId }) => {
      const values = Object.values(labels.clusterLabels).map((template) => fillMatcher(template, cluster));
      return [joined([tenantId, ...values]), cluster];
    }),
  );
  return (sample) => {
    const tenantId = sample.labels[labels.tenantLabel] ?? '';
    const revision = labels.revisionLabel === null ? '' : (sample.labels[labels.revisionLabel] ?? '');
    const place = joined([tenantId, ...clusterNames.map((name) => sample.labels[name] ?? '')]);
    return { key: joined([place, revision]), cluster: clusterOf.get(place), tenantId, revision };
  };
}

/**
 * Joins good and total by cluster, tenant and revision. Only wanted rows come back.
 *
 * @param withoutGood what a row with a total but without a good series is: `zero`, or `omit`
 * @returns by the key of their place
 */
export function joinRows(
  { good, total }: Answers,
  placeOf: ReadPlace,
  withoutGood: 'zero' | 'omit',
): ReadonlyMap<string, CountedRow> {
  const goodOf = new Map(good.map((sample) => [placeOf(sample).key, sample.value]));
  const rows = new Map<string, CountedRow>();
  for (const sample of total) {
    const { key, cluster, tenantId, revision } = placeOf(sample);
    const goodCount = goodOf.get(key) ?? (withoutGood === 'zero' ? 0 : Number.NaN);
    if (cluster === undefined || !Number.isFinite(goodCount) || !Number.isFinite(sample.value)) continue;
    rows.set(key, { cluster, tenantId, revision, good: goodCount, total: sample.value });
  }
  return rows;
}

function joined(parts: readonly string[]): string {
  return JSON.stringify(parts);
}
