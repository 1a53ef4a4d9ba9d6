import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { type DaemonProcess, startDaemonProcess } from '../../src/cli/demo/daemon-process.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

const NAMESPACE = 'tidegate-system';
const folder = new URL('small/', import.meta.url).pathname;
const KILLS_A_RELEASE = 5;
const LIMIT_MS = 240_000;

let dir: string;
let sandbox: SandboxWorld;
let daemon: DaemonProcess;

function startDaemon(): void {
  const { kubeconfigPath } = sandbox;
  const access = { kubeconfigPath, context: 'hub', lease: '4s' };
  daemon = startDaemonProcess({ ...access, namespace: NAMESPACE, logFile: join(dir, 'daemon.log') });
}

async function create(version: string): Promise<string> {
  const [file] = await readFiles([join(folder, `release-${version}.yaml`)]);
  const release = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
  const placed = { ...release, metadata: { ...release.metadata, namespace: NAMESPACE } };
  await sandbox.hubApi.create(placed, kinds.release, { fieldManager: 'kubectl' });
  return release.metadata.name;
}

async function statusOf(name: string): Promise<ReleaseStatus | null> {
  const object = await sandbox.hubApi.get({ kind: kinds.release, namespace: NAMESPACE, name });
  return readStatus(object?.['status']);
}

/** A moment of the release that differs from kill to kill: its story is one line longer. */
async function untilStoryGrows(name: string, from: number): Promise<ReleaseStatus | null> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const status = await statusOf(name);
    const isFinal = status !== null && status.finishedAt !== null;
    if (isFinal || (status?.timeline.length ?? 0) > from) return status;
    if (Date.now() > until) throw new Error(`${name} stands still: ${JSON.stringify(status)}`);
    await sandbox.clock.sleep(40);
  }
}

/** Kills the daemon at the beginnings of the release's chapters, then lets it end. */
async function runKilled(version: string): Promise<{ readonly status: ReleaseStatus; readonly kills: number }> {
  const name = await create(version);
  let kills = 0;
  let seen = 0;
  for (;;) {
    const status = await untilStoryGrows(name, seen);
    if (status !== null && status.finishedAt !== null) return { status, kills };
    seen = status?.timeline.length ?? seen;
    if (kills >= KILLS_A_RELEASE) continue;
    kills += 1;
    await sandbox.clock.sleep(kills * 30);
    await daemon.kill();
    startDaemon();
  }
}

/** `image's last character, phase` of every target. */
function targets(): readonly string[] {
  return sandbox.baseline
    .flatMap((plan) => plan.waves)
    .flatMap((wave) => wave.targets)
    .map((target) => {
      const rollout = sandbox.world
        .store(target.cluster)
        .get({ kind: kinds.rollout, namespace: target.namespace, name: target.rollout })!;
      const spec = rollout['spec'] as { template: { spec: { containers: { image: string }[] } } };
      return `${spec.template.spec.containers[0]!.image.slice(-1)} ${(rollout['status'] as { phase: string }).phase}`;
    });
}

describe('a daemon killed at ten moments', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidegate-killed-'));
    sandbox = await startSandboxWorld({
      files: [folder],
      trafficFile: join(folder, 'sandbox.traffic'),
      namespace: NAMESPACE,
      baseline: null,
      prometheus: { bin: undefined },
      portBase: null,
      dir,
      log: () => {},
    });
    startDaemon();
  });

  afterAll(async () => {
    await daemon?.stop();
    await sandbox?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('brings the good release to the same end as without', { timeout: LIMIT_MS }, async () => {
    const { status, kills } = await runKilled('2');
    expect({ phase: status.phase, kills }).toEqual({ phase: 'Completed', kills: KILLS_A_RELEASE });
    expect(new Set(targets())).toEqual(new Set(['2 Healthy']));
  });

  it('takes the bad one back, killed in mid-rollback too', { timeout: LIMIT_MS }, async () => {
    const { status, kills } = await runKilled('3');
    expect({ phase: status.phase, kills }).toEqual({ phase: 'RolledBack', kills: KILLS_A_RELEASE });
    expect(status.rollback?.message).toMatch(/^wave business failed: globex availability: /);
    expect(new Set(targets())).toEqual(new Set(['2 Healthy']));
  });
});
