import { instant } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { type ClusterToServe, type ServedStores, serveStores } from '../../src/sandbox/kubernetes/http-server.ts';
import { createStore, type Store } from '../../src/sandbox/kubernetes/store.ts';

/** The wall clock, for watches over real sockets. */
const wallClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A served store, and a client that speaks plain HTTP. */
export interface ServedWorld {
  readonly store: Store;
  readonly served: ServedStores;
  readonly url: string;
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  /** Opens a watch; `next` reads one frame, `null` at the end of the stream. */
  readonly watch: (path: string) => Promise<{ readonly status: number; next(): Promise<Frame | null>; stop(): void }>;
}

export interface Frame {
  readonly type: string;
  readonly object: { readonly metadata: { name: string; resourceVersion: string }; readonly [field: string]: unknown };
}

/** Serves a fresh store on loopback. */
export async function serveWorld(
  options: Partial<ClusterToServe> & {
    historyLimit?: number;
    bookmarkEveryMs?: number;
    expiredAs?: 'event' | 'status';
  } = {},
): Promise<ServedWorld> {
  const store = createStore({ clock: wallClock, cluster: 'shared-eu', historyLimit: options.historyLimit ?? 1000 });
  const { historyLimit: _limit, bookmarkEveryMs, expiredAs, ...cluster } = options;
  const served = await serveStores({
    clusters: [{ token: 'secret', ...cluster, store }],
    ...(bookmarkEveryMs === undefined ? {} : { bookmarkEveryMs }),
    ...(expiredAs === undefined ? {} : { expiredAs }),
  });
  const url = served.url('shared-eu');
  const authorization = 'Bearer secret';
  return {
    store,
    served,
    url,
    async send(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: readJson(await response.text()) };
    },
    async watch(path) {
      const abort = new AbortController();
      const response = await fetch(url + path, { headers: { authorization }, signal: abort.signal });
      const frames = readFrames(response);
      return {
        status: response.status,
        next: async () => (await frames.next()).value ?? null,
        stop: () => abort.abort(),
      };
    },
  };
}

function readJson(text: string): Reply['body'] {
  return text.startsWith('{') ? (JSON.parse(text) as Reply['body']) : { text };
}

async function* readFrames(response: Response): AsyncGenerator<Frame, null> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Frame;
  }
  return null;
}
