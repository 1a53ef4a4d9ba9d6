import { createPrometheusSource } from '../../../src/adapters/prometheus/prometheus-source.ts';
import type { MeasuredSlo } from '../../../src/domain/plan.ts';
import { type Instant, instant } from '../../../src/domain/time.ts';
import type { MeasureRequest, MetricSource, WantedRow } from '../../../src/ports/metric-source.ts';
import { startPrometheus } from '../../../src/sandbox/prometheus/start-prometheus.ts';
import { risingCounter, sourceSpec } from '../../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../../contract/metric-source/remote-write.ts';
import { fleetName } from './fleet-name.ts';

/** A real Prometheus that knows ten minutes of many tenants, each with a stable and a new revision. */
export interface ManyTenants {
  readonly source: MetricSource;
  /** What a round asks: one question an SLO, all tenants together. */
  readonly rounds: readonly MeasureRequest[];
  stop(): Promise<void>;
}

const SCRAPE_MS = 10_000;
const WINDOW_MS = 120_000;
const PER_WINDOW = 1200;
const TENANTS_PER_WRITE = 50;
const CLUSTER = 'eu-1';
const BOUNDS = ['0.1', '0.3', '0.5', '1', '+Inf'];

const slos: readonly MeasuredSlo[] = [
  { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' },
  { kind: 'ratio', good: 'requests_total{code!~"4.."}', total: 'requests_total' },
  { kind: 'latency', histogram: 'request_seconds', belowSeconds: 0.3 },
  { kind: 'latency', histogram: 'request_seconds', belowSeconds: 1 },
];

/** Starts it and writes the history. */
export async function createManyTenants(bin: string, count: number): Promise<ManyTenants> {
  const prometheus = await startPrometheus({ bin, scrapeTargets: [], scrapeIntervalMs: SCRAPE_MS });
  const at = instant(Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS);
  const tenantIds = Array.from({ length: count }, (_, index) => fleetName('t', index));
  for (let from = 0; from < count; from += TENANTS_PER_WRITE) {
    const written = tenantIds.slice(from, from + TENANTS_PER_WRITE).flatMap((tenantId) => seriesOf(tenantId, at));
    await remoteWrite(prometheus.url, written);
  }
  const rows: readonly WantedRow[] = tenantIds.map((tenantId) => ({ cluster: CLUSTER, tenantId }));
  return {
    source: createPrometheusSource(sourceSpec(prometheus.url)),
    rounds: slos.map((slo) => ({ slo, windowMs: WINDOW_MS, at, rows })),
    stop: () => prometheus.stop(),
  };
}

function seriesOf(tenantId: string, at: Instant) {
  return ['stable1', 'canary1'].flatMap((revision) => {
    const labels = { cluster: CLUSTER, env: 'test', tenant_id: tenantId, pod_hash: revision };
    const series = (name: string, perWindow: number, more: Readonly<Record<string, string>>) =>
      risingCounter({ __name__: name, ...labels, ...more }, perWindow, at);
    return [
      ...['200', '404', '503'].map((code) => series('requests_total', PER_WINDOW / 3, { code })),
      ...BOUNDS.map((le, index) =>
        series('request_seconds_bucket', (PER_WINDOW * (index + 1)) / BOUNDS.length, { le }),
      ),
      series('request_seconds_count', PER_WINDOW, {}),
    ];
  });
}
