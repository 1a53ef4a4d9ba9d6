import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { install, installedObjects } from '../../src/cli/installed-objects.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../src/ports/kubernetes-api.ts';
import { say } from '../unit/cli/fake-context.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { installRole, isPolicy } from './rights/installed.ts';
import { type LabUser, newUser } from './service-account.ts';

const lab = inject('lab');
const write = { fieldManager: 'somebody' };
const HASH = 'c0ffee00'.repeat(8);

const FREEZE = { scope: { all: true }, reason: 'incident' };

const acts: readonly { readonly kind: ResourceKind; readonly spec: object }[] = [
  { kind: kinds.approval, spec: { release: 'app-1', planHash: HASH, wave: 'free' } },
  { kind: kinds.freeze, spec: FREEZE },
  { kind: kinds.rollback, spec: { release: 'app-1', scope: 'release', reason: 'wrong build' } },
];

/** The policy holds in every namespace of the lab: it goes when these tests end. */
describe.skipIf(lab === null)('people act under their own names: the admission policy', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let ada: LabUser;
  let bob: LabUser;

  const act = (kind: ResourceKind, spec: object, by: string, name: string): KubernetesObject => ({
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: kind.kind,
    metadata: { name, namespace },
    spec: { ...spec, by },
  });
  const refOf = (kind: ResourceKind, name: string) => ({ kind, namespace, name });
  const policies = installedObjects('unused').filter(isPolicy);

  beforeAll(async () => {
    connected = await connectLab(lab);
    const { api, clock } = connected;
    namespace = await connected.namespace('acts');
    await installRole(connected, namespace, 'hub');
    const roles = ['tidegate-approver', 'tidegate-release-manager', 'tidegate-ci'].map((name) => `Role/${name}`);
    ada = await newUser(lab!, namespace, ...roles);
    bob = await newUser(lab!, namespace, ...roles);
    await install(api, clock, policies);
    await untilChecked(ada.api, act(kinds.freeze, FREEZE, bob.name, 'probe'));
  });

  afterAll(async () => {
    for (const { kind, metadata } of policies as unknown as readonly KubernetesObject[])
      await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['delete', kind, metadata.name]);
    await Promise.all([ada.stop(), bob.stop(), connected.api.close()]);
  });

  describe.each(acts)('a $kind.kind', ({ kind, spec }) => {
    const name = `${kind.kind.toLowerCase()}-of-ada`;

    test('under the own name passes', async () => {
      const made = await ada.api.create(act(kind, spec, ada.name, name), kind, write);
      expect(made['spec']).toEqual({ ...spec, by: ada.name });
    });

    test("under another's name is refused, and says whom the server sees", async () => {
      const signed = ada.api.create(act(kind, spec, bob.name, 'forged'), kind, write);
      await expect(signed).rejects.toBeInstanceOf(TerminalError);
      await expect(signed).rejects.toThrow(`spec.by is "${bob.name}", but this is "${ada.name}"`);
      expect(await connected.api.get(refOf(kind, 'forged'))).toBeUndefined();
    });

    test("under another's name is refused to an administrator, by apply and in a dry run too", async () => {
      const forged = act(kind, spec, ada.name, 'forged');
      const { api } = connected;
      await expect(api.apply(forged, kind, { ...write, force: true })).rejects.toThrow('but this is "lab-admin"');
      await expect(api.create(forged, kind, { ...write, dryRun: true })).rejects.toThrow('but this is "lab-admin"');
    });

    test('cannot be signed anew by an update, not even where its kind would allow that', async () => {
      const { api, clock } = connected;
      const definition = { kind: kinds.customResourceDefinition, namespace: null, name: `${kind.plural}.tidegate.dev` };
      const rules = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations';
      const sign = () => api.mergePatch(refOf(kind, name), { spec: { by: 'lab-admin' } }, { ...write, dryRun: true });
      await expect(sign()).rejects.toThrow(`the spec of a ${kind.kind} never changes`);
      await api.patch(definition, [{ op: 'remove', path: rules }], write);
      try {
        await vi.waitFor(() => expect(sign()).rejects.toThrow('spec.by never changes: create another object'), {
          timeout: 60_000,
          interval: 100,
        });
      } finally {
        await install(
          api,
          clock,
          installedObjects('unused').filter(({ kind: one }) => one === 'CustomResourceDefinition'),
        );
      }
    });

    test('may be labelled by others', async () => {
      const patch = { metadata: { labels: { seen: 'yes' } } };
      const labelled = await connected.api.mergePatch(refOf(kind, name), patch, write);
      expect(labelled).toMatchObject({ metadata: { labels: { seen: 'yes' } }, spec: { by: ada.name } });
    });
  });

  test('its rules fit the schemas of the kinds, as far as the server can tell', async () => {
    const ask = async () => {
      const parameters = ['get', 'validatingadmissionpolicy', 'tidegate-own-name', '-o', 'json'];
      const { status } = JSON.parse(await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, parameters)) as Checked;
      expect(status?.observedGeneration).toBeGreaterThan(0);
      return status?.typeChecking?.expressionWarnings ?? [];
    };
    expect(await vi.waitFor(ask, { timeout: 60_000, interval: 200 })).toEqual([]);
  });

  test('kubectl passes under a name that its user may take on, and is refused without', async () => {
    const freeze = act(kinds.freeze, FREEZE, 'grace', 'by-kubectl');
    const run = (...flags: readonly string[]) =>
      kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['create', '-f', '-', ...flags], freeze);
    await expect(run()).rejects.toThrow('spec.by is "grace", but this is "lab-admin": act under your own name');
    expect(await run('--as=grace', '--as-group=system:masters')).toContain('freeze.tidegate.dev/by-kubectl created');
  });

  test('the command line fills in the name that the server insists on', async () => {
    const hub = ['--kubeconfig', ada.kubeconfigPath, '-n', namespace, '-o', 'json'];
    const release = {
      workload: 'app',
      version: { name: '1', images: { app: `a@sha256:${'a'.repeat(64)}` } },
      plan: 'p',
    };
    await connected.api.create({ ...act(kinds.release, {}, '', 'app-1'), spec: release }, kinds.release, write);
    const paused = await say('release', 'pause', 'app-1', ...hub);
    expect(paused.stderr).toContain('app-1 is paused');
    expect(paused.code).toBe(0);
    expect(await connected.api.get(refOf(kinds.freeze, 'app-1-paused'))).toMatchObject({ spec: { by: ada.name } });
    const forged = await say('release', 'rollback', 'app-1', '--reason', 'slow', '--by', 'bob', ...hub);
    expect(forged.code).toBe(1);
    expect(forged.stderr).toContain(`spec.by is "bob", but this is "${ada.name}": act under your own name`);
  });
});

/** What the controller-manager found when it looked at the rules. */
interface Checked {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly typeChecking?: { readonly expressionWarnings?: readonly unknown[] };
  };
}

/** A policy takes a moment until it is looked at. */
async function untilChecked(api: KubernetesApi, forged: KubernetesObject): Promise<void> {
  await vi.waitFor(
    () =>
      expect(api.create(forged, kinds.freeze, { ...write, dryRun: true })).rejects.toThrow('act under your own name'),
    { timeout: 60_000, interval: 100 },
  );
}
