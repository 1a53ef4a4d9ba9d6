import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kinds } from '../../../src/ports/kinds.ts';
import type { ConnectedLab } from '../connected-lab.ts';

/** A pod does not run here: who asks it is counted by the image and the pod hash that its Rollout shows. */
const TICK_MS = 200;
const REQUESTS_A_TICK = 10;
/** The version that is there first, one that serves as well, and one that fails its customers. */
export const IMAGE = { first: image('1'), good: image('2'), bad: image('3') };

function image(digit: string): string {
  return `registry.example/storefront@sha256:${digit.repeat(64)}`;
}

/** Counts a second's customers in proportion to what the Rollout shows: those of the bad image fail three times in ten. */
export async function serveCustomers({ api }: ConnectedLab, namespace: string) {
  const counts = new Map<string, { good: number; bad: number }>();
  const ask = async () => {
    const seen = await api.get({ kind: kinds.rollout, namespace, name: 'storefront' });
    const status = (seen?.['status'] ?? {}) as { readonly currentPodHash?: string; readonly stableRS?: string };
    const hash = status.currentPodHash;
    if (hash === undefined || status.stableRS !== hash) return;
    const isBad = JSON.stringify(seen!['spec']).includes(IMAGE.bad);
    const row = counts.get(hash) ?? { good: 0, bad: 0 };
    const bad = isBad ? REQUESTS_A_TICK * 0.3 : 0;
    counts.set(hash, { good: row.good + REQUESTS_A_TICK - bad, bad: row.bad + bad });
  };
  const ticking = setInterval(() => void ask().catch(() => undefined), TICK_MS);
  const server: Server = createServer((_, response) => {
    const lines = [...counts].flatMap(([hash, { good, bad }]) => {
      const labels = `tenant_id="globex",rollouts_pod_template_hash="${hash}"`;
      return [`http_requests_total{${labels},code="200"} ${good}`, `http_requests_total{${labels},code="500"} ${bad}`];
    });
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    async close() {
      clearInterval(ticking);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What is deployed. */
export function rollout(namespace: string): object {
  const labels = { app: 'storefront' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'storefront', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      strategy: { canary: {} },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: IMAGE.first }] } },
    },
  };
}

/** The fleet of one tenant, as JSON that YAML readers take. */
export function declarations(prometheusUrl: string, namespace: string): string {
  const documents = [
    {
      kind: 'MetricSource',
      metadata: { name: 'prometheus' },
      spec: {
        url: prometheusUrl,
        scrapeInterval: '1s',
        matchers: { cluster: '${cluster.name}' },
        labels: { tenant: 'tenant_id', revision: { label: 'rollouts_pod_template_hash' } },
      },
    },
    { kind: 'Cluster', metadata: { name: 'lab' }, spec: { access: { context: 'lab' }, metrics: 'prometheus' } },
    {
      kind: 'Tenant',
      metadata: { name: 'globex' },
      spec: { tier: 'business', placements: [{ cluster: 'lab', namespace }] },
    },
    {
      kind: 'Workload',
      metadata: { name: 'storefront' },
      spec: {
        source: { existing: { rollout: 'storefront', containers: { app: 'app' } } },
        slos: [
          {
            name: 'availability',
            good: 'http_requests_total{code!~"5.."}',
            total: 'http_requests_total',
            objective: { default: '0.99' },
          },
        ],
      },
    },
  ];
  const versioned = documents.map((one) => JSON.stringify({ apiVersion: 'tidegate.dev/v1alpha1', ...one }));
  return versioned.join('\n---\n');
}
