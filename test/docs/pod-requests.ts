import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';

/** How the pods of a lab are found. */
export interface PodsOf {
  readonly server: string;
  readonly token: string;
  readonly caPath: string;
  readonly namespaces: readonly string[];
}

/** Served metrics of pods that are asked all the time. */
export interface PodRequests {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/** Requests that a ready pod answers between two looks, a second apart. */
const REQUESTS_A_LOOK = 10;
const LOOK_MS = 1_000;

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Counts requests of every ready pod as its own service would, all of them good: fake pods answer nothing. `pods` is asked once they are wanted. */
export async function servePodRequests(pods: () => PodsOf | null): Promise<PodRequests> {
  const counts = new Map<string, number>();
  const look = async (): Promise<void> => {
    const wanted = pods();
    for (const namespace of wanted?.namespaces ?? [])
      for (const pod of await listPods(wanted!, namespace)) {
        const labels = `namespace="${namespace}",pod="${pod.metadata.name}"`;
        counts.set(labels, (counts.get(labels) ?? 0) + (isReady(pod) ? REQUESTS_A_LOOK : 0));
      }
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => console.error(`counting requests: ${String(error)}`));
  }, LOOK_MS);
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(metricsText(counts));
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

function metricsText(counts: ReadonlyMap<string, number>): string {
  const lines = [...counts].flatMap(([labels, count]) => [
    `http_requests_total{${labels},code="200"} ${count}`,
    `http_requests_total{${labels},code="500"} 0`,
  ]);
  return `${lines.join('\n')}\n`;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

function listPods({ server, token, caPath }: PodsOf, namespace: string): Promise<readonly Pod[]> {
  const options = { ca: readFileSync(caPath), headers: { authorization: `Bearer ${token}` } };
  return new Promise((resolve, reject) => {
    get(`${server}/api/v1/namespaces/${namespace}/pods`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve((JSON.parse(text) as { items?: readonly Pod[] }).items ?? []));
    }).on('error', reject);
  });
}
