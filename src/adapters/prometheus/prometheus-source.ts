import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import pLimit from 'p-limit';
import { ambiguousTenant } from '../../analysis/promql.ts';
import { TerminalError } from '../../domain/errors.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/time.ts';
import type { MetricSource, WantedRow } from '../../ports/metric-source.ts';
import { skewToleranceMs } from './clock-skew.ts';
import { type Connection, instantQuery } from './instant-query.ts';
import { type Ask, measureChunk } from './measure-chunk.ts';
import { openAccess, type PrometheusAccess } from './prometheus-access.ts';

/** Rows of one query; about this many keep a server's memory flat. */
const ROWS_PER_QUERY = 500;

/** Queries that one source answers at the same time. */
const CONCURRENT_QUERIES = 4;

/** Bounds of a source. */
export interface PrometheusOptions {
  /** How long one query may take. @default 10 000 */
  readonly deadlineMs?: number;
  /** Our clock; with it, answers of a server whose clock is too far from it are refused. @default not compared */
  readonly now?: () => Instant;
}

/** A MetricSource over a Prometheus-compatible server. Connections are kept between rounds; nothing needs closing. */
export function createPrometheusSource(
  spec: MetricSourceSpec,
  access: PrometheusAccess = openAccess,
  options: PrometheusOptions = {},
): MetricSource {
  const connection = connectPrometheus(spec, access, options);
  const limit = pLimit(CONCURRENT_QUERIES);
  return {
    name: spec.name,
    measure: async (request, signal) => {
      const wanted = uniqueRows(request.rows);
      refuseAmbiguous(spec, wanted);
      // The first query that fails makes the round fail: the others are not waited for.
      const round = new AbortController();
      const either = AbortSignal.any([signal, round.signal]);
      const ask: Ask = (promql) =>
        limit(() => instantQuery(connection, { promql, at: request.at, what: `query source ${spec.name}` }, either));
      try {
        const parts = await Promise.all(chunks(wanted).map((chunk) => measureChunk(spec, request, chunk, ask)));
        return parts.flat();
      } finally {
        round.abort();
      }
    },
  };
}

/** How the server of a source is reached. */
export function connectPrometheus(
  spec: MetricSourceSpec,
  access: PrometheusAccess,
  options: PrometheusOptions,
): Connection {
  const { authorization, tls } = access;
  const headers = authorization === null ? spec.headers : { ...spec.headers, Authorization: authorization };
  const identity = {
    ...(tls?.ca ? { ca: tls.ca } : {}),
    ...(tls?.certificate ? { cert: tls.certificate } : {}),
    ...(tls?.key ? { key: tls.key } : {}),
  };
  return {
    url: spec.url,
    headers,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, ...identity }),
    deadlineMs: options.deadlineMs ?? 10_000,
    clock: options.now === undefined ? null : { now: options.now, toleranceMs: skewToleranceMs(spec) },
  };
}

function refuseAmbiguous(spec: MetricSourceSpec, rows: readonly WantedRow[]): void {
  const found = ambiguousTenant(spec, rows);
  if (found === null) return;
  throw new TerminalError(
    `query source ${spec.name}: tenant ${found.tenantId} is in clusters ${found.clusters.join(' and ')}, which its series do not tell apart: add a matcher with \${cluster.name} to the source`,
  );
}

/** Each row once, by cluster, so that a query names few clusters. */
function uniqueRows(rows: readonly WantedRow[]): readonly WantedRow[] {
  const unique = new Map(rows.map((row) => [JSON.stringify([row.cluster, row.tenantId]), row]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function chunks(rows: readonly WantedRow[]): readonly (readonly WantedRow[])[] {
  const count = Math.ceil(rows.length / ROWS_PER_QUERY);
  return Array.from({ length: count }, (_, i) => rows.slice(i * ROWS_PER_QUERY, (i + 1) * ROWS_PER_QUERY));
}
