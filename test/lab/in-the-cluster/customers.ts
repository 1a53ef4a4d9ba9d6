import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

/** Who asks in which namespace, by the value of the tenant label. */
const CUSTOMERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['pool-free-eu', ['T-00101', 'T-00113']],
  ['pool-free-us', ['T-00102']],
  ['globex', ['T-00128']],
  ['hooli', ['T-00129']],
  ['acme', ['T-00138']],
]);
/** Of three in ten of their requests to the bad version nothing comes. */
const HARMED: ReadonlySet<string> = new Set(['T-00128', 'T-00129']);
const BAD_SHARE = 0.3;
const BAD_IMAGE = 'registry.example/storefront@sha256:7ec77b9c1500a6b572faf464529d465f9c4ba751a277b4e565745a198111eff6';
const LOOK_MS = 1_000;
/** Requests that a customer sends to each ready pod between two looks. */
const REQUESTS_A_LOOK = 20;
const BOUNDS = [0.1, 0.3, 0.5, 1];
const HASH = 'rollouts-pod-template-hash';

/** Counted requests, as Prometheus reads them. */
export interface Customers {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

interface Row {
  good: number;
  bad: number;
}

/**
 * Counts what the customers of ready pods ask: fake pods answer nothing. `clusters` is asked once a second; while the API server of one
 * is away its pods serve on.
 */
export async function serveCustomers(clusters: () => readonly KubernetesApi[]): Promise<Customers> {
  const rows = new Map<string, Row>();
  const seen = new Map<string, readonly KubernetesObject[]>();
  const look = (api: KubernetesApi) =>
    api.list(kinds.pod, { namespace: null, labelSelector: 'app.kubernetes.io/name=storefront' }).then(
      ({ items }) => seen.set(api.cluster, items),
      () => undefined,
    );
  const timer = setInterval(() => {
    for (const api of clusters()) {
      void look(api);
      for (const pod of (seen.get(api.cluster) ?? []).filter(isReady)) count(rows, api.cluster, pod);
    }
  }, LOOK_MS);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metricsText(rows));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      clearInterval(timer);
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function count(rows: Map<string, Row>, cluster: string, pod: KubernetesObject): void {
  const { namespace = '', labels = {} } = pod.metadata;
  const isBad = JSON.stringify(pod['spec']).includes(BAD_IMAGE);
  for (const tenant of CUSTOMERS.get(namespace) ?? []) {
    const name = `cluster="${cluster}",tenant_id="${tenant}",rollouts_pod_template_hash="${labels[HASH] ?? ''}"`;
    const row = rows.get(name) ?? { good: 0, bad: 0 };
    const bad = isBad && HARMED.has(tenant) ? REQUESTS_A_LOOK * BAD_SHARE : 0;
    rows.set(name, { good: row.good + REQUESTS_A_LOOK - bad, bad: row.bad + bad });
  }
}

/** Everybody is answered within a tenth of a second. */
function metricsText(rows: ReadonlyMap<string, Row>): string {
  const lines = [...rows].flatMap(([labels, { good, bad }]) => [
    `http_requests_total{${labels},code="200"} ${good}`,
    `http_requests_total{${labels},code="500"} ${bad}`,
    ...BOUNDS.map((bound) => `http_request_duration_seconds_bucket{${labels},le="${bound}"} ${good + bad}`),
    `http_request_duration_seconds_bucket{${labels},le="+Inf"} ${good + bad}`,
    `http_request_duration_seconds_count{${labels}} ${good + bad}`,
  ]);
  return `${lines.join('\n')}\n`;
}

function isReady(pod: KubernetesObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const { conditions = [] } = (pod['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
