import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import type { DemoResult } from '../../src/cli/demo/outcome.ts';
import { type Ended, runCli } from '../e2e/cli-process.ts';
import { answerOf, howEnded } from './story.ts';

const lab = inject('lab');
const story = inject('stories').demo;

/** Bounds, for a machine that does ten things at once: the story takes two to three minutes on a quiet one. */
const STORY_LIMIT_MS = 1_500_000;
const END_LIMIT_MS = 120_000;
/** The line in which the demo answers. */
const ANSWER = '{"world":';
const GOOD = '4.12.0';
const BAD = '4.13.0';

describe.skipIf(lab === null)('the demo on two real control planes', () => {
  let result: DemoResult;

  beforeAll(async () => {
    result = (await answerOf(story!, ANSWER)) as DemoResult;
  }, STORY_LIMIT_MS);

  test('the good version reaches everybody, wave by wave', () => {
    expect(result.world).toBe('lab');
    expect(result.releases[0]).toMatchObject({
      name: `storefront-${GOOD}`,
      outcome: 'Completed',
      waves: [
        { name: 'free', targets: 12, promoted: 12, rolledBack: 0 },
        { name: 'business', targets: 14, promoted: 14, rolledBack: 0 },
        { name: 'enterprise', targets: 6, promoted: 6, rolledBack: 0 },
      ],
      tenantsOnNew: 40,
      tenantsOnOld: 0,
    });
  });

  test('the bad one is caught by what customers got, and taken back from all whom it reached', () => {
    const bad = result.releases[1]!;
    expect(bad).toMatchObject({ outcome: 'RolledBack', tenantsOnNew: 0, tenantsOnOld: 40 });
    expect(bad.waves).toEqual([
      { name: 'free', targets: 12, promoted: 12, rolledBack: 12 },
      { name: 'business', targets: 14, promoted: 0, rolledBack: 14 },
      { name: 'enterprise', targets: 6, promoted: 0, rolledBack: 0 },
    ]);
    expect(bad.detectedAfterSeconds).toBeGreaterThan(0);
    expect(bad.rolledBackAfterSeconds).toBeGreaterThan(0);
  });

  test('kubectl finds every Rollout Healthy on the good version, and no pod of the bad one', async () => {
    const images = await imagesByVersion();
    const seen = await Promise.all(result.clusters.map(({ cluster }) => seenByKubectl(cluster)));
    expect(seen.map(({ rollouts }) => rollouts.length)).toEqual([17, 15]);
    for (const { rollouts, pods } of seen) {
      expect(rollouts).toEqual(rollouts.map(([name]) => [name, 'Healthy', images.get(GOOD)]));
      expect(new Set(pods)).toEqual(new Set([images.get(GOOD)]));
    }
  });

  test('a daemon that was killed in mid-rollback was followed by another, and none asked for more than it may', async () => {
    const log = (await readFile(join(story!.dir, 'daemon.log'), 'utf8')).split('\n');
    expect(log.filter((line) => line.includes('"msg":"daemon starts"'))).toHaveLength(2);
    expect(log.filter((line) => /forbidden/i.test(line))).toEqual([]);
  });

  test('Ctrl-C ends it all', async () => {
    process.kill(story!.pid, 'SIGINT');
    await expect.poll(() => howEnded(story!), { timeout: END_LIMIT_MS }).toContain('ended with exit code 0');
    await expect(seenByKubectl(result.clusters[0]!.cluster)).rejects.toThrow(/kubectl .* failed/);
  });

  /** Version → image, as the files of the releases have it. */
  async function imagesByVersion(): Promise<ReadonlyMap<string, string>> {
    const of = async (version: string) => {
      const text = await readFile(new URL(`../../waves/releases/storefront-${version}.yaml`, import.meta.url), 'utf8');
      return [version, /app: (\S+)/.exec(text)![1]!] as const;
    };
    return new Map([await of(GOOD), await of(BAD)]);
  }

  /** Rollouts by name, with phase and image, and the images of all pods. */
  async function seenByKubectl(context: string) {
    const list = async (kind: string) => {
      const wanted = ['--context', context, 'get', kind, '-A', '-l', 'app.kubernetes.io/name=storefront', '-o', 'json'];
      return (JSON.parse(await kubectl(lab!.kubectlPath, result.kubeconfig, wanted)) as { items: Seen[] }).items;
    };
    const rollouts = await list('rollouts');
    const pods = await list('pods');
    return {
      rollouts: rollouts.map(({ metadata, spec, status }) => [
        `${metadata.namespace}/${metadata.name}`,
        status.phase,
        spec.template?.spec.containers[0]?.image,
      ]),
      pods: pods.map(({ spec }) => spec.containers?.[0]?.image),
    };
  }
});

interface Seen {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: {
    readonly containers?: readonly { readonly image: string }[];
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status: { readonly phase: string };
}

test('without Go the demo in the lab says so in one line and exits with a code of its own', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidegate-no-go-'));
  const env = { PATH: '/nonexistent', TIDEGATE_CACHE: join(dir, 'cache') };
  const ended: Ended = await runCli(['demo', '--world', 'lab', '--dir', dir], env);
  await rm(dir, { recursive: true, force: true });
  expect(ended.code).toBe(3);
  expect(ended.stderr.trim()).toBe('error: the lab needs Go 1.26 to build its control plane: no go on the PATH');
});
