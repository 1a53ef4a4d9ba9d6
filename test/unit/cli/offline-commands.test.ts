import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lastJson, say } from './fake-context.ts';

const ARGS = ['-f', 'waves', '--release', 'storefront-4.12.0'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-cli-'));
});

afterAll(() => rm(folder, { recursive: true }));

interface PlanAnswer {
  readonly plan: { readonly hash: string; readonly waves: readonly { readonly name: string }[] };
  readonly forecast: { readonly startAt: string; readonly endAt: string };
}

describe('tidegate plan', () => {
  it('says the waves in integers, and where pods make steps coarser', async () => {
    const { stdout } = await say('plan', ...ARGS, '--start-at', '2026-11-23T09:00:00Z');
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^storefront-4\.12\.0: storefront to 4\.12\.0 along quick, plan [0-9a-f]{12}$/);
    expect(lines[1]).toBe('reaches 40 of 40 tenants (100 % of all weight) in 19 targets of 5 clusters');
    expect(lines).toContainEqual(
      expect.stringMatching(/^business +14 +14 +14 +0 +[\d() ]+ 100 +\S+, wave \S+ +2 slos +2026-11-23 09:0\d UTC$/),
    );
  });

  it('answers with one line of JSON that carries the whole plan and times in RFC 3339', async () => {
    const { stdout } = await say('plan', ...ARGS, '--start-at', '2026-11-23T09:00:00Z', '-o', 'json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const answer = lastJson(stdout) as PlanAnswer;
    expect(answer.plan.waves.map(({ name }) => name)).toEqual(['free', 'business', 'enterprise']);
    expect(answer.forecast.startAt).toBe('2026-11-23T09:00:00.000Z');
  });

  it('keeps its hash whatever time it is', async () => {
    const first = lastJson(
      (await say('plan', ...ARGS, '-o', 'json', '--start-at', '2026-11-23T09:00:00Z')).stdout,
    ) as PlanAnswer;
    const second = lastJson(
      (await say('plan', ...ARGS, '-o', 'json', '--start-at', '2027-01-01T00:00:00Z')).stdout,
    ) as PlanAnswer;
    expect(second.plan.hash).toBe(first.plan.hash);
    expect(second.forecast.endAt).not.toBe(first.forecast.endAt);
  });

  it('writes the document to sign, and says the plan in short beside it', async () => {
    const path = join(folder, 'plan.md');
    const said = await say('plan', ...ARGS, '--out', path);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^# Release storefront-4\.12\.0/);
    expect(said.stdout).toContain('along quick');
    expect(said.stderr).toContain(`written to ${path}`);
  });

  it('prints the document with --output markdown, the same bytes as --out', async () => {
    const path = join(folder, 'again.md');
    const at = ['--start-at', '2026-11-23T09:00:00Z'];
    await say('plan', ...ARGS, ...at, '--out', path);
    const { stdout } = await say('plan', ...ARGS, ...at, '-o', 'markdown');
    expect(stdout).toBe(await readFile(path, 'utf8'));
  });
});

describe('tidegate lint', () => {
  it('names every mistake of every file with its place, as text and as JSON', async () => {
    const path = join(folder, 'wrong.yaml');
    const header = 'apiVersion: tidegate.dev/v1alpha1\nkind: Pool\n';
    await writeFile(
      path,
      `${header}metadata: { name: a }\nspec: { cluster: nowhere, namespace: a }\n---\n${header}metadata: { name: b }\nspec: { clutser: x }\n`,
    );
    const said = await say('lint', '-f', path, '-o', 'json');
    expect(said.code).toBe(2);
    const { error } = lastJson(said.stdout) as {
      readonly error: { readonly kind: string; readonly issues: readonly unknown[] };
    };
    expect(error.kind).toBe('InvalidInput');
    expect(said.stderr.trimEnd().split('\n')).toHaveLength(error.issues.length);
    expect(said.stderr).toContain(`error: ${path}:4:18 spec.cluster: unknown cluster "nowhere"`);
    expect(said.stderr).toContain(`${path}:9:9 spec.clutser: unknown field "clutser"; did you mean "cluster"?`);
  });

  it('answers with the hash of every release, and its warnings', async () => {
    const answer = lastJson((await say('lint', '-f', 'waves', '-o', 'json')).stdout);
    expect(answer).toMatchObject({
      ok: true,
      releases: [{ name: 'storefront-4.12.0' }, { name: 'storefront-4.13.0' }, { name: 'storefront-4.14.0' }],
      findings: [
        { release: 'storefront-4.14.0', severity: 'warning', reason: 'StepsMerged' },
        { release: 'storefront-4.14.0', severity: 'warning', reason: 'StepsMerged' },
      ],
    });
  });

  it('says why a release cannot be planned', async () => {
    const path = join(folder, 'scope.yaml');
    const text = await readFile('waves/releases/storefront-4.12.0.yaml', 'utf8');
    await writeFile(
      path,
      text.replace('plan: quick', 'plan: quick\n  scope: { select: { labels: { region: mars } } }'),
    );
    const said = await say('lint', '-f', 'waves/fleet.yaml', 'waves/storefront.yaml', 'waves/quick.yaml', path);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('error: release storefront-4.12.0: ');
    expect(said.stdout).toBe('');
  });
});

