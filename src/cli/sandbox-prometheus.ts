import { createServer } from 'node:net';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import { findPrometheus } from '../sandbox/prometheus/find-prometheus.ts';
import { type RunningPrometheus, startPrometheus } from '../sandbox/prometheus/start-prometheus.ts';
import type { MetricsServer } from '../sandbox/traffic/serve-metrics.ts';

/** What Prometheus is to measure, and where it is to listen. */
export interface Scraping {
  readonly metrics: MetricsServer;
  readonly clusters: readonly string[];
  /** `undefined`: PATH, cache, or the distribution. */
  readonly bin: string | undefined;
  /** `null`: any that is free. */
  readonly port: number | null;
  readonly log: (line: string) => void;
}

/** How often the sandbox is scraped. */
const SCRAPE_MS = 1000;

/** Starts a real Prometheus that scrapes every cluster. @throws PrometheusUnavailable when there is none and none can be had */
export async function startScraping(scraping: Scraping): Promise<RunningPrometheus> {
  const { metrics, clusters, port } = scraping;
  const bin = await findPrometheus({ bin: scraping.bin, log: scraping.log });
  return startPrometheus({
    bin,
    scrapeTargets: clusters.map((cluster) => ({ url: metrics.url(cluster), labels: { cluster } })),
    scrapeIntervalMs: SCRAPE_MS,
    ...(port === null ? {} : { port }),
  });
}

/** The port of this machine at which the fleet expects its Prometheus; `null` when it expects it elsewhere, or the port is taken. */
export async function freeDeclaredPort(
  sources: readonly MetricSourceSpec[],
  log: (line: string) => void,
): Promise<number | null> {
  const url = sources.map((source) => new URL(source.url)).find(({ hostname }) => LOOPBACK.has(hostname));
  if (url === undefined || url.port === '') return null;
  const port = Number(url.port);
  if (await isFree(port)) return port;
  log(`port ${port} is taken: Prometheus listens elsewhere, and the MetricSource in the hub differs from its file`);
  return null;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
