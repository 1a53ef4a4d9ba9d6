import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { kubectl } from '../../lab/kubectl.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { connectHub, type HubConnection } from '../../src/cli/composition.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';

const isSkipped = inject('lab') === null;
const run = promisify(execFile);
const NAMESPACE = 'tidegate-system';
const SOURCE = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'MetricSource',
  metadata: { name: 'prom' },
  spec: { url: 'http://127.0.0.1:9', labels: { tenant: 'tenant_id' } },
};
/** The API server remembers a token that was right for ten seconds. */
const REMEMBERED_MS = 10_000;

describe.skipIf(isSkipped)('clusters that are added, by their administrator', () => {
  let lab: Lab;
  let folder: string;
  /** The administrator's: a token for the hub and `us`, a credential plug-in for `eu`. */
  let adminPath: string;
  /** The daemon's: its account in the hub, and nothing else. */
  let daemonPath: string;

  beforeAll(async () => {
    lab = await startLab({ clusters: ['hub', 'eu', 'us'] });
    folder = await mkdtemp(join(tmpdir(), 'tidegate-clusters-'));
    adminPath = join(folder, 'admin');
    daemonPath = join(folder, 'daemon');
    await writeFile(adminPath, await adminKubeconfig(lab));
    expect(await tide('install')).toMatchObject({ code: 0 });
    await kube('hub', ['-n', NAMESPACE, 'apply', '-f', '-'], SOURCE);
    await writeFile(daemonPath, await daemonKubeconfig());
  });

  afterAll(async () => {
    await lab?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const tide = (...args: readonly string[]): Promise<Said> =>
    say(...args, '--kubeconfig', adminPath, '--context', 'hub', '-o', 'json');

  const kube = (context: string, args: readonly string[], input?: object): Promise<string> =>
    kubectl(lab.binPath('kubectl'), lab.kubeconfigPath, ['--context', context, ...args], input);

  async function daemonKubeconfig(): Promise<string> {
    const token = (await kube('hub', ['-n', NAMESPACE, 'create', 'token', 'tidegate'])).trim();
    return kubeconfigOf([['hub', lab.clusters[0]!.server, lab.clusters[0]!.caPath, { token }]]);
  }

  async function asDaemon<T>(work: (hub: HubConnection) => Promise<T>): Promise<T> {
    const hub = await connectHub({ kubeconfig: daemonPath, context: 'hub', namespace: NAMESPACE });
    try {
      return await work(hub);
    } finally {
      await hub.close();
    }
  }

  const clusterOf = async (hub: HubConnection, name: string) => {
    const { fleet } = await hub.store(() => undefined).loadPlanningInput();
    return fleet.clusters.find((one) => one.name === name)!;
  };

  test('one is made ready, tried and told to the hub; a plug-in of the administrator is not stored', async () => {
    const added = await tide('cluster', 'add', 'eu');
    expect(added.stderr).toContain('holds all 15 rights');
    expect(added.code).toBe(0);
    const secret = JSON.parse(await kube('hub', ['-n', NAMESPACE, 'get', 'secret', 'cluster-eu', '-o', 'json'])) as {
      readonly data: { readonly kubeconfig: string };
    };
    const kubeconfig = Buffer.from(secret.data.kubeconfig, 'base64').toString();
    expect(kubeconfig).toContain('certificate-authority-data');
    expect(kubeconfig).not.toMatch(/exec|plug-in|certificate-authority:/);
    expect(lastJson((await tide('cluster', 'add', 'eu')).stdout)).toMatchObject({
      hub: [{ outcome: 'unchanged' }, { outcome: 'unchanged' }],
    });
  });

  test('the daemon, with its own rights in the hub, reaches it and may do there what it does', async () => {
    await asDaemon(async (hub) => {
      const api = hub.connectCluster(await clusterOf(hub, 'eu'));
      expect((await api.list(kinds.rollout, { namespace: null })).items).toEqual([]);
      await expect(api.list(kinds.secret, { namespace: NAMESPACE })).rejects.toThrow('not allowed (403)');
    });
  });

  test('one that is printed is what kubectl applies, and the command makes the Secret', async () => {
    const printed = lastJson((await tide('cluster', 'add', 'us', '--metrics', 'prom', '--print')).stdout) as {
      readonly target: readonly object[];
      readonly hub: readonly object[];
      readonly command: string;
    };
    for (const object of printed.target) await kube('us', ['apply', '--server-side', '-f', '-'], object);
    for (const object of printed.hub) await kube('hub', ['apply', '--server-side', '-f', '-'], object);
    const path = [dirname(lab.binPath('kubectl')), process.env['PATH']].join(delimiter);
    const env = { ...process.env, PATH: path, KUBECONFIG: lab.kubeconfigPath };
    await expect
      .poll(async () => run('sh', ['-c', `set -e; ${printed.command}`], { env }).then(({ stdout }) => stdout, String), {
        timeout: 20_000,
      })
      .toContain('secret/cluster-us created');
    const { clusters } = lastJson((await tide('cluster', 'list')).stdout) as { readonly clusters: readonly object[] };
    expect(clusters).toMatchObject([
      { name: 'eu', isReachable: true, troubles: [] },
      { name: 'us', isReachable: true, troubles: [] },
    ]);
  });

  test('a token is rotated while the daemon works: not one of its requests fails, and its watch goes on', async () => {
    await asDaemon(async (hub) => {
      const api = hub.connectCluster(await clusterOf(hub, 'eu'));
      const before = await tokenInHub();
      const enough = new AbortController();
      const { resourceVersion } = await api.list(kinds.rollout, { namespace: null });
      const seen: string[] = [];
      const watching = (async () => {
        const options = { namespace: null, resourceVersion, signal: enough.signal };
        for await (const event of api.watch(kinds.rollout, options))
          if (event.type !== 'bookmark') seen.push(event.object.metadata.name);
      })();
      const rotated = await tide('cluster', 'rotate', 'eu');
      expect(rotated.stderr).toContain('the new token is let in and holds all 15 rights');
      expect(rotated.code).toBe(0);
      expect(await tokenInHub()).not.toBe(before);
      const endsAt = performance.now() + 3 * REMEMBERED_MS;
      let status = 200;
      while (status !== 401 && performance.now() < endsAt) {
        // many at once: the ones that are refused together have one new token
        await Promise.all(Array.from({ length: 8 }, () => api.list(kinds.rollout, { namespace: null, limit: 1 })));
        status = await answerTo(before);
        await sleep(100);
      }
      expect(status, 'the old token is refused').toBe(401);
      await Promise.all(Array.from({ length: 8 }, () => api.list(kinds.rollout, { namespace: null, limit: 1 })));
      await kube('eu', ['apply', '-f', '-'], rollout());
      await expect.poll(() => seen, { timeout: 10_000 }).toContain('after');
      enough.abort();
      await watching;
    });
  });

  test('rights that are taken away are listed, and given back by adding it again', async () => {
    await kube('eu', [
      'patch',
      'clusterrole',
      'tidegate-target',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/rules/0"}]',
    ]);
    await expect
      .poll(async () => (await tide('cluster', 'list')).stdout, { timeout: 10_000 })
      .toContain('may not get, list, watch, create, patch rollouts.argoproj.io');
    expect((await tide('cluster', 'add', 'eu')).code).toBe(0);
    expect((await tide('cluster', 'list')).stdout).not.toContain('may not');
  });

  test('the hub itself is added without a token', async () => {
    expect(lastJson((await tide('cluster', 'add', 'hub', '--name', 'here')).stdout)).toMatchObject({
      access: 'itself',
    });
    const types = await kube('hub', ['-n', NAMESPACE, 'get', 'secrets', '-o', 'jsonpath={.items[*].type}']);
    expect(types).not.toContain('service-account-token');
  });

  test('one cluster has one name, and a name leads to one cluster', async () => {
    for (const args of [
      ['eu', '--name', 'eu-again'],
      ['us', '--name', 'eu'],
    ])
      expect(await tide('cluster', 'add', ...args)).toMatchObject({ code: 50 });
    expect(await tide('cluster', 'rotate', 'eu', '--target-context', 'us')).toMatchObject({ code: 50 });
  });

  test('one that is removed is gone from the hub, with its token; its Rollouts stay', async () => {
    const token = await tokenInHub();
    expect((await tide('cluster', 'remove', 'eu', '--target-context', 'eu')).code).toBe(0);
    await expect.poll(() => answerTo(token), { timeout: 3 * REMEMBERED_MS, interval: 500 }).toBe(401);
    expect(await kube('hub', ['-n', NAMESPACE, 'get', 'secrets,clusters.tidegate.dev', '-o', 'name'])).not.toContain(
      '/cluster-eu',
    );
    expect(await kube('eu', ['get', 'rollouts.argoproj.io', '-A', '-o', 'name'])).toContain('after');
  });

  async function tokenInHub(): Promise<string> {
    const path = ['-n', NAMESPACE, 'get', 'secret', 'cluster-eu', '-o', 'jsonpath={.data.kubeconfig}'];
    const kubeconfig = Buffer.from(await kube('hub', path), 'base64').toString();
    return /token: (\S+)/.exec(kubeconfig)?.[1] ?? '';
  }

  /** Status of a request with a token, by the real kubectl. */
  async function answerTo(token: string): Promise<number> {
    const { server, caPath } = lab.clusters[1]!;
    const path = join(folder, 'one-token');
    await writeFile(path, kubeconfigOf([['eu', server, caPath, { token }]]));
    const asked = kubectl(lab.binPath('kubectl'), path, ['get', '--raw', '/api']);
    return asked.then(
      () => 200,
      (error: Error) => (/Unauthorized|must be logged in|provide credentials/i.test(error.message) ? 401 : 500),
    );
  }
});

function rollout(): object {
  const labels = { app: 'after' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'after', namespace: 'default' },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      strategy: { canary: {} },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } },
    },
  };
}

/** Contexts by name: server, file of its authority, user. */
function kubeconfigOf(contexts: readonly (readonly [string, string, string, object])[]): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]![0],
    clusters: contexts.map(([name, server, ca]) => ({ name, cluster: { server, 'certificate-authority': ca } })),
    users: contexts.map(([name, , , user]) => ({ name, user })),
    contexts: contexts.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  });
}

/** As managed clusters have it: the token comes from a program. */
async function adminKubeconfig({ clusters }: Lab): Promise<string> {
  const users = clusters.map(({ name, token }) => {
    if (name !== 'eu') return { token };
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
    return {
      exec: { apiVersion, command: process.execPath, args: ['-e', `console.log(${JSON.stringify(credential)})`] },
    };
  });
  for (const { caPath } of clusters) expect(await readFile(caPath, 'utf8')).toContain('BEGIN CERTIFICATE');
  return kubeconfigOf(clusters.map(({ name, server, caPath }, index) => [name, server, caPath, users[index]!]));
}
