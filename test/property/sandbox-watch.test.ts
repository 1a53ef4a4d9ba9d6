import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { applyMergePatch } from '../../src/sandbox/kubernetes/merge-patch.ts';
import type { Store } from '../../src/sandbox/kubernetes/store.ts';
import { openWatch } from '../../src/sandbox/kubernetes/watch.ts';
import { newStore, rollout, rolloutRef, us } from '../unit/sandbox-kubernetes/sandbox-objects.ts';

type Step =
  | { readonly act: 'create' | 'delete'; readonly name: string }
  | { readonly act: 'relabel'; readonly name: string; readonly tier: string | null }
  | { readonly act: 'scale'; readonly name: string; readonly replicas: number };

const name = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constantFrom('create' as const, 'delete' as const), name }),
  fc.record({ act: fc.constant('relabel' as const), name, tier: fc.constantFrom('free', 'business', null) }),
  fc.record({ act: fc.constant('scale' as const), name, replicas: fc.nat(3) }),
);

/** Does a step where it applies; a name that is taken or gone is left alone. */
function perform(store: Store, { name: target, ...rest }: Step): void {
  const exists = store.get(rolloutRef(target)) !== undefined;
  if (rest.act === 'create' && !exists) store.create(rollout({ name: target }), kinds.rollout, us);
  if (!exists) return;
  if (rest.act === 'delete') store.delete(rolloutRef(target));
  if (rest.act === 'relabel') store.mergePatch(rolloutRef(target), { metadata: { labels: { tier: rest.tier } } }, us);
  if (rest.act === 'scale') store.mergePatch(rolloutRef(target), { spec: { replicas: rest.replicas } }, us);
}

test('a list with the events of a watch applied equals a later list, whatever is selected', () => {
  const selector = fc.constantFrom(undefined, 'tier=free', 'tier!=free', 'tier', '!tier');
  fc.assert(
    fc.property(fc.array(step), fc.array(step), fc.array(step), selector, (before, missed, during, labelSelector) => {
      const store = newStore();
      const selection = { namespace: 'default', ...(labelSelector === undefined ? {} : { labelSelector }) };
      for (const each of before) perform(store, each);
      const listed = store.list(kinds.rollout, selection);
      const copy = new Map<string, KubernetesObject>(listed.items.map((item) => [item.metadata.name, item]));
      for (const each of missed) perform(store, each);
      openWatch(store, kinds.rollout, { ...selection, resourceVersion: listed.resourceVersion }, ({ type, object }) => {
        expect(copy.has(object.metadata.name)).toBe(type !== 'added');
        if (type === 'deleted') copy.delete(object.metadata.name);
        else copy.set(object.metadata.name, object);
      });
      for (const each of during) perform(store, each);
      const later = store.list(kinds.rollout, selection).items;
      expect([...copy.values()].toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(later);
    }),
    { numRuns: 200 },
  );
});

test('a merge patch applied twice is as applied once, and never changes its input', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(json, json, (document, patch) => {
      const before = structuredClone(document);
      const once = applyMergePatch(document, patch);
      expect(applyMergePatch(once, patch)).toEqual(once);
      expect(document).toEqual(before);
    }),
  );
});
