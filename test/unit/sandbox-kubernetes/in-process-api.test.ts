import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError, TransientError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { type KubernetesApi, type WatchEvent, WatchExpired } from '../../../src/ports/kubernetes-api.ts';
import type { ApiCall, Fault } from '../../../src/sandbox/kubernetes/fault.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { objectAt } from '../../../src/sandbox/kubernetes/json-value.ts';
import { newStore, rollout, rolloutRef, us } from './sandbox-objects.ts';

const template = { op: 'replace', path: '/spec/replicas', value: 7 } as const;

describe('errors of the port', () => {
  const cases: readonly {
    readonly title: string;
    readonly act: (api: KubernetesApi) => Promise<unknown>;
    readonly error: new (message: string) => Error;
    readonly says: string;
  }[] = [
    {
      title: 'a failed test is a conflict',
      act: (api) => api.patch(rolloutRef(), [{ op: 'test', path: '/metadata/uid', value: 'x' }, template], us),
      error: ConflictError,
      says: 'patch rollouts.argoproj.io default/storefront in shared-eu',
    },
    {
      title: 'a patch of what is gone is a conflict',
      act: (api) => api.patch(rolloutRef('gone'), [template], us),
      error: ConflictError,
      says: 'it is gone',
    },
    {
      title: 'a name that is taken is a conflict',
      act: (api) => api.create(rollout(), kinds.rollout, us),
      error: ConflictError,
      says: 'already exists',
    },
    {
      title: 'a stale version is a conflict',
      act: (api) => api.mergePatch(rolloutRef(), { metadata: { resourceVersion: '1' } }, us),
      error: ConflictError,
      says: 'the object has been modified',
    },
    {
      title: 'a field of another manager is a conflict',
      act: (api) => api.apply(rollout({ image: 'b:1' }), kinds.rollout, { fieldManager: 'person', force: false }),
      error: ConflictError,
      says: 'conflict with "tidegate"',
    },
    {
      title: 'a schema that refuses is terminal',
      act: (api) => api.mergePatch(rolloutRef(), { spec: { replicas: 'four' } }, us),
      error: TerminalError,
      says: 'spec.replicas',
    },
    {
      title: 'an unknown field is terminal',
      act: (api) => api.mergePatch(rolloutRef(), { spec: { replica: 4 } }, us),
      error: TerminalError,
      says: 'unknown field "spec.replica"',
    },
    {
      title: 'an apply that does not fit is terminal, though it is answered 500',
      act: (api) => api.apply({ ...rollout(), spec: { replica: 4 } }, kinds.rollout, { ...us, force: true }),
      error: TerminalError,
      says: '.spec.replica: field not declared in schema',
    },
    {
      title: 'a namespace that is not there is terminal',
      act: (api) => api.create({ ...rollout(), metadata: { name: 'a', namespace: 'nowhere' } }, kinds.rollout, us),
      error: TerminalError,
      says: 'namespaces "nowhere" not found',
    },
    {
      title: 'a kind that is not served is terminal',
      act: (api) => api.list(kinds.tenant, { namespace: null }),
      error: TerminalError,
      says: 'could not find the requested resource',
    },
  ];
  test.each(cases)('$title', async ({ act, error, says }) => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const failed = act(createInProcessApi(store));
    await expect(failed).rejects.toBeInstanceOf(error);
    await expect(failed).rejects.toThrow(says);
  });

  test('an object that is not there is read as undefined and deleted quietly', async () => {
    const api = createInProcessApi(newStore());
    expect(await api.get(rolloutRef())).toBeUndefined();
    await expect(api.delete(rolloutRef())).resolves.toBeUndefined();
  });
});

