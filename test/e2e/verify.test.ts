import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';

const NAMESPACE = 'tidegate-system';
const FOR_SECONDS = 5;
const WINDOW = ['--for', `${FOR_SECONDS}s`];
const folder = new URL('small/', import.meta.url).pathname;
const SHA = { '2': '2'.repeat(64), '3': '3'.repeat(64) };

let dir: string;
let sandbox: SandboxWorld;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidegate-verify-'));
  sandbox = await startSandboxWorld({
    files: [join(folder, 'fleet.yaml')],
    trafficFile: join(folder, 'sandbox.traffic'),
    namespace: NAMESPACE,
    baseline: null,
    prometheus: { bin: undefined },
    portBase: null,
    dir,
    log: () => undefined,
  });
});

afterAll(async () => {
  await sandbox.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Puts a version on a Rollout as a plain `kubectl patch` would, all at once. */
async function deploy(cluster: string, namespace: string, version: '2' | '3'): Promise<void> {
  const ref = { kind: kinds.rollout, namespace, name: 'storefront' };
  const image = `registry.example/storefront@sha256:${SHA[version]}`;
  await sandbox.world.api(cluster).patch(
    ref,
    [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
      { op: 'add', path: '/spec/template/metadata/labels/app.kubernetes.io~1version', value: version },
      { op: 'replace', path: '/spec/strategy', value: { canary: {} } },
    ],
    { fieldManager: 'kubectl' },
  );
}

function verify(...args: readonly string[]): Promise<Said> {
  return say('verify', '--workload', 'storefront', ...args, '--kubeconfig', sandbox.kubeconfigPath);
}

describe('what runs', () => {
  it('passes when every SLO held for the time that was asked for, not later', async () => {
    const startedAt = sandbox.clock.now();
    const { code, stdout } = await verify('--all', ...WINDOW, '-o', 'json');
    const tookMs = sandbox.clock.now() - startedAt;
    const answer = lastJson(stdout) as Answer;
    expect(answer).toMatchObject({ verdict: 'pass', workload: 'storefront', wavePlan: 'small', exitCode: 0 });
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThanOrEqual(FOR_SECONDS * 1000);
    expect(tookMs).toBeLessThan((FOR_SECONDS + 10) * 1000);
    expect(answer.targets).toHaveLength(4);
  });
});

describe('after a good deploy by hand', () => {
  it('the revision that came is judged, once it has settled', async () => {
    await deploy('initech-prod', 'storefront', '2');
    const { code, stdout } = await verify('--tenant', 'initech', ...WINDOW);
    expect(stdout).toContain('waiting for the deploy to settle: initech-prod/storefront/storefront');
    expect(stdout).toContain('storefront: pass: 1 target, 1 slo');
    expect(code).toBe(0);
  });
});

describe('after a bad deploy by hand', () => {
  it('fails before the time is over, with whose requests, which revision and by what query', async () => {
    await deploy('shared', 'globex', '3');
    const startedAt = sandbox.clock.now();
    const { code, stdout, stderr } = await verify('--all', '--for', '1m', '-o', 'json');
    const answer = lastJson(stdout) as Answer;
    expect(answer).toMatchObject({ verdict: 'fail', exitCode: 35 });
    expect(code).toBe(35);
    expect(sandbox.clock.now() - startedAt).toBeLessThan(60_000);
    expect(answer.results[0]).toMatchObject({ slo: 'availability', tenant: 'globex', verdict: 'fail', decides: true });
    const globex = answer.targets.find(({ id }) => id === 'shared/globex/storefront');
    expect(globex?.image).toContain(SHA['3']);
    expect(answer.measurements).toHaveLength(1);
    expect(answer.measurements[0]).toMatchObject({ source: 'prometheus', outcome: 'counts', slos: ['availability'] });
    expect(answer.measurements[0]!['query']).toContain('rollouts_pod_template_hash');
    expect(stderr).toContain('1 FAIL (globex availability:');
  });

  it('a customer who is not touched by it still passes', async () => {
    const { code, stdout } = await verify('--target', 'shared/hooli/storefront', ...WINDOW);
    expect(code).toBe(0);
    expect(stdout).toContain('hooli');
  });
});

describe('what cannot be said', () => {
  it('is inconclusive when too few asked', async () => {
    const { code, stdout } = await verify('--tenant', 'hooli', ...WINDOW, '--min-requests', '1000000');
    expect(code).toBe(40);
    expect(stdout).toContain('at least 1 000 000 needed');
  });

  it('is inconclusive when another revision comes meanwhile', async () => {
    const verifying = verify('--target', 'shared/hooli/storefront', '--for', '8s', '-o', 'json');
    await sandbox.clock.sleep(3000);
    await deploy('shared', 'hooli', '2');
    const { code, stdout, stderr } = await verifying;
    expect(stderr).toContain('went from revision');
    expect((lastJson(stdout) as Answer).results[0]).toMatchObject({ reason: 'RevisionChanged' });
    expect(code).toBe(40);
  });

  it('is refused while a deploy is under way', async () => {
    const ref = { kind: kinds.rollout, namespace: 'pool-free', name: 'storefront' };
    const image = `registry.example/storefront@sha256:${SHA['2']}`;
    const operation = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image } as const;
    await sandbox.world.api('shared').patch(ref, [operation], { fieldManager: 'kubectl' });
    const { code, stdout } = await verify('--all', ...WINDOW, '--settle', '1s');
    expect(code).toBe(50);
    expect(stdout).toContain('verify once the deploy is over: shared/pool-free/storefront');
  });

  it.each([
    ['nobody named', [], '--all'],
    ['two kinds of names', ['--all', '--tenant', 'globex'], 'one of'],
    ['a tenant that is not there', ['--tenant', 'globx'], 'did you mean "globex"?'],
    ['a target that is not there', ['--target', 'shared/globex/storefrnt'], 'did you mean'],
    ['a time that is too short for its source', ['--all', '--for', '2s'], 'scraped every 1s'],
    ['a time that is none', ['--all', '--for', 'soon'], '--for: expected a duration'],
    ['a beginning that is yet to come', ['--all', '--since', '2199-01-01T00:00:00Z'], 'yet to come'],
  ])('is refused for %s', async (_, args, words) => {
    const { code, stderr } = await verify(...args);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});

interface Answer {
  readonly verdict: string;
  readonly message: string;
  readonly targets: readonly { readonly id: string; readonly revision: string; readonly image: string }[];
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly measurements: readonly Readonly<Record<string, unknown>>[];
}
