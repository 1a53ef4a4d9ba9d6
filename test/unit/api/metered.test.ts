import { describe, expect, test } from 'vitest';
import { type ApiCall, meterApi } from '../../../src/api/metrics/metered-api.ts';
import { type Measured, meterSource } from '../../../src/api/metrics/metered-source.ts';
import { ConflictError, TerminalError, TransientError } from '../../../src/domain/errors.ts';
import { instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { type KubernetesApi, type KubernetesObject, WatchExpired } from '../../../src/ports/kubernetes-api.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';

const object: KubernetesObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
const ref = { kind: kinds.secret, namespace: 'n', name: 'a' };

/** A stopwatch that shows 7 ms more each time. */
function stopwatch(): () => number {
  let ms = 0;
  return () => (ms += 7);
}

/** An API of which every call ends in one way. */
function anApi(fails: Error | null): KubernetesApi {
  const end = <T>(value: T): Promise<T> => (fails === null ? Promise.resolve(value) : Promise.reject(fails));
  return {
    cluster: 'eu',
    get: () => end(object),
    list: () => end({ items: [], resourceVersion: '1', continueToken: null }),
    create: () => end(object),
    patch: () => end(object),
    mergePatch: () => end(object),
    apply: () => end(object),
    delete: () => end(undefined),
    async *watch() {
      yield { type: 'added', object };
      await end(undefined);
    },
  };
}

function metered(fails: Error | null) {
  const calls: ApiCall[] = [];
  return { calls, api: meterApi(anApi(fails), stopwatch(), (call) => calls.push(call)) };
}

async function watchToTheEnd(api: KubernetesApi): Promise<number> {
  const { signal } = new AbortController();
  let seen = 0;
  for await (const _ of api.watch(kinds.secret, { namespace: null, resourceVersion: '1', signal })) seen += 1;
  return seen;
}

describe('a metered API', () => {
  test('tells of every kind of call, and gives what the API gave', async () => {
    const { calls, api } = metered(null);
    const write = { fieldManager: 'test' };
    expect(await api.get(ref)).toBe(object);
    expect((await api.list(kinds.secret, { namespace: null })).resourceVersion).toBe('1');
    expect(await api.create(object, kinds.secret, write)).toBe(object);
    expect(await api.patch(ref, [], write)).toBe(object);
    expect(await api.mergePatch(ref, {}, write)).toBe(object);
    expect(await api.apply(object, kinds.secret, { ...write, force: true })).toBe(object);
    await api.delete(ref);
    expect(await watchToTheEnd(api)).toBe(1);
    expect(calls.map(({ verb, outcome, tookMs }) => [verb, outcome, tookMs])).toEqual([
      ['get', 'ok', 7],
      ['list', 'ok', 7],
      ['create', 'ok', 7],
      ['patch', 'ok', 7],
      ['mergePatch', 'ok', 7],
      ['apply', 'ok', 7],
      ['delete', 'ok', 7],
      ['watch', 'ok', null],
    ]);
  });

  test.each([
    ['conflict', new ConflictError('c')],
    ['transient', new TransientError('t')],
    ['terminal', new TerminalError('t')],
    ['expired', new WatchExpired('e')],
    ['bug', new RangeError('r')],
  ])('tells of a failure as %s, and passes it on', async (outcome, error) => {
    const { calls, api } = metered(error);
    await expect(api.get(ref)).rejects.toBe(error);
    await expect(watchToTheEnd(api)).rejects.toBe(error);
    expect(calls).toEqual([
      { cluster: 'eu', verb: 'get', outcome, tookMs: 7 },
      { cluster: 'eu', verb: 'watch', outcome, tookMs: null },
    ]);
  });
});

describe('a metered source', () => {
  const request = {
    slo: { kind: 'ratio', good: 'g', total: 't' },
    windowMs: 1,
    at: instant(0),
    rows: [],
  } as const;

  function source(measure: MetricSource['measure']) {
    const told: Measured[] = [];
    return { told, metered: meterSource({ name: 'prom', measure }, stopwatch(), (one) => told.push(one)) };
  }

  test('tells how long an answer took', async () => {
    const { told, metered: one } = source(() => Promise.resolve([]));
    expect(await one.measure(request, new AbortController().signal)).toEqual([]);
    expect(told).toEqual([{ source: 'prom', tookMs: 7, failure: null }]);
  });

  test('tells of a failure, and passes it on', async () => {
    const { told, metered: one } = source(() => Promise.reject(new TransientError('timed out')));
    await expect(one.measure(request, new AbortController().signal)).rejects.toThrow('timed out');
    expect(told[0]?.failure).toEqual({ outcome: 'transient', message: 'timed out' });
  });

  test('says nothing of one that we broke off', async () => {
    const { told, metered: one } = source(() => Promise.reject(new TransientError('aborted')));
    await expect(one.measure(request, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(told).toEqual([]);
  });
});
