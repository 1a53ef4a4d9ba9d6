import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connectHub, type HubConnection } from '../../src/cli/composition.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import { type CliProcess, runCli, startCli } from './cli-process.ts';

const NAMESPACE = 'tidegate-system';
const LIMIT = { timeout: 90_000, interval: 100 };
const RELEASE = 'storefront-2';
const KEY = 'a key that nobody else has';
const folder = new URL('brisk/', import.meta.url).pathname;
const write = { fieldManager: FIELD_MANAGER };

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
}

let dir: string;
let sandbox: SandboxWorld;
let hub: HubConnection;
let receiver: Server;
const told: Told[] = [];
const unsigned: string[] = [];
const daemons: CliProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidegate-told-'));
  sandbox = await startSandboxWorld({
    files: [join(folder, 'fleet.yaml')],
    trafficFile: null,
    namespace: NAMESPACE,
    baseline: null,
    prometheus: null,
    portBase: null,
    dir,
    log: () => undefined,
  });
  hub = await connectHub({ kubeconfig: sandbox.kubeconfigPath, namespace: NAMESPACE });
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const signature = String(request.headers['x-tidegate-signature']);
      const seconds = /^t=([0-9]+),/.exec(signature)?.[1];
      const digest = createHmac('sha256', KEY).update(`${seconds}.${body}`).digest('hex');
      if (signature === `t=${seconds},v1=${digest}` && request.url === '/hush') told.push(JSON.parse(body) as Told);
      else unsigned.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await declareWebhook(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hush`);
});

afterAll(async () => {
  for (const daemon of daemons) daemon.child.kill('SIGKILL');
  receiver?.closeAllConnections();
  receiver?.close();
  await hub?.close();
  await sandbox?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function declareWebhook(url: string): Promise<void> {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'alerts', namespace: NAMESPACE },
    data: { url: encode(`${url}\n`), key: encode(KEY) },
  };
  await hub.api.create(secret, kinds.secret, write);
  const secretRef = { name: 'alerts' };
  const webhook = {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Webhook',
    metadata: { name: 'alerts', namespace: NAMESPACE },
    spec: { urlFrom: { secretRef }, signing: { secretRef }, severity: 'detail', allowPrivate: true },
  };
  await hub.api.create(webhook, kinds.webhook, write);
}

function startDaemon(identity: string): CliProcess {
  const env = { KUBECONFIG: sandbox.kubeconfigPath };
  const args = ['daemon', '--identity', identity, '--lease-duration', '3s', '--listen', 'off', '--log-level', 'debug'];
  const daemon = startCli(args, env);
  daemons.push(daemon);
  return daemon;
}

const kindsTold = () => told.map(({ kind }) => kind);

/** What the Webhook's object remembers, as text. */
async function remembered(): Promise<string> {
  const [object] = (await hub.api.list(kinds.webhook, { namespace: NAMESPACE })).items;
  return JSON.stringify(object?.['status'] ?? {});
}

async function eventNames(): Promise<readonly string[]> {
  const { items } = await hub.api.list(kinds.event, { namespace: NAMESPACE });
  return items.map(({ metadata }) => metadata.name);
}

it('a release is told of by one daemon, then by the next, and no secret is in a log', async () => {
  const env = { KUBECONFIG: sandbox.kubeconfigPath };
  const first = startDaemon('one');
  expect(await runCli(['release', 'start', '-f', join(folder, 'release-2.yaml')], env)).toMatchObject({ code: 0 });
  await vi.waitFor(async () => expect(await remembered()).toContain(told[0]?.id ?? 'nothing is told yet'), LIMIT);
  first.child.kill('SIGKILL');
  const second = startDaemon('two');
  await second.until('stderr', '"msg":"leads"');
  await runCli(['release', 'rollback', RELEASE, '--reason', 'a test'], env);
  await vi.waitFor(() => expect(kindsTold()).toContain('rolled-back'), LIMIT);
  expect(kindsTold()[0]).toBe('planned');
  expect(kindsTold().indexOf('rolling-back')).toBeLessThan(kindsTold().indexOf('rolled-back'));
  const ids = new Set(told.map(({ id }) => id));
  // what the dead one had told and not written down yet may come twice, under the same id
  expect(told.length - ids.size).toBeLessThanOrEqual(2);
  expect(kindsTold().filter((kind) => kind === 'planned')).toHaveLength(1);
  expect(unsigned).toEqual([]);
  const wanted = [...ids].map((id) => `${RELEASE}.${id}`).sort();
  await vi.waitFor(async () => expect([...(await eventNames())].sort()).toEqual(wanted), LIMIT);
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  for (const { ended } of daemons) {
    const { stderr } = await ended;
    expect(stderr).toContain('"msg":"told"');
    expect(stderr).not.toContain(KEY);
    expect(stderr).not.toContain('hush');
  }
});
