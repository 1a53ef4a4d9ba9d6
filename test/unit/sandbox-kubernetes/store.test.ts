import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { Store } from '../../../src/sandbox/kubernetes/store.ts';
import { newStore, refusalOf, rollout, rolloutRef, service, us } from './sandbox-objects.ts';

const run: KubernetesObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'run', namespace: 'default' },
  spec: { metrics: [{ name: 'errors', provider: { prometheus: { query: 'up' } } }] },
};

describe('create', () => {
  test('gives uid, version, generation and a time in whole seconds', () => {
    const created = newStore().create(rollout(), kinds.rollout, us);
    expect(created.metadata).toMatchObject({ generation: 1, creationTimestamp: '2026-11-22T09:00:00Z' });
    expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}$/);
    expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
  });

  test('gives the same uids and versions to the same calls', () => {
    const first = newStore().create(rollout(), kinds.rollout, us);
    expect(newStore().create(rollout(), kinds.rollout, us)).toEqual(first);
  });

  test('drops the status where it is a subresource, and keeps it for the model', () => {
    const withStatus = { ...rollout(), status: { phase: 'Healthy' } };
    expect(newStore().create(withStatus, kinds.rollout, us)['status']).toBeUndefined();
    expect(newStore().create(withStatus, kinds.rollout, { ...us, withStatus: true })['status']).toEqual({
      phase: 'Healthy',
    });
  });

  test('stores nothing in a dry run', () => {
    const store = newStore();
    const before = store.resourceVersion();
    store.create(rollout(), kinds.rollout, { ...us, dryRun: true });
    expect(store.get(rolloutRef())).toBeUndefined();
    expect(store.resourceVersion()).toBe(before);
  });

  test('of a Namespace labels it with its name and makes it active', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pool-free' } };
    expect(newStore().create(namespace, kinds.namespace, us)).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'pool-free' } },
      status: { phase: 'Active' },
    });
  });

  test('names an object of generateName by a counter', () => {
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { generateName: 'e-', namespace: 'default' } };
    expect(newStore().create(event as never, kinds.event, us).metadata.name).toMatch(/^e-[0-9a-z]{5}$/);
  });
});

