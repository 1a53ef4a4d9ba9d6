import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../../src/ports/kubernetes-api.ts';
import { newNamespace, refOf, rollout, valueAt } from './objects.ts';
import type { TheWorld } from './world.ts';

/** What one manager has to say about one Rollout. */
interface Owner {
  apply(fields: Fields, options?: { readonly force?: boolean; readonly dryRun?: boolean }): Promise<KubernetesObject>;
}

interface Fields {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Server-side apply: who owns a field may change it. */
export function describeApplying(world: TheWorld): void {
  const start = async (): Promise<{ api: KubernetesApi; ref: ObjectRef; as: (manager: string) => Owner }> => {
    const { api } = world();
    const base = rollout(await newNamespace(api), 'storefront');
    await api.create(base, kinds.rollout, { fieldManager: 'creator' });
    const { name, namespace } = base.metadata;
    const as = (manager: string): Owner => ({
      apply: (fields, options = {}) => {
        const { labels, spec = {} } = fields;
        const metadata = { name, namespace: namespace!, ...(labels === undefined ? {} : { labels }) };
        const object = { apiVersion: base.apiVersion, kind: base.kind, metadata, spec };
        return api.apply(object, kinds.rollout, { fieldManager: manager, force: false, ...options });
      },
    });
    return { api, ref: refOf(base, kinds.rollout), as };
  };

  describe('server-side apply', () => {
    test('creates what is not there', async () => {
      const { api } = world();
      const object = rollout(await newNamespace(api), 'storefront');
      const applied = await api.apply(object, kinds.rollout, { fieldManager: 'a', force: false });
      expect(applied.metadata.generation).toBe(1);
      expect(valueAt(await api.get(refOf(object, kinds.rollout)), 'spec.replicas')).toBe(1);
    });

    test('sets what nobody owns, and leaves the rest alone', async () => {
      const { as } = await start();
      const applied = await as('a').apply({ spec: { minReadySeconds: 5 } });
      expect(applied.spec).toMatchObject({ minReadySeconds: 5, replicas: 1 });
    });

    test("is a conflict on another's value, names the owner, and changes nothing", async () => {
      const { api, ref, as } = await start();
      await as('manager-a').apply({ spec: { minReadySeconds: 5 } });
      const other = as('manager-b').apply({ spec: { minReadySeconds: 6 } });
      await expect(other).rejects.toSatisfy(
        (error) => error instanceof ConflictError && /manager-a/.test(error.message),
      );
      expect(valueAt(await api.get(ref), 'spec.minReadySeconds')).toBe(5);
    });

    test('by force takes the field over for good', async () => {
      const { as } = await start();
      await as('a').apply({ spec: { minReadySeconds: 5 } });
      await as('b').apply({ spec: { minReadySeconds: 6 } }, { force: true });
      const without = await as('a').apply({ spec: {} });
      expect(valueAt(without, 'spec.minReadySeconds')).toBe(6);
    });

    test('removes what it applied before and does not any more', async () => {
      const { as } = await start();
      await as('a').apply({ labels: { one: '1', two: '2' }, spec: { minReadySeconds: 5 } });
      const applied = await as('a').apply({ labels: { one: '1' } });
      expect(applied.metadata.labels).toEqual({ one: '1' });
      expect(valueAt(applied, 'spec.minReadySeconds')).toBeUndefined();
    });

    test('of the same value makes a second owner: the field stays until both let go', async () => {
      const { as } = await start();
      await as('a').apply({ spec: { minReadySeconds: 5 } });
      await as('b').apply({ spec: { minReadySeconds: 5 } });
      expect(valueAt(await as('a').apply({ spec: {} }), 'spec.minReadySeconds')).toBe(5);
      expect(valueAt(await as('b').apply({ spec: {} }), 'spec.minReadySeconds')).toBeUndefined();
    });

    test('and patch are two owners, even under one name', async () => {
      const { api, ref, as } = await start();
      await api.patch(ref, [{ op: 'add', path: '/spec/minReadySeconds', value: 5 }], { fieldManager: 'a' });
      await expect(as('a').apply({ spec: { minReadySeconds: 6 } })).rejects.toBeInstanceOf(ConflictError);
      await as('a').apply({ spec: { minReadySeconds: 6 } }, { force: true });
      expect(valueAt(await as('a').apply({ spec: {} }), 'spec.minReadySeconds')).toBeUndefined();
    });

    test('does not remove what a patch of the same name set', async () => {
      const { api, ref, as } = await start();
      await api.patch(ref, [{ op: 'add', path: '/spec/minReadySeconds', value: 5 }], { fieldManager: 'a' });
      await as('a').apply({ labels: { one: '1' } });
      const applied = await as('a').apply({});
      expect(valueAt(applied, 'spec.minReadySeconds')).toBe(5);
      expect(applied.metadata.labels).toBeUndefined();
    });

    test("leaves a stranger's variable in a container that it applies", async () => {
      const { api, ref, as } = await start();
      const image = 'registry.example/app:1';
      const template = (value: string) => ({
        spec: { containers: [{ name: 'app', image, env: [{ name: 'OWN', value }] }] },
      });
      await as('a').apply({ spec: { template: template('1') } }, { force: true });
      const stranger = {
        op: 'add',
        path: '/spec/template/spec/containers/0/env/-',
        value: { name: 'HIS', value: 'x' },
      } as const;
      await api.patch(ref, [stranger], { fieldManager: 'kubectl-edit' });
      const applied = await as('a').apply({ spec: { template: template('2') } }, { force: true });
      const containers = valueAt(applied, 'spec.template.spec.containers') as { env: unknown }[];
      expect(containers[0]?.env).toEqual([
        { name: 'OWN', value: '2' },
        { name: 'HIS', value: 'x' },
      ]);
    });

    test('that changes nothing keeps the version', async () => {
      const { as } = await start();
      const once = await as('a').apply({ labels: { one: '1' }, spec: { minReadySeconds: 5 } });
      const twice = await as('a').apply({ labels: { one: '1' }, spec: { minReadySeconds: 5 } });
      expect(twice.metadata.resourceVersion).toBe(once.metadata.resourceVersion);
    });

    test('refuses a field that the schema does not know', async () => {
      const { as } = await start();
      const applied = as('a').apply({ spec: { minReadySecond: 5 } });
      await expect(applied).rejects.toSatisfy(
        (error) => error instanceof TerminalError && /minReadySecond/.test(error.message),
      );
    });

    test('stores nothing in a dry run', async () => {
      const { api, ref, as } = await start();
      const before = await api.get(ref);
      const answer = await as('a').apply({ spec: { minReadySeconds: 5 } }, { dryRun: true });
      expect(valueAt(answer, 'spec.minReadySeconds')).toBe(5);
      expect(await api.get(ref)).toEqual(before);
    });
  });
}
