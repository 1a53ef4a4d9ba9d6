import type { MeasuredSlo } from '../domain/plan.ts';
import type { RowCounts } from '../domain/series-seen.ts';
import type { Instant } from '../domain/time.ts';
import type { GroupedQueries } from './grouped-queries.ts';

/** A row that is wanted back: one tenant's traffic in one cluster. */
export interface WantedRow {
  /** Fills `${cluster.name}` in the source's matchers. */
  readonly cluster: string;
  /** Value of the source's tenant label. */
  readonly tenantId: string;
}

/** One SLO, all rows of a source together, at one fixed time. */
export interface MeasureRequest {
  readonly slo: MeasuredSlo;
  readonly windowMs: number;
  readonly at: Instant;
  readonly rows: readonly WantedRow[];
}

/** Counts of one tenant and one revision (pod hash). A row that is not there is no data, never 0. */
export interface MeasuredRow extends RowCounts {
  readonly cluster: string;
  readonly tenantId: string;
  /** `''` when the source cannot tell revisions apart. */
  readonly revision: string;
}

/** A Prometheus-compatible server. */
export interface MetricSource {
  readonly name: string;
  /**
   * @throws TransientError when the source cannot be reached or times out; with reason `PartialAnswer` when it answers in part (a warning),
   * with reason `ClockSkew` when its clock is too far from ours: all rows are then `missing`.
   * @throws TerminalError when the query itself is refused.
   */
  measure(request: MeasureRequest, signal: AbortSignal): Promise<readonly MeasuredRow[]>;
  /** Queries of templates; left out by a source that is no server, and then they are not answered. */
  readonly evaluate?: GroupedQueries['evaluate'];
}

/** How many series an SLO's events have, now, whoever's they are. */
export interface SeriesCount {
  readonly all: number;
  /** Those with the source's tenant label. */
  readonly withTenant: number;
  /** Those with the source's revision label; all of them when the source has none. */
  readonly withRevision: number;
}

/** What can be asked of a source beside measurements; errors are those of `measure`. */
export interface MetricSourceProbe {
  readonly name: string;
  /** The server's own clock. */
  serverTime(signal: AbortSignal): Promise<Instant>;
  /** Clusters fill the source's matchers. */
  countSeries(slo: MeasuredSlo, clusters: readonly string[], signal: AbortSignal): Promise<SeriesCount>;
}
