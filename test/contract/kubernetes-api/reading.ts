import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { WatchExpired } from '../../../src/ports/kubernetes-api.ts';
import { listen } from './listener.ts';
import { lease, newNamespace, refOf, rollout } from './objects.ts';
import type { TheWorld } from './world.ts';

const write = { fieldManager: 'contract' };

/** get, list and watch. */
export function describeReading(world: TheWorld): void {
  describe('get', () => {
    test('gives what was created, with what the server adds', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const created = await api.create(rollout(namespace, 'storefront'), kinds.rollout, write);
      const found = await api.get(refOf(created, kinds.rollout));
      expect(found).toEqual(created);
      expect(found).toMatchObject({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
      expect(found?.metadata).toMatchObject({
        generation: 1,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      });
      expect(Date.parse(found?.metadata.creationTimestamp ?? '')).not.toBeNaN();
    });

    test('gives nothing for an object, or a namespace, that is not there', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      expect(await api.get({ kind: kinds.rollout, namespace, name: 'nobody' })).toBeUndefined();
      expect(await api.get({ kind: kinds.rollout, namespace: 'no-such-place', name: 'nobody' })).toBeUndefined();
    });

    test('refuses a kind that the server does not know', async () => {
      const unknown = { group: 'nobody.example', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
      const asked = world().api.get({ kind: unknown, namespace: 'default', name: 'x' });
      await expect(asked).rejects.toBeInstanceOf(TerminalError);
      await expect(world().api.list(unknown, { namespace: null })).rejects.toBeInstanceOf(TerminalError);
    });
  });

  describe('list', () => {
    test('gives pages, each with the way to the next, and one version to watch from', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      for (const name of ['a', 'b', 'c', 'd', 'e']) await api.create(lease(namespace, name), kinds.lease, write);
      const first = await api.list(kinds.lease, { namespace, limit: 2 });
      const second = await api.list(kinds.lease, { namespace, limit: 2, continueToken: first.continueToken! });
      const third = await api.list(kinds.lease, { namespace, limit: 2, continueToken: second.continueToken! });
      const names = [first, second, third].map((page) => page.items.map((item) => item.metadata.name));
      expect(names).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
      expect(third.continueToken).toBeNull();
      expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
    });

    test('gives kind and apiVersion of every item', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      await api.create(lease(namespace, 'a'), kinds.lease, write);
      const { items } = await api.list(kinds.lease, { namespace });
      expect(items).toMatchObject([{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }]);
    });

    test('keeps to the labels that were asked for, in one namespace or in all', async () => {
      const { api } = world();
      const [one, other] = [await newNamespace(api), await newNamespace(api)];
      const labels = { tier: 'free', run: one };
      await api.create(lease(one, 'a', { labels }), kinds.lease, write);
      await api.create(lease(one, 'b', { labels: { ...labels, tier: 'business' } }), kinds.lease, write);
      await api.create(lease(other, 'c', { labels }), kinds.lease, write);
      const labelSelector = `tier=free,run=${one}`;
      const here = await api.list(kinds.lease, { namespace: one, labelSelector });
      const everywhere = await api.list(kinds.lease, { namespace: null, labelSelector });
      expect(here.items.map((item) => item.metadata.name)).toEqual(['a']);
      expect(everywhere.items.map((item) => item.metadata.name).sort()).toEqual(['a', 'c']);
    });

    test('gives nothing for a namespace that is not there', async () => {
      const list = await world().api.list(kinds.lease, { namespace: 'no-such-place' });
      expect(list).toMatchObject({ items: [], continueToken: null });
      expect(list.resourceVersion).not.toBe('');
    });
  });

  describe('watch', () => {
    test('tells what is added, modified and deleted since the list, in order', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      await api.create(lease(namespace, 'before'), kinds.lease, write);
      const { resourceVersion } = await api.list(kinds.lease, { namespace });
      const listener = listen(api, kinds.lease, { namespace, resourceVersion });
      const made = await api.create(lease(namespace, 'a'), kinds.lease, write);
      await api.mergePatch(refOf(made, kinds.lease), { spec: { leaseDurationSeconds: 20 } }, write);
      await api.delete(refOf(made, kinds.lease));
      expect(await listener.until(3)).toEqual(['added a', 'modified a', 'deleted a']);
      await listener.stop();
    });

    test('goes on from any version that was told', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const { resourceVersion } = await api.list(kinds.lease, { namespace });
      const a = await api.create(lease(namespace, 'a'), kinds.lease, write);
      await api.create(lease(namespace, 'b'), kinds.lease, write);
      const whole = listen(api, kinds.lease, { namespace, resourceVersion });
      const resumed = listen(api, kinds.lease, { namespace, resourceVersion: a.metadata.resourceVersion! });
      expect(await whole.until(2)).toEqual(['added a', 'added b']);
      expect(await resumed.until(1)).toEqual(['added b']);
      await Promise.all([whole.stop(), resumed.stop()]);
    });

    test('tells as added and deleted what enters and leaves the labels that were asked for', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const { resourceVersion } = await api.list(kinds.lease, { namespace });
      const listener = listen(api, kinds.lease, { namespace, resourceVersion, labelSelector: 'tier=free' });
      const made = await api.create(lease(namespace, 'a'), kinds.lease, write);
      const ref = refOf(made, kinds.lease);
      await api.mergePatch(ref, { metadata: { labels: { tier: 'free' } } }, write);
      await api.mergePatch(ref, { metadata: { labels: { tier: null } } }, write);
      expect(await listener.until(2)).toEqual(['added a', 'deleted a']);
      await listener.stop();
    });

    test('ends quietly when told to, before it began and while it is quiet', async () => {
      const { api } = world();
      const { resourceVersion } = await api.list(kinds.lease, { namespace: null });
      const listener = listen(api, kinds.lease, { namespace: 'default', resourceVersion });
      await listener.stop();
      const again = api.watch(kinds.lease, { namespace: null, resourceVersion, signal: AbortSignal.abort() });
      for await (const event of again) expect.fail(`heard ${event.type} after the end`);
    });

    test('says so when the version is too old to go on from', async () => {
      const resourceVersion = await world().expiredVersion();
      const listener = listen(world().api, kinds.rollout, { namespace: null, resourceVersion });
      await expect(listener.done).rejects.toBeInstanceOf(WatchExpired);
    }, 10_000);
  });
}
