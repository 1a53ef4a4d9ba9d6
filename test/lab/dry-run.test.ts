import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { installedObjects } from '../../src/cli/installed-objects.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { lastJson, say } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab, kindOf } from './connected-lab.ts';
import { installRole } from './rights/installed.ts';
import { readYamlFolder } from './yaml-folder.ts';

const lab = inject('lab');
const write = { fieldManager: 'tidegate', dryRun: true } as const;

describe.skipIf(lab === null)('a dry run, by a real API server', () => {
  let connected: ConnectedLab;
  let namespace: string;

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('dry');
    await installRole(connected, namespace, 'hub');
  });

  afterAll(() => connected.api.close());

  test('tidegate apply says what would be, and nothing is', async () => {
    const hub = ['--kubeconfig', lab!.kubeconfigPath, '-n', namespace, '-o', 'json'];
    const said = await say('apply', '-f', 'waves', '--dry-run', ...hub);
    const { objects } = lastJson(said.stdout) as { readonly objects: readonly { readonly outcome: string }[] };
    expect(Map.groupBy(objects, ({ outcome }) => outcome).get('created')).toHaveLength(objects.length);
    expect(objects.length).toBeGreaterThan(40);
    for (const kind of [kinds.tenant, kinds.cluster, kinds.wavePlan])
      expect((await connected.api.list(kind, { namespace })).items, kind.plural).toEqual([]);
  });

  test('what tidegate install prints is taken as it is, and changes nothing', async () => {
    const { stdout } = await say('install', '--dry-run', '-n', namespace);
    const list = { apiVersion: 'v1', kind: 'List', items: installedObjects(namespace) };
    expect(stdout).toContain('kind: ValidatingAdmissionPolicy');
    const flags = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'];
    const applied = await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, flags, list);
    expect(applied).toContain('validatingadmissionpolicy.admissionregistration.k8s.io/tidegate-own-name');
    expect(applied.match(/\(server dry run\)/g)).toHaveLength(list.items.length);
    const policies = await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, [
      'get',
      'validatingadmissionpolicies',
      '-o',
      'name',
    ]);
    expect(policies).not.toContain('tidegate');
  });

  test('refuses what a write would be refused, by every way to write', async () => {
    const { api } = connected;
    const [fleet] = readYamlFolder('waves').filter(({ path }) => path.endsWith('fleet.yaml'));
    const tenant = fleet!.objects.find(({ kind }) => kind === 'Tenant')!;
    const odd: KubernetesObject = {
      ...tenant,
      metadata: { ...tenant.metadata, namespace },
      spec: { ...(tenant['spec'] as object), teir: 'free' },
    };
    await expect(api.create(odd, kindOf(odd), write)).rejects.toThrow(/unknown field "spec.teir"/);
    await expect(api.apply(odd, kindOf(odd), { ...write, force: true })).rejects.toThrow(/spec.teir/);
    const ref = { kind: kinds.tenant, namespace, name: 'nobody' };
    await expect(api.mergePatch(ref, { spec: {} }, write)).rejects.toThrow('the object is gone');
    const elsewhere = { ...odd, metadata: { name: 'a', namespace: 'no-such-place' } };
    await expect(api.create(elsewhere, kindOf(odd), write)).rejects.toBeInstanceOf(TerminalError);
  });

  test('of a Rollout answers what the schema fills in, and starts nothing', async () => {
    const rollout: KubernetesObject = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop', namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { labels: { app: 'shop' } },
          spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ports: [{ containerPort: 80 }] }] },
        },
        strategy: { canary: {} },
      },
    };
    const answered = await connected.api.create(rollout, kinds.rollout, write);
    expect(answered).toMatchObject({ metadata: { uid: expect.any(String), generation: 1 } });
    expect(JSON.stringify(answered['spec'])).toContain('"protocol":"TCP"');
    expect((await connected.api.list(kinds.rollout, { namespace })).items).toEqual([]);
    expect((await connected.api.list(kinds.replicaSet, { namespace })).items).toEqual([]);
  });
});
