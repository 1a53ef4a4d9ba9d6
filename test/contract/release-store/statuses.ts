import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import { instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { aDecision, aStatus, PASSED, RUNNING } from '../../unit/release/a-release.ts';
import { follow, type Hub, newHub, RELEASE_SPEC } from './a-hub.ts';
import type { TheWorld } from './world.ts';

const NAME = 'storefront-4.12.0';

/** The Release's status, written by whoever leads. */
export function describeStatuses(world: TheWorld): void {
  const start = async (): Promise<{ hub: Hub; read: () => Promise<KubernetesObject> }> => {
    const hub = await newHub(world());
    await hub.create(kinds.release, NAME, RELEASE_SPEC);
    const ref = { kind: kinds.release, namespace: hub.namespace, name: NAME };
    return { hub, read: async () => (await hub.api.get(ref))! };
  };

  describe('a status', () => {
    test('is written beside the spec, which it leaves alone with its generation', async () => {
      const { hub, read } = await start();
      await hub.openStore().saveStatus(NAME, aStatus([PASSED, RUNNING], { message: 'wave business is running' }));
      expect(await read()).toMatchObject({
        metadata: { generation: 1 },
        spec: RELEASE_SPEC,
        status: { phase: 'Running', message: 'wave business is running' },
      });
    });

    test('loses its end when the release is taken up again', async () => {
      const { hub, read } = await start();
      const store = hub.openStore();
      await store.saveStatus(NAME, aStatus([PASSED, RUNNING], { phase: 'RolledBack', finishedAt: instant(5) }));
      expect((await read())['status']).toHaveProperty('finishedAt');
      await store.saveStatus(NAME, aStatus([PASSED, RUNNING], { phase: 'RollingBack', finishedAt: null }));
      expect((await read())['status']).not.toHaveProperty('finishedAt');
    });

    test('names no wave any more when the last has passed', async () => {
      const { hub, read } = await start();
      const store = hub.openStore();
      await store.saveStatus(NAME, aStatus([PASSED, PASSED, RUNNING]));
      expect((await read())['status']).toHaveProperty('wave', 'enterprise');
      await store.saveStatus(NAME, aStatus([PASSED, PASSED, PASSED], { phase: 'Completed' }));
      expect((await read())['status']).not.toHaveProperty('wave');
    });

    test('of a stale daemon is a conflict, and that of its successor stays', async () => {
      const { hub, read } = await start();
      const [stale, leader] = [hub.openStore(), hub.openStore()];
      await stale.saveStatus(NAME, aStatus([RUNNING]));
      await leader.saveStatus(NAME, aStatus([RUNNING], { phase: 'RollingBack', rollback: aDecision('wave', 0) }));
      await expect(stale.saveStatus(NAME, aStatus([PASSED]))).rejects.toBeInstanceOf(ConflictError);
      expect((await read())['status']).toMatchObject({ phase: 'RollingBack', rollback: { scope: 'wave' } });
    });

    test('may be written again after a conflict, by who has started from the store', async () => {
      const { hub, read } = await start();
      const store = hub.openStore();
      const following = follow(store);
      await following.until(({ releases }) => releases.length === 1);
      await store.saveStatus(NAME, aStatus([RUNNING]));
      await hub.openStore().saveStatus(NAME, aStatus([RUNNING], { message: 'theirs' }));
      await expect(store.saveStatus(NAME, aStatus([PASSED]))).rejects.toBeInstanceOf(ConflictError);
      await following.until(({ releases }) => releases[0]?.status?.message === 'theirs');
      await store.saveStatus(NAME, aStatus([PASSED], { message: 'ours again' }));
      expect((await read())['status']).toMatchObject({ message: 'ours again' });
      await following.stop();
    });

    test('of a release that was deleted is a conflict', async () => {
      const { hub } = await start();
      await hub.remove(kinds.release, NAME);
      await expect(hub.openStore().saveStatus(NAME, aStatus())).rejects.toBeInstanceOf(ConflictError);
    });
  });

  describe('a Release', () => {
    test('never changes its spec, planned or not, and can be labelled', async () => {
      const { hub, read } = await start();
      await hub.openStore().saveStatus(NAME, aStatus([RUNNING]));
      const ref = { kind: kinds.release, namespace: hub.namespace, name: NAME };
      const write = { fieldManager: 'kubectl' };
      const changed = hub.api.mergePatch(ref, { spec: { plan: 'quick' } }, write);
      await expect(changed).rejects.toBeInstanceOf(TerminalError);
      await expect(changed).rejects.toThrow('the spec of a Release never changes: create another one');
      await hub.api.mergePatch(ref, { metadata: { labels: { team: 'shop' } } }, write);
      expect(await read()).toMatchObject({ metadata: { labels: { team: 'shop' } }, spec: RELEASE_SPEC });
    });
  });
}
