import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAUNCHER, startProcess } from './cli-process.ts';

/** Starts a command as number 1 of a process space of its own, as a container does. */
const UNSHARE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
const isPossible = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
if (!isPossible) console.warn('nothing is started as the first process of a container: unshare may not be used here');

describe.skipIf(!isPossible)('a command that is the first process of a container', () => {
  let folder: string;
  let kubeconfig: string;
  let hub: Server;
  const connections = new Set<Socket>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-first-'));
    kubeconfig = join(folder, 'kubeconfig');
    // a hub that takes every connection and never answers
    hub = createServer((socket) => {
      connections.add(socket);
      hub.emit('asked');
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    writeFileSync(kubeconfig, kubeconfigOf((hub.address() as AddressInfo).port));
  });

  afterAll(() => {
    for (const socket of connections) socket.destroy();
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: readonly string[]) => {
    const cli = startProcess('unshare', [...UNSHARE, process.execPath, LAUNCHER, ...args]);
    return { ...cli, stop: (signal: NodeJS.Signals) => process.kill(onlyChildOf(cli.child.pid!), signal) };
  };

  it.each([
    ['release list', 'SIGTERM', 143],
    ['release list', 'SIGINT', 130],
    ['apply -f waves', 'SIGTERM', 143],
    ['verify --workload storefront --all --for 10m', 'SIGTERM', 143],
  ] as const)('ends while it waits for the hub: %s on %s', async (line, signal, wanted) => {
    const asked = new Promise((resolve) => hub.once('asked', resolve));
    const command = start(...line.split(' '), '--kubeconfig', kubeconfig);
    await asked;
    command.stop(signal);
    const { code } = await command.ended;
    expect(code).toBe(wanted);
  });

  it('ends as it wants to when it handles the signal', async () => {
    const sandbox = start('sandbox', '--no-prometheus');
    await sandbox.until('stdout', 'Ctrl-C ends it');
    sandbox.stop('SIGTERM');
    const { code, stderr } = await sandbox.ended;
    expect(stderr).toContain('stopping');
    expect(code).toBe(0);
  });
});

function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

function kubeconfigOf(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'hub',
    clusters: [{ name: 'hub', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'ada', user: {} }],
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'ada' } }],
  });
}
