import type { AddedMatchers } from '../../analysis/query/add-matchers.ts';
import type { RoundMetric as WantedMetric, Round as WantedRound } from '../../ports/grouped-queries.ts';

/** A metric as a server is asked for it. The same object in the next round saves the work of taking its query apart. */
export interface RoundMetric extends Omit<WantedMetric, 'cluster'> {
  /** What every selector of the query is narrowed by. */
  readonly matchers: AddedMatchers;
}

/** What a server is asked together. */
export interface Round extends Omit<WantedRound, 'metrics'> {
  readonly metrics: readonly RoundMetric[];
}