describe('faults', () => {
  function apiWith(fault: Fault, verb: ApiCall['verb']) {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const calls: ApiCall[] = [];
    const api = createInProcessApi(store, {
      onCall: (call) => calls.push(call),
      faults: (call) => (call.verb === verb ? fault : 'none'),
    });
    const replicas = () => objectAt(store.get(rolloutRef()), 'spec')['replicas'];
    return { api, calls, replicas };
  }

  test.each([
    { title: 'a conflict does nothing', fault: 'conflict', error: ConflictError, replicas: 4 },
    { title: 'an unavailable server does nothing', fault: 'unavailable', error: TransientError, replicas: 4 },
    { title: 'a lost answer comes after the effect', fault: 'timeoutAfterEffect', error: TransientError, replicas: 7 },
  ] as const)('$title', async ({ fault, error, replicas: left }) => {
    const { api, replicas } = apiWith(fault, 'patch');
    await expect(api.patch(rolloutRef(), [template], us)).rejects.toBeInstanceOf(error);
    expect(replicas()).toBe(left);
  });

  test('a conflict does not happen to a read', async () => {
    const { api } = apiWith('conflict', 'get');
    expect(await api.get(rolloutRef())).toBeDefined();
  });

  test('every call is told with its place', async () => {
    const { api, calls } = apiWith('none', 'get');
    await api.patch(rolloutRef(), [template], { ...us, subresource: 'status' });
    expect(calls).toEqual([
      {
        cluster: 'shared-eu',
        verb: 'patch',
        kind: kinds.rollout,
        namespace: 'default',
        name: 'storefront',
        subresource: 'status',
        sequence: 0,
      },
    ]);
  });

  test.each([
    { title: 'a watch that breaks at an event', fault: 'dropWatch', verb: 'watchEvent', error: TransientError },
    { title: 'a watch that cannot open', fault: 'unavailable', verb: 'watch', error: TransientError },
    { title: 'a watch that expires', fault: 'expireWatch', verb: 'watchEvent', error: WatchExpired },
  ] as const)('$title', async ({ fault, verb, error }) => {
    const { api } = apiWith(fault, verb);
    const signal = new AbortController().signal;
    const watch = api.watch(kinds.rollout, { namespace: null, resourceVersion: '', signal });
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(error);
  });
});

describe('watch', () => {
  test('ends quietly when the signal aborts', async () => {
    const store = newStore();
    const api = createInProcessApi(store);
    const abort = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      const options = { namespace: null, resourceVersion: '', signal: abort.signal };
      for await (const event of api.watch(kinds.rollout, options)) {
        seen.push(event.type);
        if (event.type === 'deleted') abort.abort();
      }
    })();
    store.create(rollout(), kinds.rollout, us);
    store.delete(rolloutRef());
    await reading;
    expect(seen).toEqual(['added', 'deleted']);
  });

  test('sends bookmarks with the version of the store', async () => {
    const store = newStore();
    let wake = (): void => undefined;
    const clock = {
      ...store.clock,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          wake = resolve;
          signal?.addEventListener('abort', () => resolve(), { once: true });
        }),
    };
    const abort = new AbortController();
    const options = { namespace: null, resourceVersion: String(store.resourceVersion()), signal: abort.signal };
    const watch = createInProcessApi({ ...store, clock }).watch(kinds.service, options);
    const events = watch[Symbol.asyncIterator]();
    const next: Promise<IteratorResult<WatchEvent>> = events.next();
    store.create(rollout(), kinds.rollout, us);
    wake();
    expect(await next).toEqual({
      done: false,
      value: { type: 'bookmark', resourceVersion: String(store.resourceVersion()) },
    });
    abort.abort();
    expect((await events.next()).done).toBe(true);
  });

  test('from before the history throws WatchExpired', async () => {
    const store = newStore(2);
    store.create(rollout(), kinds.rollout, us);
    for (let i = 0; i < 6; i += 1) store.mergePatch(rolloutRef(), { spec: { replicas: 10 + i } }, us);
    const signal = new AbortController().signal;
    const watch = createInProcessApi(store).watch(kinds.rollout, { namespace: null, resourceVersion: '1', signal });
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(WatchExpired);
  });
});

test('successful mutations are counted by verb and resource, dry runs and refusals apart', async () => {
  const api = createInProcessApi(newStore());
  await api.create(rollout(), kinds.rollout, us);
  await api.patch(rolloutRef(), [template], us);
  await api.patch(rolloutRef(), [template], { ...us, dryRun: true });
  await expect(api.create(rollout(), kinds.rollout, us)).rejects.toBeInstanceOf(ConflictError);
  expect([...api.mutations()]).toEqual([
    ['create rollouts.argoproj.io', 1],
    ['patch rollouts.argoproj.io', 1],
  ]);
});
