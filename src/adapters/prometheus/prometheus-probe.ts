import { seriesQueries } from '../../analysis/series-queries.ts';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import { instant } from '../../domain/time.ts';
import type { MetricSourceProbe } from '../../ports/metric-source.ts';
import { instantQuery } from './instant-query.ts';
import { openAccess, type PrometheusAccess } from './prometheus-access.ts';
import { connectPrometheus, type PrometheusOptions } from './prometheus-source.ts';

/** A MetricSourceProbe over a Prometheus-compatible server: a handful of small instant queries, as of its own clock. */
export function createPrometheusProbe(
  spec: MetricSourceSpec,
  access: PrometheusAccess = openAccess,
  options: PrometheusOptions = {},
): MetricSourceProbe {
  const connection = connectPrometheus(spec, access, options);
  const what = `query source ${spec.name}`;
  /** The only number of an answer; `null` for an empty one. */
  const ask = async (promql: string, signal: AbortSignal): Promise<number | null> => {
    const samples = await instantQuery(connection, { promql, at: null, what }, signal);
    return samples[0]?.value ?? null;
  };
  return {
    name: spec.name,
    async serverTime(signal) {
      const seconds = await ask('vector(time())', signal);
      if (seconds === null) throw new TransientError(`${what}: it does not tell its time`);
      return instant(Math.round(seconds * 1000));
    },
    async countSeries(slo, clusters, signal) {
      const queries = seriesQueries(slo, spec, clusters);
      if (queries.kind === 'problem') throw new TerminalError(`${what}: ${queries.message}`);
      const asked = [queries.all, queries.withTenant, queries.withRevision ?? queries.all];
      const [all, withTenant, withRevision] = await Promise.all(asked.map((promql) => ask(promql, signal)));
      return { all: all ?? 0, withTenant: withTenant ?? 0, withRevision: withRevision ?? 0 };
    },
  };
}
