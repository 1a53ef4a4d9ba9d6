import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { Resolve } from '../../src/adapters/webhook/guarded-post.ts';
import { createWebhookNotifier } from '../../src/adapters/webhook/webhook-notifier.ts';
import { tellWithRetries } from '../../src/controller/notifications/telling.ts';
import { TerminalError, TransientError } from '../../src/domain/errors.ts';
import type { SecretEntry, Webhook } from '../../src/domain/webhook.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { noticesOf } from '../../src/release/notices.ts';
import { createVirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';
import { line, toldRelease } from '../unit/release/told-release.ts';

const story = [line(25, 'RollbackDecided', 'wave business failed: availability 98.2 %')];
const notice = noticesOf(toldRelease(story), story)[0]!;
const quiet = new AbortController().signal;
const KEY = 'a key that nobody else has';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Receiver {
  readonly port: number;
  readonly received: Received[];
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A receiver that answers one request after the other so, and then well. */
async function receive(...answers: readonly ((response: ServerResponse) => void)[]): Promise<Receiver> {
  const left = [...answers];
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      const answer = left.shift() ?? ((one: ServerResponse) => one.writeHead(204).end());
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, received };
}

const answer =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end('an answer that nobody reads');

function webhookAt(url: string, more: Partial<Webhook> = {}): Webhook {
  return {
    name: 'alerts',
    address: { kind: 'url', url },
    format: 'json',
    signing: null,
    severity: 'info',
    scope: { releases: null, workloads: null, waves: null, tiers: null, labels: null },
    allowPrivate: true,
    ...more,
  };
}

interface Parts {
  readonly clock?: Clock;
  readonly resolve?: Resolve;
  readonly secrets?: Readonly<Record<string, string>>;
}

function notifierOf(webhook: Webhook, { clock = createSystemClock(), resolve, secrets = {} }: Parts = {}) {
  const secret = async ({ name, key }: SecretEntry) => secrets[`${name}/${key}`] ?? '';
  const world = { clock, namespace: 'tidegate-system', secret };
  return createWebhookNotifier(webhook, resolve === undefined ? world : { ...world, resolve });
}

const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

describe('a webhook', () => {
  test('gets the body, its type and a key that repeats share', async () => {
    const { port, received } = await receive();
    const notifier = notifierOf(webhookAt(`http://127.0.0.1:${port}/hooks/tidegate?team=a`));
    await notifier.tell(notice, quiet);
    await notifier.tell(notice, quiet);
    expect(received).toHaveLength(2);
    expect(received[0]).toMatchObject({
      path: '/hooks/tidegate?team=a',
      headers: { 'content-type': 'application/json' },
    });
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual([notice.key, notice.key]);
    expect(JSON.parse(received[0]!.body)).toMatchObject({ schema: 'tidegate.dev/notice/v1', id: notice.key });
    expect(received[0]!.headers).not.toHaveProperty('x-tidegate-signature');
  });

  test('can check who sent it, and when', async () => {
    const { port, received } = await receive();
    const clock = createSystemClock();
    const signing = { namespace: 'tidegate-system', name: 'alerts', key: 'key' };
    const webhook = webhookAt(`http://127.0.0.1:${port}/`, { signing });
    await notifierOf(webhook, { clock, secrets: { 'alerts/key': KEY } }).tell(notice, quiet);
    const { headers, body } = received[0]!;
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-tidegate-signature'])) ?? [];
    expect(digest).toBe(createHmac('sha256', KEY).update(`${seconds}.${body}`).digest('hex'));
    expect(Math.abs(Number(seconds) * 1000 - clock.now())).toBeLessThan(120_000);
    expect(body + JSON.stringify(headers)).not.toContain(KEY);
  });

  test('may have an address that is a secret', async () => {
    const { port, received } = await receive(answer(500));
    const secret = { namespace: 'tidegate-system', name: 'chat', key: 'url' };
    const secrets = { 'chat/url': ` http://localhost:${port}/services/T0/B0/hush\n` };
    const notifier = notifierOf(webhookAt('', { address: { kind: 'secretRef', secret }, format: 'slack' }), {
      secrets,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const error = await failure(notifier.tell(notice, quiet));
    expect(error.message).toBe('telling webhook alerts at localhost: it answered 500');
    expect(received[0]?.path).toBe('/services/T0/B0/hush');
    expect(JSON.parse(received[0]!.body)).toEqual({ text: expect.stringContaining('is rolled back') });
  });

  test('with an empty key gets nothing: anybody could sign so', async () => {
    const { port, received } = await receive();
    const signing = { namespace: 'tidegate-system', name: 'alerts', key: 'key' };
    const webhook = webhookAt(`http://127.0.0.1:${port}/`, { signing });
    const error = await failure(notifierOf(webhook, { secrets: { 'alerts/key': '' } }).tell(notice, quiet));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain('the key in secret tidegate-system/alerts is empty');
    expect(received).toEqual([]);
  });

  test.each([
    ['is no URL', 'hush', 'its address is no http or https URL'],
    ['is of another protocol', 'file:///etc/passwd', 'its address is no http or https URL'],
    ['holds credentials', 'https://ada:hush@example.com/', 'its address holds credentials'],
  ])('with an address that %s gets nothing, and the address is not repeated', async (_, url, says) => {
    const secret = { namespace: 'tidegate-system', name: 'chat', key: 'url' };
    const notifier = notifierOf(webhookAt('', { address: { kind: 'secretRef', secret } }), {
      secrets: { 'chat/url': url },
    });
    const error = await failure(notifier.tell(notice, quiet));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('hush');
  });
});

describe('an answer', () => {
  test.each([
    [200, 'told'],
    [202, 'told'],
    [301, 'TerminalError'],
    [307, 'TerminalError'],
    [400, 'TerminalError'],
    [404, 'TerminalError'],
    [410, 'TerminalError'],
    [408, 'TransientError'],
    [429, 'TransientError'],
    [500, 'TransientError'],
    [503, 'TransientError'],
  ])('%i means %s', async (status, outcome) => {
    const { port, received } = await receive(answer(status, { location: 'http://169.254.169.254/latest/meta-data' }));
    const told = notifierOf(webhookAt(`http://127.0.0.1:${port}/`)).tell(notice, quiet);
    expect(outcome === 'told' ? await told.then(() => 'told') : (await failure(told)).name).toBe(outcome);
    expect(received).toHaveLength(1);
  });

  test('that does not come is given up after ten seconds', async () => {
    const arrived = Promise.withResolvers<void>();
    const { port } = await receive(() => arrived.resolve());
    const clock = createVirtualClock();
    const told = failure(notifierOf(webhookAt(`http://127.0.0.1:${port}/`), { clock }).tell(notice, quiet));
    await arrived.promise;
    await clock.runUntil(() => false, (clock.now() + 10_001) as never);
    expect(await told).toMatchObject({
      name: 'TransientError',
      message: 'telling webhook alerts: no answer within 10 seconds',
    });
  });

  test('of name servers that does not come is given up after ten seconds', async () => {
    const asked = Promise.withResolvers<void>();
    const resolve: Resolve = async () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const clock = createVirtualClock();
    const notifier = notifierOf(webhookAt('http://receiver.example/'), { clock, resolve });
    const told = failure(notifier.tell(notice, quiet));
    await asked.promise;
    await clock.runUntil(() => false, (clock.now() + 10_001) as never);
    expect(await told).toMatchObject({ message: 'telling webhook alerts: no answer within 10 seconds' });
  });

  test('is not waited for when the daemon ends', async () => {
    const arrived = Promise.withResolvers<void>();
    const { port } = await receive(() => arrived.resolve());
    const end = new AbortController();
    const told = failure(notifierOf(webhookAt(`http://127.0.0.1:${port}/`)).tell(notice, end.signal));
    await arrived.promise;
    end.abort();
    expect(await told).toBeInstanceOf(TransientError);
  });

  test('of nobody is worth another try', async () => {
    const { port } = await receive();
    await cleanUps.pop()!();
    const error = await failure(notifierOf(webhookAt(`http://127.0.0.1:${port}/`)).tell(notice, quiet));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toBe('telling webhook alerts: the connection failed (ECONNREFUSED)');
  });

  test.each([
    ['of 500 is followed by a try after a second at most', [answer(500)], 2, [1_000]],
    ['of 429 by one as late as it asks for', [answer(429, { 'retry-after': '42' })], 2, [42_000]],
    [
      'of 500, six times, by none',
      Array.from({ length: 7 }, () => answer(500)),
      6,
      [1_000, 5_000, 25_000, 120_000, 300_000],
    ],
    ['of 404 by none', [answer(404)], 1, []],
    ['that asks for more than ten minutes by none', [answer(500), answer(503, { 'retry-after': '86400' })], 2, [1_000]],
  ])('%s', async (_, answers, requests, waits) => {
    const { port, received } = await receive(...answers);
    const system = createSystemClock();
    const slept: number[] = [];
    let now = system.now();
    /** Retries wait at once; deliveries have their real deadline. */
    const clock: Clock = {
      now: () => now,
      async sleep(ms) {
        slept.push(ms);
        now = (now + ms) as never;
      },
    };
    const world = { clock, random: () => 1, onRetry: async () => undefined };
    await tellWithRetries(notifierOf(webhookAt(`http://127.0.0.1:${port}/`)), notice, world, quiet);
    expect({ requests: received.length, slept }).toEqual({ requests, slept: waits });
  });
});

describe('an address that is not to be asked', () => {
  const closed = { allowPrivate: false };

  test.each([
    ['loopback', 'http://127.0.0.1:PORT/'],
    ['loopback as a number', 'http://2130706433:PORT/'],
    ['loopback in hexadecimal', 'http://0x7f000001:PORT/'],
    ['loopback in IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
  ])('%s, gets nothing', async (_, url) => {
    const { port, received } = await receive();
    const error = await failure(notifierOf(webhookAt(url.replace('PORT', String(port)), closed)).tell(notice, quiet));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain('set allowPrivate: true');
    expect(received).toEqual([]);
  });

  test.each([
    ['loopback', ['127.0.0.1'], false],
    ['loopback among others', ['93.184.216.34', '127.0.0.1'], false],
    ['a cloud’s metadata', ['169.254.169.254'], true],
    ['a cloud’s metadata among others', ['127.0.0.1', '::ffff:a9fe:a9fe'], true],
  ])('under a name that stands for %s, gets nothing', async (_, addresses, allowPrivate) => {
    const { port, received } = await receive();
    const resolve: Resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const webhook = webhookAt(`http://receiver.example:${port}/`, { allowPrivate });
    const error = await failure(notifierOf(webhook, { resolve }).tell(notice, quiet));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain('receiver.example');
    expect(received).toEqual([]);
  });

  test('is found in what the connection goes to: a name is resolved once a delivery', async () => {
    const { port, received } = await receive();
    let asked = 0;
    const resolve: Resolve = async () => {
      asked += 1;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    await notifierOf(webhookAt(`http://receiver.example:${port}/`), { resolve }).tell(notice, quiet);
    expect({ asked, received: received.length, host: received[0]?.headers.host }).toEqual({
      asked: 1,
      received: 1,
      host: `receiver.example:${port}`,
    });
  });
});
