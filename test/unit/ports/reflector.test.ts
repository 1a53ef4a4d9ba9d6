import { describe, expect, test } from 'vitest';
import { TerminalError, TransientError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import {
  type KubernetesApi,
  type KubernetesObject,
  type ListOptions,
  type ObjectList,
  type WatchEvent,
  WatchExpired,
  type WatchOptions,
} from '../../../src/ports/kubernetes-api.ts';
import { type Reflected, reflect } from '../../../src/ports/reflector.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

/** What the server does, call by call; the last entry stands for all further calls. */
interface Script {
  readonly lists: readonly (() => Promise<ObjectList>)[];
  readonly watches: readonly ((options: WatchOptions) => AsyncIterable<WatchEvent>)[];
}

const rollout = (name: string, version: string, phase = 'Healthy'): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name, namespace: 'pool-free', resourceVersion: version },
  status: { phase },
});

const page =
  (resourceVersion: string, items: readonly KubernetesObject[] = [], continueToken: string | null = null) =>
  async (): Promise<ObjectList> => ({ items, resourceVersion, continueToken });

const failing = (error: Error) => async (): Promise<ObjectList> => {
  throw error;
};

/** Gives the events, then ends as told. */
const watching = (events: readonly WatchEvent[], end: 'stays open' | 'closes' | Error = 'stays open') =>
  async function* (options: WatchOptions): AsyncGenerator<WatchEvent> {
    yield* events;
    if (end instanceof Error) throw end;
    if (end === 'stays open') await aborted(options.signal);
  };

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function startReflecting(script: Script, options: { readonly random?: () => number } = {}) {
  const clock = createVirtualClock();
  const startAt = clock.now();
  const stop = new AbortController();
  const listed: ListOptions[] = [];
  const watched: string[] = [];
  const askedAtMs: number[] = [];
  let open = 0;
  const api = {
    cluster: 'shared-eu',
    list: (_, listOptions) => {
      askedAtMs.push(clock.now() - startAt);
      listed.push(listOptions);
      return script.lists[Math.min(listed.length, script.lists.length) - 1]!();
    },
    watch: async function* (_, watchOptions) {
      watched.push(watchOptions.resourceVersion);
      open += 1;
      try {
        yield* script.watches[Math.min(watched.length, script.watches.length) - 1]!(watchOptions);
      } finally {
        open -= 1;
      }
    },
  } as Pick<KubernetesApi, 'cluster' | 'list' | 'watch'> as KubernetesApi;
  const heard: Reflected<string>[] = [];
  const reflection = reflect(api, kinds.rollout, {
    namespace: null,
    labelSelector: 'tidegate.dev/release=r1',
    project: (object) => (object.status as { phase: string }).phase,
    clock,
    random: options.random ?? (() => 0),
    signal: stop.signal,
  });
  const done = (async () => {
    for await (const event of reflection) heard.push(event);
  })();
  // Whoever expects a rejection awaits `done`.
  done.catch(() => undefined);
  return { clock, startAt, stop, listed, watched, askedAtMs, heard, done, api, openWatches: () => open };
}

const synced = (items: Readonly<Record<string, string>> = {}) => ({
  type: 'synced',
  items: new Map(Object.entries(items)),
});

