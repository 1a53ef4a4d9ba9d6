import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { createMetricSet } from '../../src/api/metrics/metric-set.ts';
import type { Readiness } from '../../src/api/readiness.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { findPrometheus } from '../../src/sandbox/prometheus/find-prometheus.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { type CliProcess, runCli, startCli } from './cli-process.ts';

const NAMESPACE = 'tidegate-system';
const LIMIT_MS = 240_000;
const folder = new URL('small/', import.meta.url).pathname;
const bin = await findPrometheus({ log: () => undefined });
const promtool = join(dirname(bin), 'promtool');

let dir: string;
let sandbox: SandboxWorld;
let env: Readonly<Record<string, string>>;
let leader: CliProcess;
let leaderUrl: string;
let scraper: RunningPrometheus;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidegate-operations-'));
  sandbox = await startSandboxWorld({
    files: [folder],
    trafficFile: join(folder, 'sandbox.traffic'),
    namespace: NAMESPACE,
    baseline: null,
    prometheus: { bin },
    portBase: null,
    dir,
    log: () => undefined,
  });
  env = { KUBECONFIG: sandbox.kubeconfigPath };
  leader = startDaemon('one');
  leaderUrl = await urlOf(leader);
  await leader.until('stderr', '"msg":"leads"');
  scraper = await startPrometheus({
    bin,
    scrapeTargets: [{ url: `${leaderUrl}/metrics`, labels: {} }],
    scrapeIntervalMs: 1000,
  });
});

afterAll(async () => {
  leader?.child.kill('SIGKILL');
  await scraper?.stop();
  await sandbox?.stop();
  await rm(dir, { recursive: true, force: true });
});

function startDaemon(identity: string): CliProcess {
  return startCli(['daemon', '--identity', identity, '--lease-duration', '6s', '--listen', '127.0.0.1:0'], env);
}

/** The same, told by a file and the environment. */
async function startConfiguredDaemon(identity: string): Promise<CliProcess> {
  const file = join(dir, 'daemon.yaml');
  await writeFile(file, 'identity: overruled\nleaseDuration: 6s\nlisten: 127.0.0.1:0\n');
  return startCli(['daemon'], { ...env, TIDEGATE_CONFIG: file, TIDEGATE_IDENTITY: identity });
}

/** The port that it took is in its first line. */
async function urlOf(daemon: CliProcess): Promise<string> {
  const said = await daemon.until('stderr', '"msg":"daemon starts"');
  return (JSON.parse(said.split('\n')[0]!) as { readonly listens: string }).listens;
}

async function ready(url: string): Promise<{ readonly status: number; readonly body: Readiness }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Readiness };
}

/** Looks until it is so. */
async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const endsAt = Date.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > endsAt) throw new Error(`it never came to that: ${JSON.stringify(seen)}`);
    await sandbox.clock.sleep(50);
  }
}

async function createRelease(version: string): Promise<string> {
  const [file] = await readFiles([join(folder, `release-${version}.yaml`)]);
  const release = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
  const placed = { ...release, metadata: { ...release.metadata, namespace: NAMESPACE } };
  await sandbox.hubApi.create(placed, kinds.release, { fieldManager: 'kubectl' });
  return release.metadata.name;
}

async function phaseOf(name: string): Promise<string> {
  const object = await sandbox.hubApi.get({ kind: kinds.release, namespace: NAMESPACE, name });
  return (object?.['status'] as { readonly phase?: string } | undefined)?.phase ?? 'NotSeen';
}

