import { expect, test } from 'vitest';
import { mirrorCluster } from '../../../src/cli/demo/lab/cluster-mirror.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const write = { fieldManager: 'test' };
const namespace = (name: string, labels = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const ref = (name: string) => ({ kind: kinds.namespace, namespace: null, name });

function startMirror() {
  const clock = createVirtualClock();
  const store = createStore({ clock, cluster: 'eu' });
  const api = createInProcessApi(store);
  const stopping = new AbortController();
  const mirror = mirrorCluster(api, { kinds: [kinds.namespace], clock, signal: stopping.signal });
  return { clock, store, api, stopping, mirror };
}

test('a mirror holds what there is, and tells each change once, in order', async () => {
  const { clock, store, stopping, mirror } = startMirror();
  store.create(namespace('before'), kinds.namespace, write);
  const told: string[] = [];
  const stop = mirror.subscribe(kinds.namespace, ({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  await expect(clock.runUntil(() => told.includes('added before'))).resolves.toBe(true);
  await mirror.listed;
  expect(mirror.get(ref('before'))?.metadata.name).toBe('before');
  told.length = 0;
  store.create(namespace('after'), kinds.namespace, write);
  store.mergePatch(ref('after'), { metadata: { labels: { a: 'b' } } }, write);
  store.delete(ref('after'));
  await expect(clock.runUntil(() => told.length === 3)).resolves.toBe(true);
  expect(told).toEqual(['added after', 'modified after', 'deleted after']);
  expect(mirror.list(kinds.namespace, { namespace: null }).items.map(({ metadata }) => metadata.name)).toContain(
    'before',
  );
  stop();
  stopping.abort();
  await mirror.ended;
});

test('a kind that is not mirrored is a mistake of whoever asks', () => {
  const { mirror, stopping } = startMirror();
  expect(() => mirror.get({ kind: kinds.secret, namespace: 'default', name: 'x' })).toThrow(/has no secrets/);
  stopping.abort();
});
