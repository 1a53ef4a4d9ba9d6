import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpServer, type Routes, startHttpServer } from '../../src/api/http-server.ts';
import { InvalidInput } from '../../src/domain/errors.ts';

const ANYWHERE = { host: '127.0.0.1', port: 0 } as const;
const failures: unknown[] = [];
const servers: HttpServer[] = [];

const routes: Routes = new Map([
  ['/hello', () => ({ status: 200, type: 'text/plain', body: 'grüß dich' })],
  [
    '/broken',
    () => {
      throw new Error('planted');
    },
  ],
]);

async function serve(port = 0): Promise<HttpServer> {
  const server = await startHttpServer({ ...ANYWHERE, port }, routes, (error) => failures.push(error));
  servers.push(server);
  return server;
}

afterEach(async () => {
  failures.length = 0;
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** What comes back for these bytes until the server ends the connection. */
function sendRaw(url: string, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.on('close', () => resolve(answer)).on('error', reject);
  return promise;
}

describe('the server', () => {
  it.each([
    ['a path that it knows', 'GET', '/hello', 200, 'grüß dich'],
    ['the same with a query', 'GET', '/hello?a=b', 200, 'grüß dich'],
    ['HEAD without a body', 'HEAD', '/hello', 200, ''],
    ['another path, and says which there are', 'GET', '/', 404, 'there are /hello, /broken\n'],
    ['another method', 'DELETE', '/hello', 405, 'only GET and HEAD\n'],
    ['a route that throws', 'GET', '/broken', 500, 'internal error, see the log\n'],
  ])('answers %s', async (_, method, path, status, body) => {
    const { url } = await serve();
    const answer = await fetch(`${url}${path}`, { method });
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status, body });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(failures).toHaveLength(status === 500 ? 1 : 0);
  });

  it('reads no request body', async () => {
    const { url } = await serve();
    const request = ['GET /hello HTTP/1.1', 'host: a', 'content-length: 5', '', 'hello'].join('\r\n');
    expect(await sendRaw(url, request)).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  });

  it('refuses headers without end', async () => {
    const { url } = await serve();
    const request = ['GET /hello HTTP/1.1', 'host: a', `x: ${'x'.repeat(10_000)}`, '', ''].join('\r\n');
    expect(await sendRaw(url, request)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('closes though a client keeps its connection', async () => {
    const server = await serve();
    const kept = connect(Number(new URL(server.url).port), '127.0.0.1');
    const gone = new Promise((resolve) => kept.on('close', resolve));
    kept.write('GET /hello HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise((resolve) => kept.once('data', resolve));
    await server.close();
    await gone;
    await expect(fetch(`${server.url}/hello`)).rejects.toThrow('fetch failed');
  });

  it('says what to do when the port is in use', async () => {
    const { url } = await serve();
    const second = serve(Number(new URL(url).port));
    await expect(second).rejects.toThrow(InvalidInput);
    await expect(second).rejects.toThrow(
      `listening on ${new URL(url).host}: the port is in use, choose another with --listen HOST:PORT, or --listen off`,
    );
  });

  it('says what is wrong with an address of another machine', async () => {
    const there = startHttpServer({ host: '192.0.2.1', port: 0 }, routes, () => undefined);
    await expect(there).rejects.toThrow(/^listening on 192\.0\.2\.1:0: .*EADDRNOTAVAIL.*--listen/);
  });
});
