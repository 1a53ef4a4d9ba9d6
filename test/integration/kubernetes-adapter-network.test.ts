import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { ClusterAccess, Material } from '../../src/adapters/kubernetes/cluster-access.ts';
import { type ConnectedKubernetesApi, createKubernetesApi } from '../../src/adapters/kubernetes/index.ts';
import { InvalidInput, TransientError } from '../../src/domain/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { type ObjectRef, type WatchEvent, WatchExpired } from '../../src/ports/kubernetes-api.ts';
import { createVirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';

const ref: ObjectRef = { kind: kinds.rollout, namespace: 'pool-free', name: 'storefront' };
const object = JSON.stringify({ metadata: { name: 'storefront', resourceVersion: '1' } });
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface World {
  readonly api: ConnectedKubernetesApi;
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Connections that are open now. */
  connections(): Promise<number>;
}

interface WorldOptions {
  readonly clock?: Clock;
  /** Called for each reading of the credentials. @default a token */
  readonly material?: () => Material;
  /** Counts the readings of the source itself. */
  readonly onOpen?: () => void;
}

async function startWorld(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: WorldOptions = {},
): Promise<World> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const material = options.material ?? (() => ({ headers: { authorization: 'Bearer one' }, tls: {} }));
  const access: ClusterAccess = {
    description: 'a test',
    open: async () => {
      options.onOpen?.();
      return { server: url, proxyUrl: null, material: async () => material() };
    },
  };
  const api = createKubernetesApi({ cluster: 'shared-eu', access, clock: options.clock ?? createSystemClock() });
  cleanUps.push(async () => {
    await api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  return { api, url, requests, connections };
}

describe('a request', () => {
  test('to nobody is to be tried again, and names the fault', async () => {
    const { api } = await startWorld((_, response) => response.end(object));
    await api.get(ref);
    const nobody = { server: 'http://127.0.0.1:1', proxyUrl: null, material: async () => ({ headers: {}, tls: {} }) };
    const access = { description: 'a test', open: async () => nobody };
    const lost = createKubernetesApi({ cluster: 'gone', access, clock: createSystemClock() });
    cleanUps.push(() => lost.close());
    await expect(lost.get(ref)).rejects.toMatchObject({
      name: 'TransientError',
      message: 'get rollouts storefront in pool-free of cluster gone: the connection failed (ECONNREFUSED)',
    });
  });

  test('whose answer is cut off is to be tried again', async () => {
    const { api } = await startWorld((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('{"metadata":');
      setImmediate(() => response.destroy());
    });
    await expect(api.get(ref)).rejects.toBeInstanceOf(TransientError);
  });

  test.each([
    ['never begins', () => undefined],
    ['never ends', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('whose answer %s is given up after 30 seconds, and its socket closed', async (_, answer) => {
    const clock = createVirtualClock();
    const world = await startWorld((_request, response) => answer(response), { clock });
    const asked = expect(world.api.get(ref)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('no answer within 30 seconds'),
    });
    await vi.waitFor(() => expect(world.requests).toHaveLength(1));
    await clock.advance(30_000);
    await asked;
    await vi.waitFor(async () => expect(await world.connections()).toBe(0));
    expect(clock.sleeping).toBe(0);
  });

  test('takes a socket that is free', async () => {
    const world = await startWorld((_, response) => response.end(object));
    for (let i = 0; i < 20; i += 1) await world.api.get(ref);
    expect(await world.connections()).toBeLessThanOrEqual(2);
  });
});

describe('credentials', () => {
  const answerTo = (token: string) => (request: IncomingMessage, response: ServerResponse) => {
    const isRight = request.headers.authorization === `Bearer ${token}`;
    response.writeHead(isRight ? 200 : 401).end(isRight ? object : '');
  };

  test('that were refused are read again, and the request is sent once more', async () => {
    let token = 'one';
    const material = () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} });
    const world = await startWorld(answerTo('two'), { material, onOpen: () => undefined });
    await expect(world.api.get(ref)).rejects.toMatchObject({ name: 'TerminalError' });
    expect(world.requests).toHaveLength(1);
    token = 'two';
    await world.api.get(ref);
    expect(world.requests).toHaveLength(3);
  });

  test('that were refused to one request when another has new ones already are not given up', async () => {
    let token = 'one';
    const refusals: (() => void)[] = [];
    const material = () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} });
    const world = await startWorld(
      (request, response) => {
        if (request.headers.authorization === 'Bearer two') response.end(object);
        else refusals.push(() => void response.writeHead(401).end());
      },
      { material },
    );
    const [first, second] = [world.api.get(ref), world.api.get(ref)];
    await vi.waitFor(() => expect(refusals).toHaveLength(2));
    token = 'two';
    refusals[0]!();
    await Promise.race([first, second]);
    refusals[1]!();
    await Promise.all([first, second]);
    expect(world.requests).toHaveLength(4);
  });

  test('that were refused for a watch are read again too', async () => {
    let token = 'one';
    const material = () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} });
    const world = await startWorld(answerTo('two'), { material });
    await expect(world.api.get(ref)).rejects.toMatchObject({ name: 'TerminalError' });
    token = 'two';
    const { signal } = new AbortController();
    for await (const event of world.api.watch(kinds.pod, { namespace: null, resourceVersion: '1', signal }))
      expect.fail(`the answer holds no event, heard ${event.type}`);
    expect(world.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer one',
      'Bearer one',
      'Bearer two',
    ]);
  });

  test('are read once for requests that come together, and again after a minute', async () => {
    const clock = createVirtualClock();
    let readings = 0;
    const material = () => ({ headers: { authorization: `Bearer ${(readings += 1)}` }, tls: {} });
    const world = await startWorld((_, response) => response.end(object), { clock, material });
    await Promise.all([world.api.get(ref), world.api.get(ref), world.api.get(ref)]);
    await clock.advance(59_000);
    await world.api.get(ref);
    expect(readings).toBe(1);
    await clock.advance(1000);
    await Promise.all([world.api.get(ref), world.api.get(ref)]);
    expect(readings).toBe(2);
    expect(world.requests.at(-1)?.headers.authorization).toBe('Bearer 2');
  });

  test('and the address are read again, at most every ten seconds, when nobody answers there', async () => {
    const clock = createVirtualClock();
    const world = await startWorld((_, response) => response.end(object));
    await world.api.get(ref);
    const old = { server: 'http://127.0.0.1:1', proxyUrl: null, material: async () => ({ headers: {}, tls: {} }) };
    let opened = 0;
    let open = async () => old;
    const access = {
      description: 'a test',
      open: () => {
        opened += 1;
        return open();
      },
    };
    const api = createKubernetesApi({ cluster: 'moved', access, clock });
    cleanUps.push(() => api.close());
    for (let i = 0; i < 3; i += 1) await expect(api.get(ref)).rejects.toBeInstanceOf(TransientError);
    expect(opened).toBe(1);
    open = async () => ({ ...old, server: world.url });
    await clock.advance(10_000);
    await expect(api.get(ref)).rejects.toBeInstanceOf(TransientError);
    await vi.waitFor(() => api.get(ref));
    expect(opened).toBe(2);
  });

  test('that cannot be read fail the request, and not the next one', async () => {
    let isBroken = true;
    const material = () => {
      if (isBroken) throw new Error('the plug-in failed');
      return { headers: {}, tls: {} };
    };
    const { api } = await startWorld((_, response) => response.end(object), { material });
    await expect(api.get(ref)).rejects.toMatchObject({
      name: 'TransientError',
      message: 'read the credentials of a test: the plug-in failed',
    });
    isBroken = false;
    await api.get(ref);
  });
});