describe('reflect', () => {
  test('joins the pages, and watches from the version of the list', async () => {
    const world = startReflecting({
      lists: [page('40', [rollout('a', '1')], 'next'), page('41', [rollout('b', '2', 'Paused')])],
      watches: [watching([{ type: 'modified', object: rollout('a', '42', 'Degraded') }])],
    });
    await world.clock.advance(0);
    expect(world.heard).toEqual([
      synced({ 'pool-free/a': 'Healthy', 'pool-free/b': 'Paused' }),
      { type: 'changed', key: 'pool-free/a', item: 'Degraded' },
    ]);
    expect(world.listed).toEqual([
      { namespace: null, labelSelector: 'tidegate.dev/release=r1', limit: 500 },
      { namespace: null, labelSelector: 'tidegate.dev/release=r1', limit: 500, continueToken: 'next' },
    ]);
    expect(world.watched).toEqual(['41']);
  });

  test('tells what was added and deleted', async () => {
    const world = startReflecting({
      lists: [page('1')],
      watches: [
        watching([
          { type: 'added', object: rollout('a', '2') },
          { type: 'deleted', object: rollout('a', '3') },
        ]),
      ],
    });
    await world.clock.advance(0);
    expect(world.heard.slice(1)).toEqual([
      { type: 'changed', key: 'pool-free/a', item: 'Healthy' },
      { type: 'gone', key: 'pool-free/a' },
    ]);
  });

  test('goes on from the last bookmark when the server ends the watch', async () => {
    const world = startReflecting({
      lists: [page('1')],
      watches: [
        watching([{ type: 'added', object: rollout('a', '5') }], 'closes'),
        watching([{ type: 'bookmark', resourceVersion: '9' }], 'closes'),
        watching([]),
      ],
    });
    await world.clock.advance(0);
    expect(world.watched).toEqual(['1', '5', '9']);
    expect(world.listed).toHaveLength(1);
    expect(world.heard.map((event) => event.type)).toEqual(['synced', 'changed']);
  });

  test('lists again at once when the version expired, and says nothing of staleness', async () => {
    const world = startReflecting({
      lists: [page('1', [rollout('a', '1')]), page('90', [rollout('b', '80')])],
      watches: [watching([], new WatchExpired('too old')), watching([])],
    });
    await world.clock.advance(0);
    expect(world.heard).toEqual([synced({ 'pool-free/a': 'Healthy' }), synced({ 'pool-free/b': 'Healthy' })]);
    expect(world.watched).toEqual(['1', '90']);
  });

  test('does not spin when every version expires', async () => {
    const world = startReflecting({ lists: [page('1')], watches: [watching([], new WatchExpired('too old'))] });
    await world.clock.advance(10_000);
    expect(world.askedAtMs).toEqual([0, 0, 1000, 3000, 7000]);
  });

  test('does not spin when every watch is ended at once', async () => {
    const world = startReflecting({ lists: [page('1')], watches: [watching([], 'closes')] });
    await world.clock.advance(10_000);
    expect(world.watched).toHaveLength(5);
    expect(world.heard.map((event) => event.type)).toEqual(['synced']);
  });

  test('is stale from the start while the list fails, and synced again after it', async () => {
    const world = startReflecting({
      lists: [failing(new TransientError('refused')), failing(new TransientError('refused again')), page('7')],
      watches: [watching([])],
    });
    await world.clock.advance(2000);
    expect(world.heard).toEqual([
      { type: 'stale', sinceAt: world.startAt, message: 'refused' },
      { type: 'stale', sinceAt: world.startAt, message: 'refused again' },
      synced(),
    ]);
    expect(world.askedAtMs).toEqual([0, 500, 1500]);
  });

  test('is stale since it last heard something when the watch breaks', async () => {
    const world = startReflecting({
      lists: [page('1'), page('2')],
      watches: [
        async function* () {
          await world.clock.sleep(60_000);
          yield { type: 'bookmark', resourceVersion: '5' };
          await world.clock.sleep(75_000);
          throw new TransientError('nothing heard');
        },
        watching([]),
      ],
    });
    await world.clock.advance(136_000);
    expect(world.heard).toEqual([
      synced(),
      { type: 'stale', sinceAt: world.startAt + 60_000, message: 'nothing heard' },
      synced(),
    ]);
  });

  test('waits as long as the server asks', async () => {
    const world = startReflecting({
      lists: [failing(new TransientError('slow down', { retryAfterMs: 20_000 })), page('1')],
      watches: [watching([])],
    });
    await world.clock.advance(30_000);
    expect(world.askedAtMs).toEqual([0, 20_000]);
  });

  test('waits at most half a minute between attempts', async () => {
    const world = startReflecting({ lists: [failing(new TransientError('down'))], watches: [watching([])] });
    await world.clock.advance(150_000);
    expect(world.askedAtMs).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500, 61_500, 91_500, 121_500]);
  });

  test('spreads its attempts by the dice', async () => {
    const lists = [failing(new TransientError('down'))];
    const world = startReflecting({ lists, watches: [watching([])] }, { random: () => 0.5 });
    await world.clock.advance(2000);
    expect(world.askedAtMs).toEqual([0, 375, 1125]);
  });

  test('is stale while it is refused, and asks again slowly', async () => {
    const world = startReflecting({
      lists: [failing(new TerminalError('not allowed')), page('1')],
      watches: [watching([])],
    });
    await world.clock.advance(29_000);
    expect(world.heard).toEqual([{ type: 'stale', sinceAt: world.startAt, message: 'not allowed' }]);
    await world.clock.advance(1000);
    expect(world.heard.at(-1)).toEqual(synced());
  });

  test.each([
    ['a list hangs', { lists: [() => new Promise<ObjectList>(() => undefined)], watches: [watching([])] }],
    ['it watches', { lists: [page('1')], watches: [watching([])] }],
    ['it waits for the next attempt', { lists: [failing(new TransientError('down'))], watches: [watching([])] }],
  ] satisfies [string, Script][])('ends at once and leaves nothing open when told to while %s', async (_, script) => {
    const world = startReflecting(script);
    await world.clock.advance(0);
    world.stop.abort();
    await world.done;
    await world.clock.advance(0);
    expect(world.openWatches()).toBe(0);
    expect(world.clock.sleeping).toBe(0);
  });

  test('closes its watch when the reader leaves', async () => {
    const world = startReflecting({
      lists: [page('1')],
      watches: [watching([]), watching([{ type: 'added', object: rollout('a', '2') }])],
    });
    await world.clock.advance(0);
    const reflection = reflect(world.api, kinds.rollout, {
      namespace: null,
      project: () => 0,
      clock: world.clock,
      random: () => 0,
      signal: new AbortController().signal,
    });
    for await (const event of reflection) if (event.type === 'changed') break;
    expect(world.openWatches()).toBe(1);
  });

  test('passes a bug on instead of trying again', async () => {
    const broken = { ...rollout('a', '2'), status: undefined };
    const world = startReflecting({ lists: [page('1', [broken])], watches: [watching([])] });
    await expect(world.done).rejects.toThrow(TypeError);
  });
});
