import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef } from '../../../src/ports/kubernetes-api.ts';
import { lease, newNamespace, refOf, rollout, valueAt } from './objects.ts';
import type { TheWorld } from './world.ts';

const write = { fieldManager: 'contract' };

/** create, delete, JSON patch and merge patch. */
export function describeWriting(world: TheWorld): void {
  const makeRollout = async (): Promise<{ api: KubernetesApi; ref: ObjectRef; made: KubernetesObject }> => {
    const { api } = world();
    const made = await api.create(rollout(await newNamespace(api), 'storefront'), kinds.rollout, write);
    return { api, ref: refOf(made, kinds.rollout), made };
  };

  describe('create', () => {
    test('is a conflict when the name is taken', async () => {
      const { api, made } = await makeRollout();
      const again = api.create(rollout(made.metadata.namespace!, 'storefront'), kinds.rollout, write);
      await expect(again).rejects.toBeInstanceOf(ConflictError);
    });

    test('is refused in a namespace that is not there', async () => {
      const made = world().api.create(lease('no-such-place', 'a'), kinds.lease, write);
      await expect(made).rejects.toBeInstanceOf(TerminalError);
    });

    test.each([
      ['a field that the schema does not know', { minReadySecond: 3 }, /minReadySecond/],
      ['a value of another type', { minReadySeconds: 'soon' }, /minReadySeconds/],
    ])('refuses %s, and names it', async (_, spec, named) => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const made = api.create(rollout(namespace, 'storefront', spec), kinds.rollout, write);
      await expect(made).rejects.toSatisfy((error) => error instanceof TerminalError && named.test(error.message));
      expect((await api.list(kinds.rollout, { namespace })).items).toEqual([]);
    });

    test('stores nothing in a dry run', async () => {
      const { api } = world();
      const object = rollout(await newNamespace(api), 'storefront');
      const answer = await api.create(object, kinds.rollout, { ...write, dryRun: true });
      expect(answer.metadata.name).toBe('storefront');
      expect(await api.get(refOf(object, kinds.rollout))).toBeUndefined();
    });
  });

  describe('delete', () => {
    test('takes the object away, and is quiet when it is away', async () => {
      const { api } = world();
      const made = await api.create(lease(await newNamespace(api), 'a'), kinds.lease, write);
      const ref = refOf(made, kinds.lease);
      await api.delete(ref);
      expect(await api.get(ref)).toBeUndefined();
      await api.delete(ref);
    });
  });

  describe('JSON patch', () => {
    test('changes what it names, and counts a generation for a change of the spec', async () => {
      const { api, ref } = await makeRollout();
      const patched = await api.patch(
        ref,
        [
          { op: 'test', path: '/spec/replicas', value: 1 },
          { op: 'replace', path: '/spec/replicas', value: 3 },
          { op: 'add', path: '/metadata/annotations', value: { 'tidegate.dev/epoch': '4' } },
          { op: 'remove', path: '/spec/strategy/canary/steps/1' },
        ],
        write,
      );
      expect(valueAt(patched, 'spec.replicas')).toBe(3);
      expect(valueAt(patched, 'spec.strategy.canary.steps')).toEqual([{ setWeight: 10 }]);
      expect(patched.metadata).toMatchObject({ generation: 2, annotations: { 'tidegate.dev/epoch': '4' } });
    });

    test('is a conflict and changes nothing when one of its tests fails', async () => {
      const { api, ref, made } = await makeRollout();
      const patched = api.patch(
        ref,
        [
          { op: 'replace', path: '/spec/replicas', value: 3 },
          { op: 'test', path: '/metadata/uid', value: 'another' },
        ],
        write,
      );
      await expect(patched).rejects.toBeInstanceOf(ConflictError);
      expect(await api.get(ref)).toEqual(made);
    });

    test('is a conflict when a test names a field that is not there', async () => {
      const { api, ref } = await makeRollout();
      const path = '/metadata/annotations/tidegate.dev~1epoch';
      const patched = api.patch(ref, [{ op: 'test', path, value: '1' }], write);
      await expect(patched).rejects.toBeInstanceOf(ConflictError);
    });

    test('is a conflict when the object is gone', async () => {
      const { api, ref } = await makeRollout();
      const patched = api.patch({ ...ref, name: 'gone' }, [{ op: 'remove', path: '/spec/replicas' }], write);
      await expect(patched).rejects.toBeInstanceOf(ConflictError);
    });

    test('refuses a result that the schema does not know', async () => {
      const { api, ref, made } = await makeRollout();
      const operations = [{ op: 'add', path: '/spec/minReadySecond', value: 3 }] as const;
      await expect(api.patch(ref, operations, write)).rejects.toBeInstanceOf(TerminalError);
      expect(await api.get(ref)).toEqual(made);
    });

    test('of the status leaves the spec alone, and counts no generation', async () => {
      const { api, ref } = await makeRollout();
      const patched = await api.patch(
        ref,
        [
          { op: 'add', path: '/status', value: { phase: 'Paused', currentStepIndex: 1 } },
          { op: 'replace', path: '/spec/replicas', value: 7 },
        ],
        { ...write, subresource: 'status' },
      );
      expect(patched.status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 });
      expect(valueAt(patched, 'spec.replicas')).toBe(1);
      expect(patched.metadata.generation).toBe(1);
    });

    test('of the object leaves the status alone', async () => {
      const { api, ref } = await makeRollout();
      const operations = [{ op: 'add', path: '/status', value: { phase: 'Healthy' } }] as const;
      const patched = await api.patch(ref, operations, write);
      expect(valueAt(patched, 'status.phase')).toBeUndefined();
    });

    test('stores nothing in a dry run', async () => {
      const { api, ref, made } = await makeRollout();
      const operations = [{ op: 'replace', path: '/spec/replicas', value: 3 }] as const;
      const answer = await api.patch(ref, operations, { ...write, dryRun: true });
      expect(valueAt(answer, 'spec.replicas')).toBe(3);
      expect(await api.get(ref)).toEqual(made);
    });

    test('that changes nothing keeps the version', async () => {
      const { api, ref, made } = await makeRollout();
      const patched = await api.patch(ref, [{ op: 'replace', path: '/spec/replicas', value: 1 }], write);
      expect(patched.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });
  });

  describe('merge patch', () => {
    test('sets, and removes what is null', async () => {
      const { api, ref } = await makeRollout();
      await api.mergePatch(ref, { metadata: { annotations: { a: '1', b: '2' } } }, write);
      const patched = await api.mergePatch(ref, { metadata: { annotations: { a: null, c: '3' } } }, write);
      expect(patched.metadata.annotations).toEqual({ b: '2', c: '3' });
    });

    test('drops the nulls of objects inside of lists', async () => {
      const { api, ref } = await makeRollout();
      const container = (variable: object) => ({ name: 'app', image: 'app:2', env: [variable] });
      const patch = { spec: { template: { spec: { containers: [container({ name: 'A', value: null })] } } } };
      const patched = await api.mergePatch(ref, patch, write);
      expect(valueAt(patched, 'spec.template.spec.containers')).toEqual([container({ name: 'A' })]);
    });

    test('that changes nothing keeps the version', async () => {
      const { api, ref } = await makeRollout();
      const patch = { metadata: { labels: { tier: 'free' } }, spec: { replicas: 2 } };
      const once = await api.mergePatch(ref, patch, write);
      const twice = await api.mergePatch(ref, patch, write);
      expect(twice.metadata.resourceVersion).toBe(once.metadata.resourceVersion);
    });

    test('is a conflict when it was based on another version', async () => {
      const { api, ref, made } = await makeRollout();
      const { resourceVersion } = made.metadata;
      await api.mergePatch(ref, { metadata: { resourceVersion }, spec: { replicas: 2 } }, write);
      const stale = api.mergePatch(ref, { metadata: { resourceVersion }, spec: { replicas: 9 } }, write);
      await expect(stale).rejects.toBeInstanceOf(ConflictError);
      expect(valueAt(await api.get(ref), 'spec.replicas')).toBe(2);
    });

    test('of the status leaves spec and generation alone', async () => {
      const { api, ref } = await makeRollout();
      const patch = { spec: { replicas: 7 }, status: { abort: true } };
      const patched = await api.mergePatch(ref, patch, { ...write, subresource: 'status' });
      expect(patched).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { abort: true } });
    });

    test('refuses a field that the schema does not know', async () => {
      const { api, ref } = await makeRollout();
      const patched = api.mergePatch(ref, { spec: { minReadySecond: 3 } }, write);
      await expect(patched).rejects.toSatisfy(
        (error) => error instanceof TerminalError && /minReadySecond/.test(error.message),
      );
    });

    test('is a conflict when the object is gone', async () => {
      const { api, ref } = await makeRollout();
      const patched = api.mergePatch({ ...ref, name: 'gone' }, { spec: { replicas: 2 } }, write);
      await expect(patched).rejects.toBeInstanceOf(ConflictError);
    });
  });
}
