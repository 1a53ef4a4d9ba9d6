import pLimit from 'p-limit';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { PlainQueries } from '../../ports/plain-queries.ts';
import { instantQuery } from './instant-query.ts';
import { openAccess, type PrometheusAccess } from './prometheus-access.ts';
import { connectPrometheus, type PrometheusOptions } from './prometheus-source.ts';

/** Queries that one source answers at the same time: it has others to serve. */
const CONCURRENT_QUERIES = 4;

/** PlainQueries to a Prometheus-compatible server. Nothing is added to a query. */
export function createPlainQueries(
  spec: MetricSourceSpec,
  access: PrometheusAccess = openAccess,
  options: PrometheusOptions = {},
): PlainQueries {
  const connection = connectPrometheus(spec, access, options);
  const limit = pLimit(CONCURRENT_QUERIES);
  return {
    name: spec.name,
    ask: (promql, at, signal) =>
      limit(() => instantQuery(connection, { promql, at, what: `query source ${spec.name}` }, signal)),
  };
}
