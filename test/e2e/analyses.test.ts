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
import { lastJson, say } from '../unit/cli/fake-context.ts';

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

  describe('leaves evidence', () => {
    const evidence = (...words: readonly string[]) =>
      say('evidence', ...words, '--kubeconfig', sandbox.kubeconfigPath, '--context', 'hub', '-n', NAMESPACE);

    it('that comes to every verdict again, and Prometheus to every answer', { timeout: LIMIT_MS }, async () => {
      for (const name of ['storefront-2', 'storefront-3']) {
        const { code, stdout } = await evidence('verify', name, '--ask', '--output', 'json');
        const { differences, ...counts } = lastJson(stdout) as EvidenceAnswer;
        process.stderr.write(`evidence of ${name}: ${JSON.stringify(counts)}\n`);
        expect(differences).toEqual([]);
        expect(code).toBe(0);
        expect(counts).toMatchObject({ unchecked: 0, samplesDropped: 0, asked: { gone: 0 } });
        expect([counts.verdicts, counts.readings, counts.phases].every((count) => count > 0)).toBe(true);
      }
    });

    it('to read, and to keep as a file that is verified without the hub', { timeout: LIMIT_MS }, async () => {
      const shown = await evidence('storefront-3');
      expect(shown.stdout).toMatch(/answered\/share: Failed, 2 of \d failed; last \[0\.\d+\] Failed/);
      expect((await evidence('storefront-3', '--output', 'markdown')).stdout).toContain('### Analyses');
      const file = join(dir, 'evidence.json');
      const { stdout } = await evidence('storefront-3', '--output', 'json');
      await writeFile(file, stdout);
      expect(await say('evidence', 'verify', '-f', file)).toMatchObject({ code: 0 });
      await writeFile(file, stdout.replaceAll('>= 0.9"', '>= 0.01"'));
      const { code, stdout: told } = await say('evidence', 'verify', '-f', file);
      expect(code).toBe(35);
      expect(told).toMatch(/recorded Failed of \[0\.\d+\], judged again Successful of/);
    });

    it('in which a number that was changed in the hub is found', { timeout: LIMIT_MS }, async () => {
      const { items } = await sandbox.hubApi.list(kinds.waveRun, { namespace: NAMESPACE });
      const record = items.find(({ metadata }) => metadata.name.startsWith('storefront-2-'))!;
      const { targets } = record['status'] as { targets: readonly { readonly deciding: readonly object[] }[] };
      const [first, ...others] = targets;
      const deciding = first!.deciding.map((sample) => ({ ...sample, good: 1 }));
      await sandbox.hubApi.mergePatch(
        { kind: kinds.waveRun, namespace: NAMESPACE, name: record.metadata.name },
        { status: { targets: [{ ...first, deciding }, ...others] } },
        { fieldManager: 'somebody', subresource: 'status' },
      );
      const { code, stdout } = await evidence('verify', 'storefront-2');
      expect(code).toBe(35);
      expect(stdout).toMatch(
        /availability: recorded pass WithinObjective, judged again fail MoreBadEventsThanExplained/,
      );
    });
  });
});

interface EvidenceAnswer {
  readonly verdicts: number;
  readonly readings: number;
  readonly phases: number;
  readonly differences: readonly unknown[];
}