describe('what is refused', () => {
  const cases: readonly {
    readonly title: string;
    readonly act: (store: Store) => unknown;
    readonly code: number;
    readonly reason: string;
    readonly says: string;
  }[] = [
    {
      title: 'a second object of a name',
      act: (store) => store.create(rollout(), kinds.rollout, us),
      code: 409,
      reason: 'AlreadyExists',
      says: 'rollouts.argoproj.io "storefront" already exists',
    },
    {
      title: 'an object in a namespace that is not there',
      act: (store) => store.create({ ...rollout(), metadata: { name: 'a', namespace: 'nowhere' } }, kinds.rollout, us),
      code: 404,
      reason: 'NotFound',
      says: 'namespaces "nowhere" not found',
    },
    {
      title: 'a kind that nobody registered',
      act: (store) => store.get({ kind: kinds.tenant, namespace: 'default', name: 'acme' }),
      code: 404,
      reason: 'NotFound',
      says: 'could not find the requested resource',
    },
    {
      title: 'a body of another kind',
      act: (store) => store.create(service(), kinds.rollout, us),
      code: 400,
      reason: 'BadRequest',
      says: 'the object is Service of v1, expected Rollout of argoproj.io/v1alpha1',
    },
    {
      title: 'a name with capitals',
      act: (store) => store.create(rollout({ name: 'Acme' }), kinds.rollout, us),
      code: 422,
      reason: 'Invalid',
      says: 'metadata.name',
    },
    {
      title: 'a create with a resourceVersion',
      act: (store) =>
        store.create(
          { ...rollout(), metadata: { name: 'b', namespace: 'default', resourceVersion: '7' } },
          kinds.rollout,
          us,
        ),
      code: 500,
      reason: '',
      says: 'resourceVersion should not be set',
    },
    {
      title: 'a PUT with a stale resourceVersion',
      act: (store) =>
        store.update(
          { ...rollout(), metadata: { name: 'storefront', namespace: 'default', resourceVersion: '1' } },
          kinds.rollout,
          us,
        ),
      code: 409,
      reason: 'Conflict',
      says: 'the object has been modified',
    },
    {
      title: 'a PUT meant for an object with another uid',
      act: (store) => {
        const live = store.get(rolloutRef());
        return store.update(
          { ...rollout(), metadata: { ...live?.metadata, uid: 'other' } } as never,
          kinds.rollout,
          us,
        );
      },
      code: 409,
      reason: 'Conflict',
      says: 'UID in precondition',
    },
    {
      title: 'a PUT of a custom resource without a resourceVersion',
      act: (store) => store.update(rollout(), kinds.rollout, us),
      code: 422,
      reason: 'Invalid',
      says: 'must be specified for an update',
    },
    {
      title: 'a merge patch with a stale resourceVersion',
      act: (store) => store.mergePatch(rolloutRef(), { metadata: { resourceVersion: '1' } }, us),
      code: 409,
      reason: 'Conflict',
      says: 'the object has been modified',
    },
    {
      title: 'a patch meant for an object with another uid',
      act: (store) => store.mergePatch(rolloutRef(), { metadata: { uid: 'other' } }, us),
      code: 422,
      reason: 'Invalid',
      says: 'metadata.uid: Invalid value: "other": field is immutable',
    },
    {
      title: 'a patch of an object that is gone',
      act: (store) => store.mergePatch(rolloutRef('gone'), {}, us),
      code: 404,
      reason: 'NotFound',
      says: 'rollouts.argoproj.io "gone" not found',
    },
    {
      title: 'a status patch of a kind without the subresource',
      act: (store) => {
        store.create(run, kinds.analysisRun, us);
        store.mergePatch(
          { kind: kinds.analysisRun, namespace: 'default', name: 'run' },
          { status: { phase: 'Running' } },
          { ...us, subresource: 'status' },
        );
      },
      code: 404,
      reason: 'NotFound',
      says: 'analysisruns.argoproj.io "run" not found',
    },
    {
      title: 'a deletion meant for an older object',
      act: (store) => store.delete(rolloutRef(), { uid: 'other' }),
      code: 409,
      reason: 'Conflict',
      says: 'UID in precondition',
    },
  ];
  test.each(cases)('$title', ({ act, code, reason, says }) => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const refusal = refusalOf(() => act(store));
    expect(refusal).toMatchObject({ code, reason });
    expect(refusal.message).toContain(says);
  });
});

