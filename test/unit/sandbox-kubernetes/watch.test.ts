import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/ports/kinds.ts';
import type { Store } from '../../../src/sandbox/kubernetes/store.ts';
import { openWatch, type WatchRequest } from '../../../src/sandbox/kubernetes/watch.ts';
import { newStore, refusalOf, rollout, rolloutRef, us } from './sandbox-objects.ts';

const everywhere = { namespace: null } as const;

/** The events of a watch, as `type name@version`, versions counted from the start of the test. */
function follow(store: Store, request: Partial<WatchRequest> = {}) {
  const seen: string[] = [];
  const watch = openWatch(
    store,
    kinds.rollout,
    { ...everywhere, resourceVersion: String(store.resourceVersion()), ...request },
    ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
  );
  return { seen, watch };
}

function label(store: Store, tier: string | null): void {
  store.mergePatch(rolloutRef(), { metadata: { labels: { tier } } }, us);
}

describe('a watch', () => {
  test('tells what is added, modified and deleted', () => {
    const store = newStore();
    const { seen } = follow(store);
    store.create(rollout(), kinds.rollout, us);
    store.mergePatch(rolloutRef(), { spec: { replicas: 2 } }, us);
    store.delete(rolloutRef());
    expect(seen).toEqual(['added storefront', 'modified storefront', 'deleted storefront']);
  });

  test('goes on from a version without a gap', () => {
    const store = newStore();
    store.create(rollout({ name: 'before' }), kinds.rollout, us);
    const resourceVersion = String(store.resourceVersion());
    store.create(rollout({ name: 'missed' }), kinds.rollout, us);
    const { seen } = follow(store, { resourceVersion });
    store.create(rollout({ name: 'live' }), kinds.rollout, us);
    expect(seen).toEqual(['added missed', 'added live']);
  });

  test.each(['', '0'])('from %j tells first what is there', (resourceVersion) => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    store.mergePatch(rolloutRef(), { spec: { replicas: 2 } }, us);
    expect(follow(store, { resourceVersion }).seen).toEqual(['added storefront']);
  });

  test('tells an object that enters or leaves its selection as added and deleted', () => {
    const store = newStore();
    const { seen } = follow(store, { labelSelector: 'tier=free' });
    store.create(rollout(), kinds.rollout, us);
    label(store, 'free');
    store.mergePatch(rolloutRef(), { spec: { replicas: 2 } }, us);
    label(store, 'business');
    label(store, 'enterprise');
    label(store, 'free');
    label(store, null);
    expect(seen).toEqual([
      'added storefront',
      'modified storefront',
      'deleted storefront',
      'added storefront',
      'deleted storefront',
    ]);
  });

  test('gives what left its selection in its last selected state, under the new version', () => {
    const store = newStore();
    store.create(rollout({ labels: { tier: 'free' } }), kinds.rollout, us);
    const gone: unknown[] = [];
    openWatch(
      store,
      kinds.rollout,
      { ...everywhere, labelSelector: 'tier=free', resourceVersion: String(store.resourceVersion()) },
      ({ object }) => gone.push([object.metadata.labels, object.metadata.resourceVersion]),
    );
    label(store, 'business');
    expect(gone).toEqual([[{ tier: 'free' }, String(store.resourceVersion())]]);
  });

  test('keeps to its namespace and name', () => {
    const store = newStore();
    const elsewhere = follow(store, { namespace: 'kube-system' });
    const named = follow(store, { fieldSelector: 'metadata.name=other' });
    store.create(rollout(), kinds.rollout, us);
    store.create(rollout({ name: 'other' }), kinds.rollout, us);
    expect(elsewhere.seen).toEqual([]);
    expect(named.seen).toEqual(['added other']);
  });

  test('tells nothing after it is closed', () => {
    const store = newStore();
    const { seen, watch } = follow(store);
    watch.close();
    store.create(rollout(), kinds.rollout, us);
    expect(seen).toEqual([]);
  });

  test('that is opened by a listener neither misses nor repeats an event', () => {
    const store = newStore();
    const resourceVersion = String(store.resourceVersion());
    let late: ReturnType<typeof follow> | null = null;
    store.subscribe(kinds.rollout, ({ type }) => {
      if (type !== 'added' || late !== null) return;
      store.mergePatch(rolloutRef(), { spec: { replicas: 9 } }, us);
      late = follow(store, { resourceVersion });
    });
    store.create(rollout(), kinds.rollout, us);
    expect(late).toMatchObject({ seen: ['added storefront', 'modified storefront'] });
  });

  test('from before the history is refused, and one from inside it is not', () => {
    const store = newStore(2);
    store.create(rollout(), kinds.rollout, us);
    const old = store.resourceVersion();
    for (let i = 0; i < 5; i += 1) store.mergePatch(rolloutRef(), { spec: { replicas: 10 + i } }, us);
    expect(refusalOf(() => follow(store, { resourceVersion: String(old) }))).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    expect(follow(store, { resourceVersion: String(store.resourceVersion() - 2) }).seen).toHaveLength(2);
  });

  test('of other kinds does not age with the writes of one', () => {
    const store = newStore(2);
    const old = String(store.resourceVersion());
    store.create(rollout(), kinds.rollout, us);
    for (let i = 0; i < 9; i += 1) store.mergePatch(rolloutRef(), { spec: { replicas: 10 + i } }, us);
    expect(store.eventsSince(kinds.service, Number(old))).toEqual([]);
  });

  test('from a version that is no number is refused', () => {
    expect(refusalOf(() => follow(newStore(), { resourceVersion: 'x' }))).toMatchObject({ code: 500 });
  });
});
