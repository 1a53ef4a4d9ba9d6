import { type CountQueries, fillMatcher } from '../../analysis/promql.ts';
import type { MeasuredRow, WantedRow } from '../../ports/metric-source.ts';
import type { Sample } from './instant-query.ts';

/** What one query answered, apart. */
export interface Answers {
  readonly good: readonly Sample[];
  readonly total: readonly Sample[];
}

/**
 * Joins good and total by cluster, tenant and revision. Only wanted rows come back: the queries ask for clusters × tenants.
 *
 * @param withoutGood what a row with a total but without a good series is: `zero`, or `omit`
 */
export function joinRows(
  { good, total }: Answers,
  labels: Pick<CountQueries, 'tenantLabel' | 'revisionLabel' | 'clusterLabels'>,
  wanted: readonly WantedRow[],
  withoutGood: 'zero' | 'omit',
): readonly MeasuredRow[] {
  const clusterNames = Object.keys(labels.clusterLabels);
  const clusterOf = new Map(
    wanted.map(({ cluster, tenantId }) => {
      const values = Object.values(labels.clusterLabels).map((template) => fillMatcher(template, cluster));
      return [key([tenantId, ...values]), cluster];
    }),
  );
  const read = (sample: Sample) => {
    const tenantId = sample.labels[labels.tenantLabel] ?? '';
    const revision = labels.revisionLabel === null ? '' : (sample.labels[labels.revisionLabel] ?? '');
    const place = key([tenantId, ...clusterNames.map((name) => sample.labels[name] ?? '')]);
    return { place, tenantId, revision, row: key([place, revision]) };
  };
  const goodOf = new Map(good.map((sample) => [read(sample).row, sample.value]));
  return total.flatMap((sample) => {
    const { place, tenantId, revision, row } = read(sample);
    const cluster = clusterOf.get(place);
    const goodCount = goodOf.get(row) ?? (withoutGood === 'zero' ? 0 : Number.NaN);
    if (cluster === undefined || !Number.isFinite(goodCount) || !Number.isFinite(sample.value)) return [];
    return [{ cluster, tenantId, revision, good: goodCount, total: sample.value }];
  });
}

function key(parts: readonly string[]): string {
  return JSON.stringify(parts);
}
