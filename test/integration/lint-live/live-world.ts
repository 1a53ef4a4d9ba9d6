import { risingCounter } from '../../contract/metric-source/prometheus-world.ts';
import type { WrittenSeries } from '../../contract/metric-source/remote-write.ts';

const IMAGE = `registry.example/app@sha256:${'a'.repeat(64)}`;
const SCRAPE_MS = 10_000;
const TENANTS = [
  ['alder', 'eu'],
  ['birch', 'eu'],
  ['cedar', 'us'],
] as const;

/** One SLO or analysis of a workload, as it stands in its file. */
export type Written = Readonly<Record<string, unknown>>;

/** A ratio SLO. */
export function ratio(name: string, good: string, total: string): Written {
  return { name, good, total, objective: { default: '0.99' } };
}

/** An analysis of one metric; `{{args.t}}` is the tenant and `{{args.hash}}` the new version. */
export function analysis(name: string, query: string, metric: Written = {}): Written {
  return {
    name,
    template: {
      args: [{ name: 't' }, { name: 'hash' }],
      metrics: [{ name: 'm', count: 1, ...metric, provider: { prometheus: { query } } }],
    },
    args: [
      { name: 't', value: '${tenant.id}' },
      { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
    ],
  };
}

/** Three tenants in two clusters, one workload with these gates, each on a line of its own. */
export function fleetFile(slos: readonly Written[], analyses: readonly Written[], url = 'http://127.0.0.1:1'): string {
  const workload = {
    source: {
      generate: {
        replicas: { default: 1 },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
        template: { spec: { containers: [{ name: 'app', image: IMAGE }] } },
      },
    },
  };
  const lines = (name: string, items: readonly Written[]) =>
    items.length === 0 ? '' : `\n  ${name}:\n${items.map((item) => `  - ${JSON.stringify(item)}`).join('\n')}`;
  const source = {
    url,
    matchers: { cluster: '${cluster.name}' },
    labels: { tenant: 'tenant_id', revision: { label: 'pod_hash' } },
    scrapeInterval: '10s',
  };
  const wave = {
    name: 'all',
    select: { rest: true },
    maxConcurrency: 1,
    steps: [50],
    bake: { step: '10m', wave: '10m' },
    deadline: { target: '1h', wave: '2h' },
    analysis: { scope: 'target', minRequests: 1, limit: '1h', window: '1m', interval: '1m' },
    onFailure: { rollback: 'wave' },
  };
  const documents = [
    document('MetricSource', 'prom', `spec: ${JSON.stringify(source)}`),
    ...['eu', 'us'].map((name) => document('Cluster', name, `spec: { access: { context: ${name} }, metrics: prom }`)),
    ...TENANTS.map(([name, cluster]) =>
      document('Tenant', name, `spec: { tier: free, placements: [{ cluster: ${cluster}, namespace: ${name} }] }`),
    ),
    document(
      'Workload',
      'shop',
      `spec:\n  source: ${JSON.stringify(workload.source)}${lines('slos', slos)}${lines('analyses', analyses)}`,
    ),
    document(
      'WavePlan',
      'all',
      `spec: ${JSON.stringify({ waves: [wave], rollback: { order: ['free'], maxConcurrency: 5 } })}`,
    ),
  ];
  return documents.join('---\n');
}

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: tidegate.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n${spec}\n`;
}

/** Ten minutes of what pods of all three tenants would have told. */
export function liveSeries(atMs: number): readonly WrittenSeries[] {
  return TENANTS.flatMap(([tenant, cluster]) => {
    const labels = (name: string, more: Readonly<Record<string, string>> = {}) => ({
      __name__: name,
      cluster,
      tenant_id: tenant,
      pod_hash: 'abc12',
      ...more,
    });
    const { pod_hash: _, ...bare } = labels('bare_total', { code: '200' });
    return [
      risingCounter(labels('requests_total', { code: '200' }), 1200, atMs),
      risingCounter(labels('requests_total', { code: '500' }), 4, atMs),
      risingCounter(labels('more_total'), 2400, atMs),
      ...(tenant === 'alder' ? [risingCounter(labels('quiet_total', { code: '200' }), 600, atMs)] : []),
      risingCounter(bare, 600, atMs),
      risingCounter(labels('seconds_count'), 600, atMs),
      ...['0.1', '0.5', '+Inf'].map((le) => risingCounter(labels('seconds_bucket', { le }), 500, atMs)),
      { labels: labels('gauge_total', { code: '200' }), samples: samples(atMs, SCRAPE_MS, (i) => 10 + (i % 2) * 5) },
      { labels: labels('young_total', { code: '200' }), samples: samples(atMs, SCRAPE_MS, (i) => i * 100).slice(-6) },
      { labels: labels('slow_total', { code: '200' }), samples: samples(atMs, 60_000, (i) => i * 600) },
    ];
  });
}

function samples(atMs: number, everyMs: number, valueOf: (index: number) => number) {
  const count = 600_000 / everyMs;
  return Array.from({ length: count + 1 }, (_, index) => ({
    atMs: atMs - (count - index) * everyMs,
    value: valueOf(index),
  }));
}
