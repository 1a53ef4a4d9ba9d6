import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, ServedCluster } from './http-answer.ts';
import { answer } from './http-handler.ts';
import { streamWatch, type WatchServing } from './http-watch.ts';
import { createMutationCount } from './mutation-count.ts';
import { adminUser, type SandboxUser } from './review.ts';
import { ApiError, statusBody } from './status-error.ts';
import type { Store } from './store.ts';

/** A store to be served, and who may reach it. */
export interface ClusterToServe {
  readonly store: Store;
  /** Bearer token of the user `sandbox-admin`. */
  readonly token: string;
  /** More users, each with a token of their own. */
  readonly users?: readonly SandboxUser[];
  /** Takes a request without a token for the admin's: kubectl sends none over plain HTTP. @default false */
  readonly allowsAnonymous?: boolean;
  /** A free one when 0. @default 0 */
  readonly port?: number;
}

export interface ServeOptions extends Partial<WatchServing> {
  readonly clusters: readonly ClusterToServe[];
  /** Loopback only, unless asked otherwise. @default '127.0.0.1' */
  readonly host?: string;
}

/** API servers over HTTP, one port per cluster. */
export interface ServedStores {
  /** `http://127.0.0.1:43211` */
  url(cluster: string): string;
  /** When false, open connections are cut and new ones reset, as from a cluster that cannot be reached. */
  setAvailable(cluster: string, isAvailable: boolean): void;
  /** Successful mutations of a cluster's clients, dry runs apart: `patch rollouts.argoproj.io` → how often. */
  mutations(cluster: string): ReadonlyMap<string, number>;
  /** Ends all streams and connections. */
  close(): Promise<void>;
}

/** Serves stores over HTTP until closed. */
export async function serveStores(options: ServeOptions): Promise<ServedStores> {
  const host = options.host ?? '127.0.0.1';
  const serving = { bookmarkEveryMs: options.bookmarkEveryMs ?? 10_000, expiredAs: options.expiredAs ?? 'event' };
  const doors = new Map<string, Door>();
  for (const cluster of options.clusters) {
    doors.set(cluster.store.cluster, await openDoor(cluster, host, serving));
  }
  const door = (cluster: string): Door => {
    const found = doors.get(cluster);
    if (found === undefined) throw new RangeError(`no cluster ${JSON.stringify(cluster)} is served here`);
    return found;
  };
  return {
    url: (cluster) => door(cluster).url,
    setAvailable: (cluster, isAvailable) => door(cluster).setAvailable(isAvailable),
    mutations: (cluster) => door(cluster).mutations(),
    async close() {
      await Promise.all([...doors.values()].map((each) => each.close()));
    },
  };
}

interface Door {
  readonly url: string;
  setAvailable(isAvailable: boolean): void;
  mutations(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

async function openDoor(cluster: ClusterToServe, host: string, serving: WatchServing): Promise<Door> {
  const stop = new AbortController();
  const served: ServedCluster = {
    store: cluster.store,
    users: [adminUser(cluster.token), ...(cluster.users ?? [])],
    allowsAnonymous: cluster.allowsAnonymous ?? false,
    mutations: createMutationCount(),
  };
  const sockets = new Set<Socket>();
  let isAvailable = true;
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    void respond(served, request, response, serving, stop.signal);
  });
  server.on('connection', (socket) => {
    if (!isAvailable) {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server, host, cluster.port ?? 0);
  return {
    url: `http://${host}:${port}`,
    mutations: () => served.mutations.counts(),
    setAvailable(available) {
      isAvailable = available;
      if (!available) for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      stop.abort();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function respond(
  cluster: ServedCluster,
  request: IncomingMessage,
  response: ServerResponse,
  serving: WatchServing,
  stop: AbortSignal,
): Promise<void> {
  try {
    const reply = await answer(cluster, request);
    if (reply.kind === 'watch') await streamWatch(cluster.store, reply, response, serving, stop);
    else sendDocument(response, reply);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof ApiError) sendRefusal(response, error);
    else sendRefusal(response, new ApiError(500, 'InternalError', `Internal error occurred: ${String(error)}`));
  }
}

function sendDocument(response: ServerResponse, reply: Extract<Answer, { readonly kind: 'document' }>): void {
  for (const warning of reply.warnings) response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  if (typeof reply.body === 'string') {
    response.writeHead(reply.status, { 'content-type': 'text/plain' });
    response.end(reply.body);
    return;
  }
  response.writeHead(reply.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply.body));
}

/** A path or kind that is not served is refused in plain text, as by the real server. */
function sendRefusal(response: ServerResponse, error: ApiError): void {
  if (error.retryAfterSeconds !== null) response.setHeader('retry-after', String(error.retryAfterSeconds));
  if (error.code === 404 && error.subject === null) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('404 page not found\n');
    return;
  }
  response.writeHead(error.code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(statusBody(error)));
}
