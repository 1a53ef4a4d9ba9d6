import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../src/adapters/kubernetes/index.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { ObjectRef } from '../../src/ports/kubernetes-api.ts';

const OPENSSL = 'openssl';
const hasOpenssl = spawnSync(OPENSSL, ['version']).status === 0;
const ref: ObjectRef = { kind: kinds.rollout, namespace: 'pool-free', name: 'storefront' };
let folder: string;
const file = (name: string): string => join(folder, name);

/** A key and a certificate for `name`, signed by the authority of the test. */
function issue(name: string, signer: string): void {
  const openssl = (...args: string[]) => execFileSync(OPENSSL, args, { stdio: 'pipe' });
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    file(`${name}.key`),
    '-out',
    file(`${name}.csr`),
    '-subj',
    `/CN=${name}`,
  );
  writeFileSync(file('san'), 'subjectAltName=IP:127.0.0.1');
  const by = [
    '-CA',
    file(`${signer}.crt`),
    '-CAkey',
    file(`${signer}.key`),
    '-CAcreateserial',
    '-extfile',
    file('san'),
  ];
  openssl('x509', '-req', '-in', file(`${name}.csr`), '-out', file(`${name}.crt`), '-days', '2', ...by);
}

function makeAuthority(name: string): void {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  execFileSync(OPENSSL, [...args, '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)], { stdio: 'pipe' });
}

interface Seen {
  /** Common names of the clients, one for each connection. */
  readonly clients: string[];
  readonly versions: Set<string>;
}

/** Enough for a frame to cross loopback; too short a moment could only hide what the test looks for. */
const A_MOMENT_MS = 100;

/** More than there are between the start of a watch and its request on the wire. */
const STEPS_TO_SEND = 60;

/** Starts a watch and gives it up so many steps of the microtask queue later. */
async function giveUpAfter(api: ConnectedKubernetesApi, steps: number): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const watching = (async () => {
    for await (const _ of api.watch(kinds.pod, { namespace: null, resourceVersion: '1', signal })) stop.abort();
  })();
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  stop.abort();
  await watching;
}

describe.skipIf(!hasOpenssl)('the adapter over TLS', () => {
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-tls-'));
    makeAuthority('authority');
    makeAuthority('stranger');
    for (const name of ['server', 'first', 'second']) issue(name, 'authority');
  });

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function start(options: { readonly authority?: string; readonly http2?: boolean } = {}) {
    const seen: Seen = { clients: [], versions: new Set() };
    const server = createSecureServer(
      {
        key: readFileSync(file('server.key')),
        cert: readFileSync(file('server.crt')),
        ca: readFileSync(file('authority.crt')),
        requestCert: true,
        allowHTTP1: true,
      },
      (request: Http2ServerRequest, response) => {
        seen.versions.add(request.httpVersion);
        if (request.url.includes('watch=')) response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n');
        else response.end(JSON.stringify({ metadata: { name: 'storefront' } }));
      },
    );
    server.on('secureConnection', (socket: TLSSocket) =>
      seen.clients.push(String(socket.getPeerCertificate().subject?.CN)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const config = {
      'current-context': 'eu',
      clusters: [
        {
          name: 'eu',
          cluster: {
            server: `https://127.0.0.1:${port}`,
            'certificate-authority': `${options.authority ?? 'authority'}.crt`,
          },
        },
      ],
      users: [{ name: 'me', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
      contexts: [{ name: 'eu', context: { cluster: 'eu', user: 'me' } }],
    };
    writeFileSync(file('config'), stringify(config));
    become('first');
    const access = await kubeconfigAccess({ path: file('config'), context: 'eu' });
    const http2 = options.http2 ?? true;
    const api = createKubernetesApi({ cluster: 'eu', access, clock: createSystemClock(), http2 });
    cleanUps.push(async () => {
      await api.close();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    return { api, seen };
  }

  function become(name: string): void {
    for (const part of ['crt', 'key']) writeFileSync(file(`client.${part}`), readFileSync(file(`${name}.${part}`)));
  }

  const askTogether = (api: ConnectedKubernetesApi): Promise<unknown> =>
    Promise.all(Array.from({ length: 50 }, () => api.get(ref)));

  test('sends requests that come together over one connection, with the client certificate', async () => {
    const { api, seen } = await start();
    await askTogether(api);
    await askTogether(api);
    expect(seen).toEqual({ clients: ['first'], versions: new Set(['2.0']) });
  });

  test('speaks HTTP/1.1 when told to, over sockets that it keeps', async () => {
    const { api, seen } = await start({ http2: false });
    await askTogether(api);
    const opened = seen.clients.length;
    await askTogether(api);
    expect(seen.versions).toEqual(new Set(['1.1']));
    expect(seen.clients.length).toBeLessThan(2 * opened);
  });

  test('a rotated certificate gets a connection of its own, and a watch goes on over the old one', async () => {
    const { api, seen } = await start();
    const stop = new AbortController();
    let isOver = false;
    let heard = 0;
    const watch = (async () => {
      for await (const event of api.watch(kinds.pod, { namespace: null, resourceVersion: '1', signal: stop.signal }))
        heard += event.type === 'added' ? 1 : 0;
      isOver = true;
    })();
    await vi.waitFor(() => expect(heard).toBe(1));
    become('second');
    await api.renewCredentials();
    await api.get(ref);
    expect(seen.clients).toEqual(['first', 'second']);
    expect(isOver).toBe(false);
    stop.abort();
    await watch;
  });

  test('an answer to a watch that was given up while it was sent does not end the process', async () => {
    const { api } = await start();
    await api.get(ref);
    const fatal: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => void fatal.push(error));
    try {
      for (let steps = 0; steps < STEPS_TO_SEND; steps += 1) await giveUpAfter(api, steps);
      // the answers come in, and the session ends with an error
      await sleep(A_MOMENT_MS);
      await api.close();
      await sleep(A_MOMENT_MS);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const other of others) process.on('uncaughtException', other);
    }
    expect(fatal).toEqual([]);
  });

  test('does not talk to a server of another authority', async () => {
    const { api } = await start({ authority: 'stranger' });
    await expect(api.get(ref)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(
        /the connection failed \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)\)/,
      ),
    });
  });
});
