import { createPrometheusSource } from '../../../src/adapters/prometheus/prometheus-source.ts';
import type { MetricSourceSpec } from '../../../src/domain/fleet.ts';
import { instant } from '../../../src/domain/time.ts';
import { findPrometheus } from '../../../src/sandbox/prometheus/find-prometheus.ts';
import { PrometheusUnavailable } from '../../../src/sandbox/prometheus/prometheus-unavailable.ts';
import { startPrometheus } from '../../../src/sandbox/prometheus/start-prometheus.ts';
import { remoteWrite, type WrittenSeries } from './remote-write.ts';
import type { MetricWorld, Served } from './suite.ts';

const WINDOW_MS = 120_000;
const SCRAPE_MS = 10_000;
const HISTORY_MS = 600_000;

/** The binary for tests; `null`, and a line that says why, where there is none. */
export async function prometheusForTests(): Promise<string | null> {
  try {
    return await findPrometheus({ log: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (!(error instanceof PrometheusUnavailable)) throw error;
    process.stderr.write(`tests with a real Prometheus are skipped: ${error.message}\n`);
    return null;
  }
}

/** A source whose series carry cluster, tenant and pod hash. */
export function sourceSpec(url: string, part: Partial<MetricSourceSpec> = {}): MetricSourceSpec {
  return {
    name: 'prom-test',
    url,
    auth: { kind: 'none' },
    headers: {},
    matchers: { cluster: '${cluster.name}', env: 'test' },
    tenantLabel: 'tenant_id',
    revision: { kind: 'label', label: 'pod_hash' },
    scrapeIntervalMs: SCRAPE_MS,
    ...part,
  };
}

/** A counter that has risen evenly for ten minutes, by `perWindow` in each window. */
export function risingCounter(
  labels: Readonly<Record<string, string>>,
  perWindow: number,
  atMs: number,
): WrittenSeries {
  const count = HISTORY_MS / SCRAPE_MS;
  const samples = Array.from({ length: count + 1 }, (_, i) => ({
    atMs: atMs - (count - i) * SCRAPE_MS,
    value: (i * perWindow * SCRAPE_MS) / WINDOW_MS,
  }));
  return { labels, samples };
}

/** A real Prometheus, filled by remote write. */
export async function makePrometheusWorld(bin: string): Promise<MetricWorld> {
  const prometheus = await startPrometheus({ bin, scrapeTargets: [], scrapeIntervalMs: SCRAPE_MS });
  const atMs = Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS;
  return {
    source: createPrometheusSource(sourceSpec(prometheus.url)),
    at: instant(atMs),
    windowMs: WINDOW_MS,
    availability: { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' },
    latency: { kind: 'latency', histogram: 'request_seconds', belowSeconds: 0.5 },
    serve: (served) =>
      remoteWrite(
        prometheus.url,
        served.flatMap((one) => seriesOf(one, atMs)),
      ),
    interrupt: () => prometheus.pause(),
    resume: () => prometheus.restart(),
    stop: () => prometheus.stop(),
  };
}

function seriesOf(
  { cluster, tenantId, revision, total, failed, slow }: Served,
  atMs: number,
): readonly WrittenSeries[] {
  const labels = { cluster, tenant_id: tenantId, pod_hash: revision, env: 'test' };
  const counter = (name: string, perWindow: number, more: Readonly<Record<string, string>>) =>
    risingCounter({ __name__: name, ...labels, ...more }, perWindow, atMs);
  return [
    // A label set is born with its first event, as clients do it.
    ...(failed < total ? [counter('requests_total', total - failed, { code: '200' })] : []),
    ...(failed > 0 ? [counter('requests_total', failed, { code: '503' })] : []),
    counter('request_seconds_bucket', total - slow, { le: '0.5' }),
    counter('request_seconds_bucket', total, { le: '+Inf' }),
    counter('request_seconds_count', total, {}),
  ];
}
