import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { instant } from '../../src/domain/time.ts';
import { queryPrometheus } from '../../src/sandbox/argo/query-prometheus.ts';
import { createVirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';
import { serveMetrics } from '../../src/sandbox/traffic/serve-metrics.ts';
import { createTraffic } from '../../src/sandbox/traffic/traffic.ts';

describe('metrics over HTTP', () => {
  it('are served by cluster, in the format Prometheus reads', async () => {
    const traffic = createTraffic({ tenants: [], requestsPerSecond: {}, versions: {} }, createVirtualClock());
    const server = await serveMetrics(traffic);
    try {
      const response = await fetch(server.url('shared eu'));
      expect(server.url('shared eu')).toMatch(/\/metrics\?cluster=shared%20eu$/);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(await response.text()).toContain('# TYPE http_request_duration_seconds histogram\n');
      const elsewhere = await fetch(server.url(null).replace('/metrics', '/'));
      expect(elsewhere.status).toBe(404);
    } finally {
      await server.close();
    }
  });
});

describe('a query of the cluster’s own guard', () => {
  /** A Prometheus that gives one answer, whatever it is asked. */
  async function answering(answer: unknown) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
      request.on('end', () => response.end(JSON.stringify(answer)));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { address, asked, close };
  }

  const sample = (text: string) => ({ metric: {}, value: [0, text] });

  it.each([
    ['a vector in its order', { resultType: 'vector', result: [sample('0.5'), sample('+Inf')] }, [0.5, Infinity]],
    ['an empty vector', { resultType: 'vector', result: [] }, []],
    ['not a number', { resultType: 'vector', result: [sample('NaN')] }, [Number.NaN]],
    ['a scalar', { resultType: 'scalar', result: [0, '-Inf'] }, [-Infinity]],
  ])('reads %s', async (_, data, values) => {
    const prometheus = await answering({ status: 'success', data });
    try {
      expect(await queryPrometheus(prometheus.address, 'up', instant(1500))).toEqual(values);
      expect(prometheus.asked).toEqual(['query=up&time=1.5']);
    } finally {
      prometheus.close();
    }
  });

  it.each([
    ['a refusal', { status: 'error', error: 'parse error' }, 'query prometheus: parse error'],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, 'metric type not supported'],
  ])('rejects with %s', async (_, answer, message) => {
    const prometheus = await answering(answer);
    try {
      await expect(queryPrometheus(prometheus.address, 'up', instant(0))).rejects.toThrow(message);
    } finally {
      prometheus.close();
    }
  });
});
