import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidInput } from '../domain/errors.ts';
import { formatListenAddress, type ListenAddress } from './listen-address.ts';

/** What a path answers. */
export interface Answer {
  readonly status: number;
  /** Media type. */
  readonly type: string;
  readonly body: string;
}

/** Answers by path; a query is left out of account. */
export type Routes = ReadonlyMap<string, () => Answer | Promise<Answer>>;

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:9410` */
  readonly url: string;
  /** Takes nothing new, lets what is under way end for a moment, then ends it. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 8_192;
const MAX_CONNECTIONS = 64;
/** A client has this long to send its few headers. */
const REQUEST_MS = 5_000;
/** Longer than a usual scrape interval, so that a scraper keeps its connection. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_GRACE_MS = 1_000;

/**
 * Listens; `failed` is told of a route that threw, which is answered with 500, and of connections that could not be taken.
 *
 * @throws InvalidInput when the address cannot be listened on
 */
export async function startHttpServer(
  address: ListenAddress,
  routes: Routes,
  failed: (error: unknown) => void,
): Promise<HttpServer> {
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS };
  const server = createServer({ ...limits, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(routes, request, response).catch((error: unknown) => {
      failed(error);
      if (response.headersSent) response.destroy();
      else send(response, request, plain(500, 'internal error, see the log'));
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, address);
  // a connection that could not be taken, for want of descriptors
  server.on('error', failed);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${formatListenAddress({ ...address, port })}`, close: () => close(server) };
}

async function handle(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  send(response, request, await answerOf(routes, request));
}

async function answerOf(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const route = routes.get((request.url ?? '').split('?', 1)[0] ?? '');
  if (route === undefined) return plain(404, `there are ${[...routes.keys()].join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD');
  if (hasBody(request)) return plain(413, 'no request body is read');
  return route();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function send(response: ServerResponse, request: IncomingMessage, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    // what was not read must not be taken for the next request
    ...(hasBody(request) ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(address, error)));
  server.listen(address.port, address.host, resolve);
  return promise;
}

function cannotListen(address: ListenAddress, error: NodeJS.ErrnoException): InvalidInput {
  const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
  const message = `listening on ${formatListenAddress(address)}: ${why}, choose another with --listen HOST:PORT, or --listen off`;
  return new InvalidInput([{ file: null, line: null, column: null, path: '', message }]);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}