test('a source of credentials that is gone is final until somebody mends it', async () => {
  const issue = { file: null, line: null, column: null, path: '', message: 'the file is not there' };
  const access: ClusterAccess = { description: 'a test', open: () => Promise.reject(new InvalidInput([issue])) };
  const api = createKubernetesApi({ cluster: 'shared-eu', access, clock: createSystemClock() });
  await expect(api.get(ref)).rejects.toMatchObject({ name: 'TerminalError', message: 'the file is not there' });
});

describe('a watch', () => {
  const frame = (type: string, name: string) =>
    `${JSON.stringify({ type, object: { metadata: { name, namespace: 'pool-free', resourceVersion: '7' } } })}\n`;
  const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  const broken = { type: 'ERROR', object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd' } };

  const read = async (api: ConnectedKubernetesApi, signal = new AbortController().signal): Promise<WatchEvent[]> => {
    const events: WatchEvent[] = [];
    for await (const event of api.watch(kinds.rollout, { namespace: null, resourceVersion: '1', signal }))
      events.push(event);
    return events;
  };

  test('asks for bookmarks and for an end, from the version that is given', async () => {
    const world = await startWorld((_, response) => response.end());
    expect(await read(world.api)).toEqual([]);
    const query = new URL(world.requests[0]!.url!, 'http://server').searchParams;
    expect(Object.fromEntries(query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '1',
      timeoutSeconds: '60',
    });
  });

  test('reads events wherever the network cuts them, even inside a letter', async () => {
    const bytes = Buffer.from(`${frame('ADDED', 'größe')}${frame('MODIFIED', 'b')}\n${frame('BOOKMARK', '')}`);
    const { api } = await startWorld((_, response) => {
      let at = 0;
      const next = (): void => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + 1), () => setImmediate(next));
        at += 1;
      };
      next();
    });
    const events = await read(api);
    expect(events.map((event) => (event.type === 'bookmark' ? event : event.object.metadata.name))).toEqual([
      'größe',
      'b',
      { type: 'bookmark', resourceVersion: '7' },
    ]);
  });

  test.each([
    ['an expired version in the stream', 200, `${frame('ADDED', 'a')}${JSON.stringify(gone)}\n`, WatchExpired],
    ['an expired version as a status', 410, JSON.stringify(gone.object), WatchExpired],
    ['an error of the server in the stream', 200, `${JSON.stringify(broken)}\n`, TransientError],
    ['an event that is no JSON', 200, '{"type":"ADD\n', TransientError],
    ['an event without an object', 200, '{"type":"ADDED"}\n', TransientError],
    ['too many requests', 429, '', TransientError],
  ])('breaks on %s', async (_, status, body, kind) => {
    const { api } = await startWorld((_request, response) => response.writeHead(status).end(body));
    await expect(read(api)).rejects.toBeInstanceOf(kind);
  });

  test('breaks when the connection does', async () => {
    const { api } = await startWorld((_, response) => {
      response.write(frame('ADDED', 'a'), () => response.destroy());
    });
    await expect(read(api)).rejects.toBeInstanceOf(TransientError);
  });

  test('breaks when nothing is heard, not even its end', async () => {
    const clock = createVirtualClock();
    const world = await startWorld((_, response) => response.flushHeaders(), { clock });
    const events = expect(read(world.api)).rejects.toMatchObject({
      name: 'TransientError',
      message: 'watch rollouts of cluster shared-eu: nothing heard for 75 seconds',
    });
    await vi.waitFor(() => expect(world.requests).toHaveLength(1));
    await vi.waitFor(async () => {
      await clock.advance(80_000);
      expect(clock.sleeping).toBe(0);
    });
    await events;
    await vi.waitFor(async () => expect(await world.connections()).toBe(0));
  });

  test.each(['before its answer began', 'while it is quiet'])('ends quietly when told to %s', async (when) => {
    const clock = createVirtualClock();
    const stop = new AbortController();
    const world = await startWorld(
      (_, response) => {
        if (when === 'while it is quiet') response.write(frame('ADDED', 'a'));
      },
      { clock },
    );
    const events = read(world.api, stop.signal);
    await vi.waitFor(() => expect(world.requests).toHaveLength(1));
    stop.abort();
    expect((await events).length).toBeLessThanOrEqual(1);
    await vi.waitFor(async () => expect(await world.connections()).toBe(0));
    expect(clock.sleeping).toBe(0);
  });

  test('is closed when its reader leaves', async () => {
    const world = await startWorld((_, response) => void response.write(frame('ADDED', 'a')));
    const { signal } = new AbortController();
    for await (const event of world.api.watch(kinds.rollout, { namespace: null, resourceVersion: '1', signal })) {
      expect(event.type).toBe('added');
      break;
    }
    await vi.waitFor(async () => expect(await world.connections()).toBe(0));
  });

  test('ends with the API that it belongs to', async () => {
    const world = await startWorld((_, response) => void response.write(frame('ADDED', 'a')));
    const events = read(world.api);
    const ended = expect(events).rejects.toBeInstanceOf(TransientError);
    await vi.waitFor(() => expect(world.requests).toHaveLength(1));
    await world.api.close();
    await ended;
  });
});