describe('generation and version', () => {
  const cases: readonly {
    readonly title: string;
    readonly act: (store: Store) => KubernetesObject;
    readonly generation: number;
    readonly versions: number;
  }[] = [
    {
      title: 'a change of the spec counts for both',
      act: (store) => store.mergePatch(rolloutRef(), { spec: { replicas: 5 } }, us),
      generation: 2,
      versions: 1,
    },
    {
      title: 'a change of the status counts for the version alone',
      act: (store) => store.mergePatch(rolloutRef(), { status: { abort: true } }, { ...us, subresource: 'status' }),
      generation: 1,
      versions: 1,
    },
    {
      title: 'an annotation counts for the version alone',
      act: (store) => store.mergePatch(rolloutRef(), { metadata: { annotations: { nudge: '1' } } }, us),
      generation: 1,
      versions: 1,
    },
    {
      title: 'a patch that changes nothing counts for neither',
      act: (store) => store.mergePatch(rolloutRef(), { spec: { replicas: 4 } }, us),
      generation: 1,
      versions: 0,
    },
    {
      title: 'a JSON patch that puts the equal template counts for neither',
      act: (store) =>
        store.jsonPatch(
          rolloutRef(),
          [{ op: 'replace', path: '/spec/template', value: (rollout() as never)['spec']['template'] }],
          us,
        ),
      generation: 1,
      versions: 0,
    },
    {
      title: 'a status in a patch of the main resource is ignored',
      act: (store) => store.mergePatch(rolloutRef(), { status: { abort: true } }, us),
      generation: 1,
      versions: 0,
    },
    {
      title: 'spec and metadata in a patch of the status are ignored',
      act: (store) =>
        store.mergePatch(
          rolloutRef(),
          { spec: { replicas: 9 }, metadata: { annotations: { a: 'b' } } },
          { ...us, subresource: 'status' },
        ),
      generation: 1,
      versions: 0,
    },
  ];
  test.each(cases)('$title', ({ act, generation, versions }) => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const before = store.resourceVersion();
    expect(act(store).metadata.generation).toBe(generation);
    expect(store.resourceVersion() - before).toBe(versions);
  });

  test('every change of an AnalysisRun counts: it has no status subresource', () => {
    const store = newStore();
    store.create(run, kinds.analysisRun, us);
    const ref = { kind: kinds.analysisRun, namespace: 'default', name: 'run' };
    expect(store.mergePatch(ref, { status: { phase: 'Running' } }, us).metadata.generation).toBe(2);
  });
});

describe('immutability of what is stored', () => {
  test('a status patch shares the spec, and nothing can be changed in place', () => {
    const store = newStore();
    const created = store.create(rollout(), kinds.rollout, us);
    const patched = store.mergePatch(rolloutRef(), { status: { phase: 'Paused' } }, { ...us, subresource: 'status' });
    expect(patched['spec']).toBe(created['spec']);
    expect(() => Object.assign(patched.metadata, { name: 'other' })).toThrow(TypeError);
  });

  test("the caller's object stays the caller's", () => {
    const store = newStore();
    const object = rollout();
    store.create(object, kinds.rollout, us);
    expect(Object.isFrozen(object['spec'])).toBe(false);
  });
});

describe('delete', () => {
  test('tells the last state under the version of the deletion', () => {
    const store = newStore();
    const created = store.create(rollout(), kinds.rollout, us);
    const gone = store.delete(rolloutRef());
    expect(store.get(rolloutRef())).toBeUndefined();
    expect(Number(gone.metadata.resourceVersion)).toBe(Number(created.metadata.resourceVersion) + 1);
  });

  test('waits for finalizers', () => {
    const store = newStore();
    store.create(
      { ...rollout(), metadata: { name: 'storefront', namespace: 'default', finalizers: ['a/b'] } } as never,
      kinds.rollout,
      us,
    );
    expect(store.delete(rolloutRef()).metadata.deletionTimestamp).toBe('2026-11-22T09:00:00Z');
    expect(store.get(rolloutRef())).toBeDefined();
    store.mergePatch(rolloutRef(), { metadata: { finalizers: null } }, us);
    expect(store.get(rolloutRef())).toBeUndefined();
  });

  test('a namespace takes its objects along', () => {
    const store = newStore();
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pool-free' } };
    store.create(namespace, kinds.namespace, us);
    store.create({ ...rollout(), metadata: { name: 'a', namespace: 'pool-free' } }, kinds.rollout, us);
    store.create(rollout(), kinds.rollout, us);
    store.delete({ kind: kinds.namespace, namespace: null, name: 'pool-free' });
    expect(store.list(kinds.rollout, { namespace: null }).items.map((item) => item.metadata.namespace)).toEqual([
      'default',
    ]);
  });
});

