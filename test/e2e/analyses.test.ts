import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { readRun } from '../../src/adapters/hub/run-record.ts';
import { type DaemonProcess, startDaemonProcess } from '../../src/cli/demo/daemon-process.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import type { TargetRun } from '../../src/domain/target-run.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

const NAMESPACE = 'tidegate-system';
const small = new URL('small/', import.meta.url).pathname;
const LIMIT_MS = 240_000;

/** Judges what the SLO of the small fleet, loosened here, lets through. */
const ANALYSES = `
  analyses:
  - name: answered
    template:
      args: [{ name: ns }, { name: hash }, { name: least, value: "0.9" }]
      metrics:
      - name: share
        interval: 1s
        count: 3
        failureLimit: 1
        successCondition: len(result) > 0 && result[0] >= {{args.least}}
        provider:
          prometheus:
            query: |
              sum(increase(http_requests_total{code!~"5..",namespace="{{args.ns}}",rollouts_pod_template_hash="{{args.hash}}"}[3s]))
              / sum(increase(http_requests_total{namespace="{{args.ns}}",rollouts_pod_template_hash="{{args.hash}}"}[3s]))
    args:
    - { name: ns, value: "\${target.namespace}" }
    - { name: hash, valueFrom: { podTemplateHashValue: Latest } }`;

let dir: string;
let sandbox: SandboxWorld;
let daemon: DaemonProcess;

function startDaemon(): void {
  const access = { kubeconfigPath: sandbox.kubeconfigPath, context: 'hub', lease: '4s' };
  daemon = startDaemonProcess({ ...access, namespace: NAMESPACE, logFile: join(dir, 'daemon.log') });
}

/** The small fleet, with an SLO that half of the requests meet, and the analysis. */
async function writeFleet(): Promise<string> {
  const folder = join(dir, 'fleet');
  await cp(small, folder, { recursive: true });
  const file = join(folder, 'fleet.yaml');
  const text = await readFile(file, 'utf8');
  const edited = text.replace('default: "0.99" } }\n', `default: "0.50" } }${ANALYSES}\n`);
  expect(edited).not.toBe(text);
  await writeFile(
    file,
    edited
      .replaceAll('bake: { step: 4s, wave: 4s }', 'bake: { step: 8s, wave: 8s }')
      .replace('steps: [25, 50]', 'steps: [50]'),
  );
  return folder;
}

async function create(version: string): Promise<string> {
  const [file] = await readFiles([join(small, `release-${version}.yaml`)]);
  const release = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
  const placed = { ...release, metadata: { ...release.metadata, namespace: NAMESPACE } };
  await sandbox.hubApi.create(placed, kinds.release, { fieldManager: 'kubectl' });
  return release.metadata.name;
}

async function statusOf(name: string): Promise<ReleaseStatus | null> {
  const object = await sandbox.hubApi.get({ kind: kinds.release, namespace: NAMESPACE, name });
  return readStatus(object?.['status']);
}

async function until(name: string, holds: (status: ReleaseStatus) => boolean): Promise<ReleaseStatus> {
  const endsAt = Date.now() + LIMIT_MS;
  for (;;) {
    const status = await statusOf(name);
    if (status !== null && (holds(status) || status.finishedAt !== null)) return status;
    if (Date.now() > endsAt) throw new Error(`${name} stands still: ${JSON.stringify(status)}`);
    await sandbox.clock.sleep(40);
  }
}

async function runsOf(release: string): Promise<readonly TargetRun[]> {
  const { items } = await sandbox.hubApi.list(kinds.waveRun, { namespace: NAMESPACE });
  return items
    .filter((item) => (item['spec'] as { release: string }).release === release)
    .flatMap((item) => (item['status'] as { targets?: readonly unknown[] } | undefined)?.targets ?? [])
    .map(readRun);
}

describe("a release with its team's AnalysisTemplate", () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidegate-analyses-'));
    sandbox = await startSandboxWorld({
      files: [await writeFleet()],
      trafficFile: join(small, 'sandbox.traffic'),
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

  it('goes through when every step satisfies it, a daemon that is killed in between too', {
    timeout: LIMIT_MS,
  }, async () => {
    const name = await create('2');
    await until(name, ({ waves }) => waves[0]?.phase === 'Running');
    await sandbox.clock.sleep(9_000);
    await daemon.kill();
    startDaemon();
    const status = await until(name, () => false);
    expect(status.message).toBe('every wave passed');
    const samples = (await runsOf(name)).map(({ analyses }) =>
      analyses?.map(({ phase, count }) => `${phase} ${count}`),
    );
    expect(samples).toEqual(samples.map(() => ['Successful 3']));
    expect(samples).toHaveLength(4);
  });

  it('is taken back by it where the SLO would have let it through', { timeout: LIMIT_MS }, async () => {
    const status = await until(await create('3'), () => false);
    expect({ phase: status.phase, message: status.rollback?.message }).toMatchObject({
      phase: 'RolledBack',
      message: expect.stringMatching(
        /^wave business failed: globex answered: Metric "share" assessed Failed due to failed \(2\) > failureLimit \(1\)$/,
      ),
    });
    const failed = (await runsOf('storefront-3')).find(({ failure }) => failure !== null);
    expect(failed?.failure?.reason).toBe('AnalysisFailed');
    expect(failed?.analyses).toMatchObject([{ analysis: 'answered', metric: 'share', phase: 'Failed', failed: 2 }]);
  });
});
