import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { DoctorReport } from '../../src/cli/doctor/report.ts';
import { applyDeclarations, baselinePlan, deployBaseline, prepareHub } from '../../src/cli/seed-world.ts';
import { loadInventory } from '../../src/config/load-inventory.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { type ServedStores, serveStores } from '../../src/sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../../src/sandbox/kubernetes/kubeconfig.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { createWorld, type World } from '../../src/sandbox/world.ts';
import { prometheusForTests, risingCounter } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';

const bin = await prometheusForTests();
const NAMESPACE = 'tidegate-system';
const CLUSTERS = ['eu', 'us'];
const TOKEN = 'secret';
const IMAGE = `registry.example/app@sha256:${'a'.repeat(64)}`;
const TENANTS = [
  ['alder', 'eu'],
  ['birch', 'eu'],
  ['cedar', 'us'],
] as const;

/** Three tenants in two clusters, and two workloads: `unlabelled` is counted without a pod hash. */
function fleetText(prometheus: string): string {
  const documents = [
    [
      'MetricSource',
      'prom',
      `{ url: "${prometheus}", matchers: { cluster: "\${cluster.name}" }, labels: { tenant: tenant_id, revision: { label: pod_hash } } }`,
    ],
    ...CLUSTERS.map((name) => ['Cluster', name, `{ access: { context: ${name} }, metrics: prom }`]),
    ...TENANTS.map(([name, cluster]) => [
      'Tenant',
      name,
      `{ tier: free, placements: [{ cluster: ${cluster}, namespace: ${name} }] }`,
    ]),
    ['Workload', 'labelled', workload('requests_total')],
    ['Workload', 'unlabelled', workload('bare_total')],
    [
      'WavePlan',
      'all',
      `{ waves: [{ name: all, select: { rest: true }, maxConcurrency: 1, steps: [50], bake: { step: 10m, wave: 10m },
        deadline: { target: 1h, wave: 2h }, analysis: { scope: target, minRequests: 1, limit: 1h, window: 5m, interval: 1m },
        onFailure: { rollback: wave } }], rollback: { order: [free], maxConcurrency: 5 } }`,
    ],
  ];
  return documents
    .map(
      ([kind, name, spec]) =>
        `apiVersion: tidegate.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`,
    )
    .join('---\n');
}

function workload(metric: string): string {
  return `{ source: { generate: { replicas: { default: 1 }, ports: [{ name: http, port: 80, targetPort: http }],
      template: { spec: { containers: [{ name: app, image: "${IMAGE}" }] } } } },
    slos: [{ name: availability, good: '${metric}{code="200"}', total: ${metric}, objective: { default: "0.99" } }] }`;
}

