import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { startScraping } from '../../src/cli/sandbox-prometheus.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type Ended, runCli } from '../e2e/cli-process.ts';
import { lastJson } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';

const lab = inject('lab');
const FOR_SECONDS = 8;
/** A pod does not run here: who asks it is counted by the image and the pod hash that its Rollout shows. */
const TICK_MS = 200;
const REQUESTS_A_TICK = 10;
const IMAGE = { first: image('1'), good: image('2'), bad: image('3') };

function image(digit: string): string {
  return `registry.example/storefront@sha256:${digit.repeat(64)}`;
}

describe.skipIf(lab === null)('verify after a deploy by the real kubectl', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let folder = '';
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('verify');
    folder = await mkdtemp(join(tmpdir(), 'tidegate-verify-lab-'));
    const customers = await serveCustomers(connected, namespace);
    stops.push(() => customers.close());
    const metrics = { url: () => customers.url, close: () => customers.close() };
    const prometheus = await startScraping({ metrics, clusters: ['lab'], bin: undefined, port: null, log: () => {} });
    stops.push(() => prometheus.stop());
    await writeFile(join(folder, 'fleet.yaml'), declarations(prometheus.url, namespace));
    await run(['apply', '-f', '-'], rollout(namespace));
  });

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
    await connected.api.close();
  });

  const run = (parameters: readonly string[], input?: object) =>
    kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['-n', namespace, ...parameters], input);

  async function deploy(to: string): Promise<void> {
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: to }];
    await run(['patch', 'rollout', 'storefront', '--type=json', '-p', JSON.stringify(patch)]);
  }

  async function untilHealthy(wanted: string): Promise<void> {
    const seen = [
      'get',
      'rollout',
      'storefront',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image} {.status.phase} {.status.stableRS} {.status.currentPodHash}',
    ];
    await expect
      .poll(async () => (await run(seen)).split(' '), { timeout: 60_000, interval: 500 })
      .toSatisfy(
        ([at, phase, stable, current]: string[]) => at === wanted && phase === 'Healthy' && stable === current,
      );
  }

  /** A step of a CI job: declarations from files, the cluster by a kubeconfig. */
  function verify(...args: readonly string[]): Promise<Ended> {
    const access = ['--kubeconfig', lab!.kubeconfigPath, '--context', 'lab'];
    const what = ['-f', folder, '--workload', 'storefront', '--all', '--min-requests', '50'];
    return runCli(['verify', ...what, ...access, '-o', 'json', ...args]);
  }

  test('a good one: exit code 0, within ten seconds beyond its time', async () => {
    await untilHealthy(IMAGE.first);
    await deploy(IMAGE.good);
    await untilHealthy(IMAGE.good);
    const startedAt = performance.now();
    const ended = await verify('--for', `${FOR_SECONDS}s`);
    const tookMs = performance.now() - startedAt;
    expect(ended.code, ended.stderr).toBe(0);
    expect(tookMs).toBeLessThan((FOR_SECONDS + 10) * 1000);
    expect(lastJson(ended.stdout)).toMatchObject({
      verdict: 'pass',
      targets: [{ image: IMAGE.good, changedTo: null }],
    });
  });

  test('a bad one, asked for at once: exit code 35 after it has settled, before its time is over', async () => {
    await deploy(IMAGE.bad);
    const startedAt = performance.now();
    const ended = await verify('--for', '2m');
    expect(ended.code, ended.stderr).toBe(35);
    expect(performance.now() - startedAt).toBeLessThan(120_000);
    const answer = lastJson(ended.stdout);
    expect(answer).toMatchObject({ verdict: 'fail', targets: [{ image: IMAGE.bad }], results: [{ tenant: 'globex' }] });
  });
});

/** Counts a second's customers in proportion to what the Rollout shows: those of the bad image fail three times in ten. */
async function serveCustomers({ api }: ConnectedLab, namespace: string) {
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

function rollout(namespace: string): object {
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

function declarations(prometheusUrl: string, namespace: string): string {
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