describe('list', () => {
  function filled(): Store {
    const store = newStore();
    for (const name of ['e', 'a', 'c', 'b', 'd']) {
      store.create(rollout({ name, labels: { tier: name < 'c' ? 'free' : 'business' } }), kinds.rollout, us);
    }
    return store;
  }
  const names = (store: Store, options: object) =>
    store.list(kinds.rollout, { namespace: null, ...options }).items.map((item) => item.metadata.name);

  test.each([
    { title: 'sorts by name', options: {}, found: ['a', 'b', 'c', 'd', 'e'] },
    { title: 'selects by equality', options: { labelSelector: 'tier=free' }, found: ['a', 'b'] },
    { title: 'selects by inequality', options: { labelSelector: 'tier!=free' }, found: ['c', 'd', 'e'] },
    { title: 'selects by existence', options: { labelSelector: 'tier,!cohort' }, found: ['a', 'b', 'c', 'd', 'e'] },
    { title: 'joins terms', options: { labelSelector: 'tier=business,tier==free' }, found: [] },
    { title: 'selects by name', options: { fieldSelector: 'metadata.name=d' }, found: ['d'] },
    { title: 'finds nothing in an empty namespace', options: { namespace: 'kube-system' }, found: [] },
  ])('$title', ({ options, found }) => {
    expect(names(filled(), options)).toEqual(found);
  });

  test('goes on where the page before ended, under the version of the first page', () => {
    const store = filled();
    const first = store.list(kinds.rollout, { namespace: null, limit: 2 });
    store.create(rollout({ name: 'a0' }), kinds.rollout, us);
    const second = store.list(kinds.rollout, { namespace: null, limit: 2, continueToken: first.continueToken ?? '' });
    const third = store.list(kinds.rollout, { namespace: null, limit: 2, continueToken: second.continueToken ?? '' });
    expect([first, second, third].map((page) => page.items.map((item) => item.metadata.name))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(third.continueToken).toBeNull();
    expect(third.resourceVersion).toBe(first.resourceVersion);
  });

  test('refuses a token older than the history', () => {
    const store = newStore(2);
    for (const name of ['a', 'b']) store.create(rollout({ name }), kinds.rollout, us);
    const page = store.list(kinds.rollout, { namespace: null, limit: 1 });
    for (let i = 0; i < 5; i += 1) store.mergePatch(rolloutRef('a'), { spec: { replicas: 10 + i } }, us);
    const refusal = refusalOf(() =>
      store.list(kinds.rollout, { namespace: null, limit: 1, continueToken: page.continueToken ?? '' }),
    );
    expect(refusal).toMatchObject({ code: 410, reason: 'Expired' });
  });

  test('refuses a set-based selector rather than reading it wrong', () => {
    expect(refusalOf(() => names(filled(), { labelSelector: 'tier in (free)' }))).toMatchObject({ code: 400 });
  });
});

describe('owned', () => {
  test('finds the objects of an owner, and forgets the deleted ones', () => {
    const store = newStore();
    const owner = store.create(rollout(), kinds.rollout, us);
    const reference = {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
    };
    for (const name of ['run-1', 'run-2']) {
      const metadata = { name, namespace: 'default', ownerReferences: [reference] };
      store.create({ ...run, metadata } as never, kinds.analysisRun, us);
    }
    store.delete({ kind: kinds.analysisRun, namespace: 'default', name: 'run-1' });
    const owned = store.owned(kinds.analysisRun, owner.metadata.uid ?? '');
    expect(owned.map((object) => object.metadata.name)).toEqual(['run-2']);
  });
});

describe('subscribe', () => {
  test('tells events in order, also those that a listener causes', () => {
    const store = newStore();
    const seen: string[] = [];
    store.subscribe(kinds.rollout, ({ type, object }) => {
      seen.push(`first ${type} ${object.metadata.generation}`);
      if (type === 'added') store.mergePatch(rolloutRef(), { spec: { replicas: 9 } }, us);
    });
    store.subscribe(kinds.rollout, ({ type, object }) => {
      seen.push(`second ${type} ${object.metadata.generation}`);
    });
    store.create(rollout(), kinds.rollout, us);
    expect(seen).toEqual(['first added 1', 'second added 1', 'first modified 2', 'second modified 2']);
  });
});
