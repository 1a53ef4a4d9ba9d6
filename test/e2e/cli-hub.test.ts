import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { installedObjects } from '../../src/cli/installed-objects.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { lastJson } from '../unit/cli/fake-context.ts';
import { runCli, startCli } from './cli-process.ts';

const NAMESPACE = 'tidegate-system';
let sandbox: SandboxWorld;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = await startSandboxWorld({
    files: ['waves'],
    trafficFile: null,
    namespace: NAMESPACE,
    baseline: null,
    prometheus: null,
    portBase: null,
    dir: null,
    log: () => undefined,
  });
  env = { KUBECONFIG: sandbox.kubeconfigPath };
});

afterAll(() => sandbox.stop());

function hashIn(stdout: string): string {
  return (lastJson(stdout) as { readonly plan: { readonly hash: string } }).plan.hash;
}

async function lease(name: string): Promise<{ readonly holderIdentity?: string } | undefined> {
  const object = await sandbox.hubApi.get({ kind: kinds.lease, namespace: NAMESPACE, name });
  return object?.['spec'] as { readonly holderIdentity?: string } | undefined;
}

describe('commands against a hub over HTTP', () => {
  it('install again finds everything of this version there', async () => {
    await runCli(['install'], env);
    const { code, stdout } = await runCli(['install', '-o', 'json'], env);
    const { objects } = lastJson(stdout) as { readonly objects: readonly { readonly outcome: string }[] };
    expect(code).toBe(0);
    expect(objects).toHaveLength(installedObjects(NAMESPACE).length);
    expect(new Set(objects.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
  });

  it('install into another namespace makes it', async () => {
    const { stdout } = await runCli(['install', '-n', 'second'], env);
    expect(stdout).toContain('Namespace/second created');
    expect(await sandbox.hubApi.get({ kind: kinds.namespace, namespace: null, name: 'second' })).toBeDefined();
  });

  it('apply creates a whole fleet where there is none, and leaves releases alone', async () => {
    await runCli(['install', '-n', 'third'], env);
    const { code, stdout } = await runCli(['apply', '-f', 'waves', '-n', 'third', '-o', 'json'], env);
    const answer = lastJson(stdout) as {
      readonly objects: readonly { readonly outcome: string }[];
      readonly leftAlone: readonly unknown[];
    };
    expect(code).toBe(0);
    expect(Map.groupBy(answer.objects, ({ outcome }) => outcome).get('created')).toHaveLength(51);
    expect(answer.leftAlone).toHaveLength(3);
    expect((await sandbox.hubApi.list(kinds.tenant, { namespace: 'third' })).items).toHaveLength(40);
  });

  it('apply with --dry-run says what would be and changes nothing', async () => {
    await runCli(['install', '-n', 'fourth'], env);
    const { stdout } = await runCli(['apply', '-f', 'waves', '-n', 'fourth', '--dry-run'], env);
    expect(stdout).toContain('Tenant/acme created (dry run)');
    expect((await sandbox.hubApi.list(kinds.tenant, { namespace: 'fourth' })).items).toEqual([]);
  });

  it('plan without files plans what the hub has, to the same hash as the files', async () => {
    const [file] = await readFiles(['waves/releases/storefront-4.14.0.yaml']);
    const release = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
    const metadata = { ...release.metadata, namespace: NAMESPACE };
    await sandbox.hubApi.create({ ...release, metadata }, kinds.release, { fieldManager: 'kubectl' });
    const fromHub = await runCli(['plan', '-o', 'json'], env);
    const fromFiles = await runCli(['plan', '-f', 'waves', '--release', 'storefront-4.14.0', '-o', 'json']);
    expect(fromHub.code).toBe(0);
    expect(hashIn(fromHub.stdout)).toBe(hashIn(fromFiles.stdout));
  });

  it.each([
    ['a kubeconfig that is not there', ['--kubeconfig', 'nowhere'], 2, 'kubeconfig nowhere: the file is not there'],
    [
      'a context that is not there',
      ['--context', 'nowhere'],
      2,
      'there is no context nowhere; there are: hub, acme-prod',
    ],
    ['a cluster where nothing is installed', ['--context', 'acme-prod'], 1, 'see tidegate install'],
    ['a namespace that is not there', ['-n', 'nowhere'], 1, 'the namespace is not there; create it first'],
  ])('refuses %s', async (_, args, code, words) => {
    const ended = await runCli(['apply', '-f', 'waves', ...args], env);
    expect(ended.stderr).toContain(words);
    expect(ended.code).toBe(code);
  });
});

describe('the daemon as a process', () => {
  it('leads, and on SIGTERM gives its lease back and ends well', async () => {
    const daemon = startCli(['daemon', '--listen', 'off', '--identity', 'one', '--lease-name', 'solo'], env);
    await daemon.until('stderr', '"msg":"leads"');
    expect((await lease('solo'))?.holderIdentity).toBe('one');
    daemon.child.kill('SIGTERM');
    const { code, stderr } = await daemon.ended;
    expect(code).toBe(0);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly msg: string }).msg),
    ).toEqual(['daemon starts', 'leads', 'asked to stop', 'daemon ended']);
    expect((await lease('solo'))?.holderIdentity ?? '').toBe('');
  });

  it('follows while another leads, and leads when that one stops', async () => {
    const first = startCli(['daemon', '--listen', 'off', '--identity', 'a', '--lease-name', 'pair'], env);
    await first.until('stderr', '"msg":"leads"');
    const second = startCli(['daemon', '--listen', 'off', '--identity', 'b', '--lease-name', 'pair'], env);
    await second.until('stderr', '"holder":"a","msg":"follows"');
    first.child.kill('SIGINT');
    await second.until('stderr', '"epoch":2,"msg":"leads"');
    expect((await first.ended).code).toBe(0);
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('refuses a hub that cannot be', async () => {
    const { code, stderr } = await runCli(['daemon', '--context', 'nowhere'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no context nowhere');
  });
});