describe.skipIf(bin === null)('doctor, over HTTP and with a real Prometheus', () => {
  let folder: string;
  let prometheus: RunningPrometheus;
  let world: World;
  let served: ServedStores;

  const doctor = (...args: readonly string[]): Promise<Said> =>
    say('doctor', ...args, '--kubeconfig', join(folder, 'kubeconfig'), '--context', 'hub');
  const examined = async (...args: readonly string[]) => {
    const said = await doctor(...args, '--output', 'json');
    return { code: said.code, report: lastJson(said.stdout) as DoctorReport };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-doctor-'));
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    await remoteWrite(prometheus.url, seriesNow());
    const clock = createSystemClock();
    const names = ['hub', ...CLUSTERS];
    world = createWorld({ clusters: names, clock });
    world.start();
    served = await serveStores({ clusters: names.map((name) => ({ store: world.store(name), token: TOKEN })) });
    const contexts = names.map((name) => ({ name, url: served.url(name), token: TOKEN }));
    await writeFile(join(folder, 'kubeconfig'), kubeconfigFor(contexts));
    await prepareHub(world.api('hub'), NAMESPACE);
    const file = { path: 'fleet.yaml', text: fleetText(prometheus.url) };
    await applyDeclarations(world.api('hub'), NAMESPACE, [file], (object) => object);
    const inventory = loadInventory([file]);
    for (const one of inventory.workloads) {
      const version = { name: '1', images: { app: IMAGE } };
      const release = { name: 'baseline', workload: one.name, wavePlan: 'all', version, scope: null };
      await deployBaseline(baselinePlan(inventory, release, clock.now()), (cluster) => world.api(cluster));
    }
  });

  afterAll(async () => {
    world.stop();
    await served.close();
    await prometheus.stop();
    await rm(folder, { recursive: true });
  });

  test('what is in order, what is missing, and what to do', async () => {
    await expect.poll(phases, { timeout: 60_000 }).toEqual(Array.from({ length: 6 }, () => 'Healthy'));
    const { code, report } = await examined('--probe', 'default', 'eu');
    expect(code).toBe(50);
    const told = Object.fromEntries(
      report.places.map(({ kind, name, findings }) => [
        kind === 'hub' ? kind : name,
        findings.map(({ level, check, reason }) => `${level} ${check} ${reason}`),
      ]),
    );
    expect(told['hub']).toEqual([
      'ok api server ApiServerAnswers',
      'ok own kinds KindsCurrent',
      'ok rights RightsGranted',
      'warning daemon NoDaemon',
      'ok declarations Declared',
    ]);
    expect(told['eu']).toEqual(expect.arrayContaining(['ok targets TargetsReady', 'ok argo kinds ArgoCurrent']));
    expect(told['eu']!.filter((line) => line.includes(' probe '))).toHaveLength(2);
    expect(told['prom']).toEqual([
      'ok server SourceAnswers',
      'warning slo labelled/availability TenantsWithoutData',
      'error slo unlabelled/availability NoRevisionLabel',
    ]);
    const messages = report.places.flatMap(({ findings }) => findings.map(({ message }) => message));
    expect(messages).toContain('1 of 2 tenants without a request in 5 minutes: birch');
    expect(messages).toContain('none of 1 series carries the label pod_hash');
  });

  test('a cluster and a source that are cut off hold up nobody', async () => {
    served.setAvailable('us', false);
    await prometheus.pause();
    try {
      const { code, stdout } = await doctor();
      expect(code).toBe(50);
      expect(stdout).toMatch(/error +api server +ClusterUnreachable: .*cluster us/);
      expect(stdout).toMatch(/error +server +Unreachable: .*ECONNREFUSED/);
      expect(stdout).toMatch(/ok +targets +4 targets, all there/);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 clusters, 1 metric source: 2 errors, 1 warning');
    } finally {
      served.setAvailable('us', true);
      await prometheus.restart();
    }
  });

  test('a cluster that nobody declared is a wrong argument', async () => {
    const { code, stderr } = await doctor('ue');
    expect(code).toBe(2);
    expect(stderr).toContain('unknown cluster "ue"; did you mean "eu"?');
  });

  async function phases(): Promise<readonly string[]> {
    const lists = await Promise.all(CLUSTERS.map((name) => world.api(name).list(kinds.rollout, { namespace: null })));
    return lists.flatMap(({ items }) => items.map((item) => projectRollout(item).phase));
  }
});

/** Alder and cedar are asked for things, birch is not; the other metric knows alder alone, and no pod hash. */
function seriesNow() {
  const atMs = Math.floor(Date.now() / 10_000) * 10_000;
  const place = { cluster: 'eu', tenant_id: 'alder', code: '200' };
  return [
    risingCounter({ ...place, __name__: 'requests_total', pod_hash: 'a' }, 100, atMs),
    risingCounter(
      { ...place, __name__: 'requests_total', pod_hash: 'a', cluster: 'us', tenant_id: 'cedar' },
      100,
      atMs,
    ),
    risingCounter({ ...place, __name__: 'bare_total' }, 100, atMs),
  ];
}
