import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsText } from './exposition.ts';
import type { Traffic } from './traffic.ts';

/** The metrics over HTTP on loopback. */
export interface MetricsServer {
  /** What Prometheus scrapes for a cluster; `null` is all clusters in one. */
  url(cluster: string | null): string;
  close(): Promise<void>;
}

/** Serves `/metrics` and `/metrics?cluster=NAME`. @param port 0 takes any that is free */
export async function serveMetrics(traffic: Traffic, port = 0): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method !== 'GET' || url.pathname !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(metricsText(traffic, url.searchParams.get('cluster')));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  return {
    url: (cluster) => (cluster === null ? base : `${base}?cluster=${encodeURIComponent(cluster)}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
