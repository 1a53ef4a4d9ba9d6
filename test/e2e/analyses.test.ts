import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../src/adapters/hub/run-record.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import type { TargetRun } from '../../src/domain/target-run.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { lastJson, say } from '../unit/cli/fake-context.ts';
import { NAMESPACE, type SmallWorld, small, startSmallWorld } from './small-world.ts';

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

let world: SmallWorld;

/** The small fleet, with an SLO that half of the requests meet, and the analysis. */
async function writeFleet(dir: string): Promise<string> {
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

async function until(name: string, holds: (status: ReleaseStatus) => boolean): Promise<ReleaseStatus> {
  const endsAt = Date.now() + LIMIT_MS;
  for (;;) {
    const status = await world.statusOf(name);
    if (status !== null && (holds(status) || status.finishedAt !== null)) return status;
    if (Date.now() > endsAt) throw new Error(`${name} stands still: ${JSON.stringify(status)}`);
    await world.sandbox.clock.sleep(40);
  }
}

async function runsOf(release: string): Promise<readonly TargetRun[]> {
  const { items } = await world.sandbox.hubApi.list(kinds.waveRun, { namespace: NAMESPACE });
  return items
    .filter((item) => (item['spec'] as { release: string }).release === release)
    .flatMap((item) => (item['status'] as { targets?: readonly unknown[] } | undefined)?.targets ?? [])
    .map(readRun);
}

describe("a release with its team's AnalysisTemplate", () => {
  beforeAll(async () => {
    world = await startSmallWorld(writeFleet);
  });

  afterAll(() => world?.stop());

  it('goes through when every step satisfies it, a daemon that is killed in between too', {
    timeout: LIMIT_MS,
  }, async () => {
    const name = await world.create('2');
    await until(name, ({ waves }) => waves[0]?.phase === 'Running');
    await world.sandbox.clock.sleep(9_000);
    await world.replaceDaemon();
    const status = await until(name, () => false);
    expect(status.message).toBe('every wave passed');
    const samples = (await runsOf(name)).map(({ analyses }) =>
      analyses?.map(({ phase, count }) => `${phase} ${count}`),
    );
    expect(samples).toEqual(samples.map(() => ['Successful 3']));
    expect(samples).toHaveLength(4);
  });

  it('is taken back by it where the SLO would have let it through', { timeout: LIMIT_MS }, async () => {
    const status = await until(await world.create('3'), () => false);
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
      say('evidence', ...words, '--kubeconfig', world.sandbox.kubeconfigPath, '--context', 'hub', '-n', NAMESPACE);

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
      const file = join(world.dir, 'evidence.json');
      const { stdout } = await evidence('storefront-3', '--output', 'json');
      await writeFile(file, stdout);
      expect(await say('evidence', 'verify', '-f', file)).toMatchObject({ code: 0 });
      await writeFile(file, stdout.replaceAll('>= 0.9"', '>= 0.01"'));
      const { code, stdout: told } = await say('evidence', 'verify', '-f', file);
      expect(code).toBe(35);
      expect(told).toMatch(/recorded Failed of \[0\.\d+\], judged again Successful of/);
    });

    it('in which a number that was changed in the hub is found', { timeout: LIMIT_MS }, async () => {
      const { items } = await world.sandbox.hubApi.list(kinds.waveRun, { namespace: NAMESPACE });
      const record = items.find(({ metadata }) => metadata.name.startsWith('storefront-2-'))!;
      const { targets } = record['status'] as { targets: readonly { readonly deciding: readonly object[] }[] };
      const [first, ...others] = targets;
      const deciding = first!.deciding.map((sample) => ({ ...sample, good: 1 }));
      await world.sandbox.hubApi.mergePatch(
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
