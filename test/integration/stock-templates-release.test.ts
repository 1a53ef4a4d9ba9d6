import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { readRun } from '../../src/adapters/hub/run-record.ts';
import { type DaemonProcess, startDaemonProcess } from '../../src/cli/demo/daemon-process.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { prometheusForTests } from '../contract/metric-source/prometheus-world.ts';

const bin = await prometheusForTests();
const NAMESPACE = 'tidegate-system';
const small = new URL('../e2e/small/', import.meta.url).pathname;
const stock = new URL('../../analysis-templates/availability.yaml', import.meta.url).pathname;
const LIMIT_MS = 240_000;

let dir: string;
let sandbox: SandboxWorld;
let daemon: DaemonProcess;

/** The stock template with the haste of the small fleet, and otherwise as the documentation gives it. */
async function analyses(): Promise<string> {
  const { spec } = parse(await readFile(stock, 'utf8')) as { readonly spec: unknown };
  const quick = { objective: '0.9', window: '3s', interval: '1s', 'initial-delay': '0s', 'min-requests': '5' };
  const texts = { selector: 'namespace="${target.namespace}"', count: '0', 'failure-limit': '1', ...quick };
  const args = [
    ...Object.entries(texts).map(([name, value]) => ({ name, value })),
    { name: 'latest-hash', valueFrom: { podTemplateHashValue: 'Latest' } },
  ];
  return `\n  analyses: ${JSON.stringify([{ name: 'availability', template: spec, args }])}`;
}

/** The small fleet, with an SLO that half of the requests meet, and the analysis. */
async function writeFleet(): Promise<string> {
  const folder = join(dir, 'fleet');
  await cp(small, folder, { recursive: true });
  const file = join(folder, 'fleet.yaml');
  const text = await readFile(file, 'utf8');
  const own = await analyses();
  const edited = text.replace('default: "0.99" } }\n', () => `default: "0.50" } }${own}\n`);
  expect(edited).not.toBe(text);
  const bakes = edited.replaceAll('bake: { step: 4s, wave: 4s }', 'bake: { step: 8s, wave: 8s }');
  await writeFile(file, bakes.replace('steps: [25, 50]', 'steps: [50]'));
  return folder;
}

async function release(version: string): Promise<ReleaseStatus> {
  const [file] = await readFiles([join(small, `release-${version}.yaml`)]);
  const read = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
  const placed = { ...read, metadata: { ...read.metadata, namespace: NAMESPACE } };
  await sandbox.hubApi.create(placed, kinds.release, { fieldManager: 'kubectl' });
  const endsAt = Date.now() + LIMIT_MS;
  for (;;) {
    const object = await sandbox.hubApi.get({ kind: kinds.release, namespace: NAMESPACE, name: read.metadata.name });
    const status = readStatus(object?.['status']);
    if (status !== null && status.finishedAt !== null) return status;
    if (Date.now() > endsAt) throw new Error(`the release stands still: ${JSON.stringify(status)}`);
    await sandbox.clock.sleep(40);
  }
}

async function analysed(name: string): Promise<readonly string[]> {
  const { items } = await sandbox.hubApi.list(kinds.waveRun, { namespace: NAMESPACE });
  return items
    .filter((item) => (item['spec'] as { release: string }).release === name)
    .flatMap((item) => (item['status'] as { targets?: readonly unknown[] } | undefined)?.targets ?? [])
    .flatMap((target) => readRun(target).analyses ?? [])
    .map(({ analysis, phase }) => `${analysis} ${phase}`);
}

describe.skipIf(bin === null)('a release judged by a stock template', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidegate-stock-'));
    sandbox = await startSandboxWorld({
      files: [await writeFleet()],
      trafficFile: join(small, 'sandbox.traffic'),
      namespace: NAMESPACE,
      baseline: null,
      prometheus: { bin: bin ?? undefined },
      portBase: null,
      dir,
      log: () => {},
    });
    const access = { kubeconfigPath: sandbox.kubeconfigPath, context: 'hub', lease: '4s' };
    daemon = startDaemonProcess({ ...access, namespace: NAMESPACE, logFile: join(dir, 'daemon.log') });
  });

  afterAll(async () => {
    await daemon?.stop();
    await sandbox?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('goes through when it is good, and is taken back when it is not', { timeout: 2 * LIMIT_MS }, async () => {
    const good = await release('2');
    expect(good.message).toBe('every wave passed');
    const kept = await analysed('storefront-2');
    expect(kept.length).toBeGreaterThan(0);
    expect(new Set(kept)).toEqual(new Set(['availability Running']));
    const bad = await release('3');
    expect({ phase: bad.phase, message: bad.rollback?.message }).toMatchObject({
      phase: 'RolledBack',
      message: expect.stringMatching(
        /availability: Metric "availability" assessed Failed due to failed \(2\) > failureLimit \(1\)$/,
      ),
    });
  });
});
