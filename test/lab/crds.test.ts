import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { type ConnectedLab, connectLab, kindOf, untilServed } from './connected-lab.ts';
import { readYamlFolder } from './yaml-folder.ts';

const lab = inject('lab');
const ours = { fieldManager: FIELD_MANAGER };
const API_VERSION = 'tidegate.dev/v1alpha1';
const IMAGE = `registry.example/app@sha256:${'a'.repeat(64)}`;

describe.skipIf(lab === null)('our kinds, against a real API server', () => {
  let connected: ConnectedLab;
  let namespace: string;

  const place = (object: KubernetesObject): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  });
  const apply = (object: KubernetesObject) =>
    connected.api.apply(place(object), kindOf(object), { ...ours, force: true });

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('crds');
    for (const { objects } of readYamlFolder('deploy/crds'))
      for (const object of objects)
        await connected.api.apply(object, kinds.customResourceDefinition, { ...ours, force: true });
    for (const kind of Object.values(kinds).filter(({ group }) => group === 'tidegate.dev'))
      await untilServed(connected.api, kind);
  });

  afterAll(() => connected.api.close());

  test.for(readYamlFolder('deploy/crds'))('$path has a structural schema without a complaint', async ({ objects }) => {
    const ref = { kind: kinds.customResourceDefinition, namespace: null, name: objects[0]!.metadata.name };
    const live = await connected.api.get(ref);
    const { conditions } = live!['status'] as { conditions: { type: string; status: string; message: string }[] };
    const told = Object.fromEntries(conditions.map(({ type, status }) => [type, status]));
    expect(told).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
    expect(conditions.filter(({ type }) => type === 'NonStructuralSchema')).toEqual([]);
  });

  test.for([...readYamlFolder('waves'), ...readYamlFolder('waves/releases')])(
    '$path is accepted to the field',
    async ({ objects }) => {
      expect(objects.length).toBeGreaterThan(0);
      for (const object of objects) await apply(object);
    },
  );

  test('a field that no schema knows is refused', async () => {
    const pool = { apiVersion: API_VERSION, kind: 'Pool', metadata: { name: 'a-pool' } };
    const spec = { cluster: 'shared-eu', namespace: 'pool', namspace: 'pool' };
    await expect(apply({ ...pool, spec })).rejects.toThrow(/namspace/);
  });

  const release = (version: string) => ({
    workload: 'app',
    version: { name: version, images: { app: IMAGE } },
    plan: 'quick',
  });
  const approval = (by: string) => ({ release: 'app-1', planHash: 'b'.repeat(64), wave: 'free', by });
  const slice = (part: string) => ({ release: 'app-1', planHash: 'b'.repeat(64), index: 0, count: 1, part });

  test.for([
    { kind: kinds.release, before: release('1'), after: release('2') },
    { kind: kinds.approval, before: approval('ada'), after: approval('bob') },
    { kind: kinds.planSlice, before: slice('{}'), after: slice('{"more":1}') },
  ])('the spec of a $kind.kind never changes', async ({ kind, before, after }) => {
    const object = { apiVersion: API_VERSION, kind: kind.kind, metadata: { name: 'never-changed' } };
    await apply({ ...object, spec: before });
    await apply({ ...object, spec: before });
    const changed = apply({ ...object, spec: after });
    await expect(changed).rejects.toThrow(TerminalError);
    await expect(changed).rejects.toThrow(/never changes/);
    const live = await connected.api.get({ kind, namespace, name: 'never-changed' });
    expect(live!['spec']).toEqual(before);
  });

  test('kubectl get releases shows where each release stands', async () => {
    await apply({
      apiVersion: API_VERSION,
      kind: 'Release',
      metadata: { name: 'app-7' },
      spec: release('7.0.0'),
    });
    const ref = { kind: kinds.release, namespace, name: 'app-7' };
    const status = { phase: 'Running', wave: 'business', message: 'wave business is under way' };
    await connected.api.mergePatch(ref, { status }, { ...ours, subresource: 'status' });
    const table = await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['get', 'releases', '-n', namespace, 'app-7']);
    const [header, row] = table.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(header).toEqual(['NAME', 'WORKLOAD', 'VERSION', 'PHASE', 'WAVE', 'PLAN', 'AGE']);
    expect(row!.slice(0, -1)).toEqual(['app-7', 'app', '7.0.0', 'Running', 'business', 'quick']);
  });
});