async function holder(): Promise<string> {
  const object = await sandbox.hubApi.get({ kind: kinds.lease, namespace: NAMESPACE, name: 'tidegate' });
  return (object?.['spec'] as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? '';
}

/** The highest, or the lowest, value that Prometheus has seen of a series; `null` when it has seen none. */
async function extreme(which: 'max' | 'min', series: string): Promise<number | null> {
  const query = encodeURIComponent(`${which}(${which}_over_time(${series}[10m]))`);
  const answer = await fetch(`${scraper.url}/api/v1/query?query=${query}`);
  const { data } = (await answer.json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  const [first] = data.result;
  return first === undefined ? null : Number(first.value[1]);
}

describe('a daemon that leads', () => {
  it('is ready, and says that it leads', async () => {
    expect(
      await until(
        () => ready(leaderUrl),
        ({ status }) => status === 200,
      ),
    ).toEqual({
      status: 200,
      body: { ready: true, leadership: { kind: 'leading', epoch: 1 }, notFresh: [] },
    });
    expect(await (await fetch(`${leaderUrl}/healthz`)).json()).toEqual({ status: 'ok' });
  });

  it('is not ready while a source or a cluster that a release needs is away, and names them', {
    timeout: LIMIT_MS,
  }, async () => {
    const release = await createRelease('2');
    await until(
      () => phaseOf(release),
      (phase) => phase === 'Running',
    );
    await sandbox.prometheus!.pause();
    sandbox.served.setAvailable('initech-prod', false);
    const both = await until(
      () => ready(leaderUrl),
      ({ body }) => body.notFresh.length === 2,
    );
    expect(both.status).toBe(503);
    await until(
      () => extreme('min', 'tidegate_cluster_fresh{cluster="initech-prod"}'),
      (fresh) => fresh === 0,
    );
    expect(both.body.notFresh.map(({ kind, name }) => [kind, name])).toEqual([
      ['cluster', 'initech-prod'],
      ['metricSource', 'prometheus'],
    ]);
    sandbox.served.setAvailable('initech-prod', true);
    await sandbox.prometheus!.restart();
    await until(
      () => ready(leaderUrl),
      ({ status }) => status === 200,
    );
    await until(
      () => phaseOf(release),
      (phase) => phase === 'Completed',
    );
    // the next scrape
    await until(
      () => extreme('max', 'tidegate_releases{phase="Completed"}'),
      (releases) => releases === 1,
    );
  });

  it.each([
    ['it is up', 'max', 'up', 1],
    ['it led', 'max', 'tidegate_leading', 1],
    ['its epoch is the first', 'max', 'tidegate_leadership_epoch', 1],
    ['every target of a wave was promoted', 'max', 'tidegate_targets{wave="business",state="promoted"}', 2],
    ['nothing was taken back', 'max', 'tidegate_targets{state="goingBack"}', 0],
    ['nothing was stuck', 'max', 'tidegate_commands_stuck', 0],
  ] as const)('Prometheus has scraped that %s', async (_, which, series, value) => {
    expect(await extreme(which, series)).toBe(value);
  });

  it.each([
    'tidegate_commands_sent_total{action="writeTemplate",cluster="shared"}',
    'tidegate_verdicts_total{slo="availability",verdict="pass"}',
    'tidegate_measurement_duration_seconds_count{source="prometheus"}',
    'tidegate_measurement_failures_total{source="prometheus",outcome="transient"}',
    'tidegate_api_requests_total{cluster="hub",verb="mergePatch",outcome="ok"}',
    'tidegate_api_requests_total{cluster="shared",verb="patch",outcome="ok"}',
    'tidegate_api_requests_total{cluster="initech-prod",outcome="transient"}',
    'tidegate_api_request_duration_seconds_count{cluster="shared"}',
    'tidegate_pass_duration_seconds_count',
    'tidegate_controller_lag_seconds{cluster="shared",percentile="90"}',
    'tidegate_command_effect_seconds{cluster="shared",percentile="90"}',
    'tidegate_resident_memory_bytes',
    'tidegate_cpu_seconds_total',
    'tidegate_build_info',
  ])('Prometheus has scraped %s', async (series) => {
    expect(await extreme('max', series)).toBeGreaterThan(0);
  });

  it('shows every metric that there is', async () => {
    const text = await (await fetch(`${leaderUrl}/metrics`)).text();
    for (const { name } of createMetricSet().registry.getMetricsAsArray()) expect(text).toContain(`# TYPE ${name} `);
  });

  it.skipIf(!existsSync(promtool))('shows them in a form that promtool has nothing against', async () => {
    const input = await (await fetch(`${leaderUrl}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});

describe('a second daemon', () => {
  it('ends with bad input where its port is in use, and names the option', async () => {
    const { code, stderr } = await runCli(['daemon', '--listen', new URL(leaderUrl).host], env);
    expect(code).toBe(2);
    expect(stderr).toContain('the port is in use, choose another with --listen HOST:PORT, or --listen off');
  });

  it('is ready while it follows; in the middle of a release the first gives its lease back and ends well within its time', {
    timeout: LIMIT_MS,
  }, async () => {
    const follower = await startConfiguredDaemon('two');
    const url = await urlOf(follower);
    const { body } = await until(
      () => ready(url),
      ({ status }) => status === 200,
    );
    expect(body.leadership).toEqual({ kind: 'following', holder: 'one' });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('\ntidegate_leading 0\n');
    const release = await createRelease('3');
    await until(
      () => phaseOf(release),
      (phase) => phase === 'Running',
    );
    sandbox.served.setAvailable('initech-prod', false);
    leader.child.kill('SIGTERM');
    // a daemon that does not stop in its time ends itself with another code
    expect((await leader.ended).code).toBe(0);
    await expect(fetch(`${leaderUrl}/healthz`)).rejects.toThrow('fetch failed');
    await follower.until('stderr', '"epoch":2,"msg":"leads"');
    follower.child.kill('SIGTERM');
    expect((await follower.ended).code).toBe(0);
    expect(await holder()).toBe('');
  });

  it('tells more while it runs when a signal asks for it', async () => {
    const daemon = startCli(['daemon', '--lease-name', 'other', '--listen', 'off'], env);
    expect(await urlOf(daemon)).toBe('off');
    daemon.child.kill('SIGUSR2');
    await daemon.until('stderr', '"logLevel":"debug","msg":"changes its log level"');
    daemon.child.kill('SIGUSR2');
    await daemon.until('stderr', '"logLevel":"info","msg":"changes its log level"');
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
  });
});
