import { detailQueries, type EvidenceRequest, watchQueries } from '../../analysis/evidence-queries.ts';
import { COUNTED_LABEL, countQueries, markedUnion, type QueryProblem } from '../../analysis/promql.ts';
import { TerminalError } from '../../domain/errors.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { MeasuredRow, MeasureRequest, WantedRow } from '../../ports/metric-source.ts';
import type { Sample } from './instant-query.ts';
import { type Answers, joinRows, placeReader } from './join-rows.ts';
import { isIrregular, readEvidence, seriesSeen } from './series-evidence.ts';

/** Asks one query and answers its samples, within the source's bounds. */
export type Ask = (promql: string) => Promise<readonly Sample[]>;

/**
 * One SLO for a few hundred rows: good and total, and whether their series are as they should be, of the same state of the server. Rows whose
 * series are not are looked at closer by a second query.
 */
export async function measureChunk(
  spec: MetricSourceSpec,
  request: MeasureRequest,
  wanted: readonly WantedRow[],
  ask: Ask,
): Promise<readonly MeasuredRow[]> {
  const asked = evidenceRequest(spec, request, wanted);
  const queries = countQueries(asked);
  const watch = watchQueries(asked);
  if (queries.kind === 'problem') throw notUnderstood(spec, queries);
  if (watch.kind === 'problem') throw notUnderstood(spec, watch);
  const { good, total } = queries;
  const samples = await ask(markedUnion({ good, total, ...watch.byName }));
  const placeOf = placeReader(queries, wanted);
  const rows = joinRows(answersOf(spec, request, samples), placeOf, request.slo.kind === 'latency' ? 'omit' : 'zero');
  const watched = readEvidence(samples, placeOf);
  const irregular = [...rows].flatMap(([key, row]) => (isIrregular(watched, key) ? [row] : []));
  const detail = readEvidence(await askDetail(spec, request, irregular, ask), placeOf);
  const window = { at: request.at, windowMs: request.windowMs, scrapeIntervalMs: spec.scrapeIntervalMs };
  return [...rows].map(([key, row]) => ({ ...row, seen: seriesSeen(watched, detail, key, window) }));
}

async function askDetail(
  spec: MetricSourceSpec,
  request: MeasureRequest,
  rows: readonly WantedRow[],
  ask: Ask,
): Promise<readonly Sample[]> {
  if (rows.length === 0) return [];
  const queries = detailQueries(evidenceRequest(spec, request, rows));
  if (queries.kind === 'problem') throw notUnderstood(spec, queries);
  return ask(markedUnion(queries.byName));
}

function evidenceRequest(
  spec: MetricSourceSpec,
  { slo, windowMs }: MeasureRequest,
  rows: readonly WantedRow[],
): EvidenceRequest {
  return {
    measured: slo,
    source: spec,
    scrapeIntervalMs: spec.scrapeIntervalMs,
    windowMs,
    clusters: rows.map((row) => row.cluster),
    tenantIds: rows.map((row) => row.tenantId),
  };
}

function notUnderstood(spec: MetricSourceSpec, { message }: QueryProblem): TerminalError {
  return new TerminalError(`query source ${spec.name}: ${message}`);
}

function answersOf(spec: MetricSourceSpec, request: MeasureRequest, samples: readonly Sample[]): Answers {
  const of = (what: string) => samples.filter(({ labels }) => labels[COUNTED_LABEL] === what);
  const answers = { good: of('good'), total: of('total') };
  refuseUnknownBound(spec, request, answers);
  return answers;
}

/** A histogram always has all its buckets: where all are absent though there are requests, the bound is none of its edges. */
function refuseUnknownBound(spec: MetricSourceSpec, { slo }: MeasureRequest, { good, total }: Answers): void {
  if (slo.kind !== 'latency' || good.length > 0 || total.length === 0) return;
  throw new TerminalError(
    `query source ${spec.name}: histogram ${slo.histogram} has no bucket le="${slo.belowSeconds}": set below to one of its bounds`,
  );
}
