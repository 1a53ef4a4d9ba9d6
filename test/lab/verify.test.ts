import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { startScraping } from '../../src/cli/sandbox-prometheus.ts';
import { type Ended, runCli } from '../e2e/cli-process.ts';
import { lastJson } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { declarations, IMAGE, rollout, serveCustomers } from './verify/customers.ts';

const lab = inject('lab');
const FOR_SECONDS = 8;

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