describe('tidegate render', () => {
  it('prints the objects of one target in the order they are written, labelled with the plan', async () => {
    const said = await say('render', ...ARGS, '--target', 'shared-eu/globex/storefront');
    const [, first, ...rest] = said.stdout.split('---\n');
    expect(first).toMatch(/^# shared-eu\/globex\/storefront\n/);
    const objects = [first ?? '', ...rest].map((text) => parse(text) as RenderedObject);
    expect(objects.map(({ kind }) => kind)).toEqual(['AnalysisTemplate', 'Service', 'PodDisruptionBudget', 'Rollout']);
    expect(objects.at(-1)?.metadata.labels).toMatchObject({ 'tidegate.dev/release': 'storefront-4.12.0' });
  });

  it('renders every target of every wave', async () => {
    const answer = lastJson((await say('render', ...ARGS, '-o', 'json')).stdout) as {
      readonly targets: readonly { readonly wave: string }[];
    };
    const waves = Map.groupBy(answer.targets, ({ wave }) => wave);
    expect([...waves].map(([wave, targets]) => [wave, targets.length])).toEqual([
      ['free', 2],
      ['business', 14],
      ['enterprise', 3],
    ]);
  });
});

interface RenderedObject {
  readonly kind: string;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
}

describe('tidegate install --dry-run', () => {
  const objectsIn = (stdout: string) =>
    stdout.split('---\n').map((text) => parse(text) as { kind: string; metadata: { name: string } });

  it('prints every kind, the namespace, the rights and the policy as YAML, without a cluster', async () => {
    const { stdout } = await say('install', '--dry-run', '-n', 'gate');
    const objects = objectsIn(stdout);
    expect(objects.slice(0, 13).map(({ metadata }) => metadata.name)).toContain('releases.tidegate.dev');
    expect(objects.slice(13).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'Namespace/gate',
      'ServiceAccount/tidegate',
      'Role/tidegate-hub',
      'RoleBinding/tidegate-hub',
      'Role/tidegate-viewer',
      'Role/tidegate-release-manager',
      'Role/tidegate-approver',
      'Role/tidegate-ci',
      'Role/tidegate-fleet-editor',
      'ValidatingAdmissionPolicy/tidegate-own-name',
      'ValidatingAdmissionPolicyBinding/tidegate-own-name',
    ]);
    expect(stdout).not.toContain('tidegate-system');
  });

  it('prints for a target what the daemon needs there, and nothing of the hub', async () => {
    const { stdout } = await say('install', '--dry-run', '--target', '-n', 'gate');
    expect(objectsIn(stdout)).toMatchObject([
      { kind: 'Namespace', metadata: { name: 'gate' } },
      { kind: 'ServiceAccount', metadata: { name: 'tidegate', namespace: 'gate' } },
      { kind: 'ClusterRole', metadata: { name: 'tidegate-target' } },
      {
        kind: 'ClusterRoleBinding',
        metadata: { name: 'tidegate-target-gate' },
        subjects: [{ name: 'tidegate', namespace: 'gate' }],
      },
      { kind: 'ClusterRole', metadata: { name: 'tidegate-ci' } },
      { kind: 'ClusterRole', metadata: { name: 'tidegate-adopter' } },
    ]);
  });
});
