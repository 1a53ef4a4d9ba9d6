import { TransientError } from '../../domain/errors.ts';
import type { MeasuredSlo } from '../../domain/plan.ts';
import type { MeasuredRow, MeasureRequest, MetricSource, WantedRow } from '../../ports/metric-source.ts';
import { type Counters, countersAt } from './counters.ts';
import { type SeenCounts, sampledSpan, seriesSeen, summed } from './model-series.ts';
import type { TenantRevision, Traffic } from './traffic.ts';
import { LATENCY_BOUNDS } from './traffic-model.ts';

/**
 * What goes wrong with a measurement.
 *
 * - `unavailable`: the source cannot be reached
 * - `empty`: it answers without any row
 */
export type SourceFault = 'none' | 'unavailable' | 'empty';

/** How the source behaves. */
export interface ModelMetricSourceOptions {
  readonly name: string;
  /** @default 1000 */
  readonly scrapeIntervalMs?: number;
  /** @default true */
  readonly tellsRevisions?: boolean;
  /** Asked for every measurement; must be deterministic. @default none */
  readonly faults?: (request: MeasureRequest) => SourceFault;
  /** Takes single rows out of an answer; must be deterministic. @default keeps all */
  readonly keeps?: (row: MeasuredRow, request: MeasureRequest) => boolean;
}

const SCRAPE_MS = 1000;

/** A MetricSource that counts what the model of traffic served, as a Prometheus that scrapes it would, without one. */
export function createModelMetricSource(traffic: Traffic, options: ModelMetricSourceOptions): MetricSource {
  const scrapeMs = options.scrapeIntervalMs ?? SCRAPE_MS;
  return {
    name: options.name,
    async measure(request) {
      const fault = options.faults?.(request) ?? 'none';
      if (fault === 'unavailable') throw new TransientError(`measure at ${options.name}: connection refused`);
      if (fault === 'empty') return [];
      const rows = request.rows.flatMap((wanted) => measureRow(traffic, wanted, request, scrapeMs));
      const told = options.tellsRevisions === false ? withoutRevisions(rows) : rows;
      return options.keeps === undefined ? told : told.filter((row) => options.keeps?.(row, request));
    },
  };
}

/** `unavailable` for the first part of every period: a source that comes and goes. */
export function flapping(periodMs: number, downMs: number): (request: MeasureRequest) => SourceFault {
  return ({ at }) => (at % periodMs < downMs ? 'unavailable' : 'none');
}

function measureRow(
  traffic: Traffic,
  wanted: WantedRow,
  request: MeasureRequest,
  scrapeMs: number,
): readonly MeasuredRow[] {
  const byRevision = Map.groupBy(traffic.ofTenant(wanted.cluster, wanted.tenantId), ({ revision }) => revision.podHash);
  return [...byRevision].flatMap(([podHash, served]) => {
    const counts = served.map((row) => countsOf(row, request, scrapeMs)).filter((one) => one !== null);
    return counts.length === 0 ? [] : [{ ...wanted, revision: podHash, ...summed(counts) }];
  });
}

/** Last sample in the window less the first, as `increase` has it; `null` with fewer than two samples, or for a metric that is not exposed. */
function countsOf(row: TenantRevision, request: MeasureRequest, scrapeMs: number): SeenCounts | null {
  const { slo, at, windowMs } = request;
  const span = sampledSpan(row, at, windowMs, scrapeMs);
  if (span === null) return null;
  const from = goodAndTotal(slo, countersAt(row, span.firstAt));
  const to = goodAndTotal(slo, countersAt(row, span.lastAt));
  if (from === null || to === null) return null;
  const seen = seriesSeen(row, request, { ...span, bornWith: from }, scrapeMs);
  return { good: to.good - from.good, total: to.total - from.total, seen };
}

function goodAndTotal(slo: MeasuredSlo, counters: Counters): { readonly good: number; readonly total: number } | null {
  if (slo.kind === 'ratio') {
    if (!slo.total.startsWith('http_requests_total')) return null;
    return { good: counters.ok, total: counters.ok + counters.failed };
  }
  const bound = LATENCY_BOUNDS.indexOf(slo.belowSeconds);
  const good = counters.within[bound];
  if (!slo.histogram.startsWith('http_request_duration_seconds') || good === undefined) return null;
  return { good, total: counters.total };
}

function withoutRevisions(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  const byTenant = Map.groupBy(rows, ({ cluster, tenantId }) => `${cluster}/${tenantId}`);
  return [...byTenant.values()].map((ofTenant) => ({ ...ofTenant[0]!, revision: '', ...summed(ofTenant) }));
}
