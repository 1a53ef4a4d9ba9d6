import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { Notice } from '../../domain/notice.ts';
import type { SecretEntry, Webhook } from '../../domain/webhook.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { bodyOf } from './bodies/body.ts';
import { guardedPost, type PostAnswer, type Resolve, resolveName } from './guarded-post.ts';
import { SIGNATURE_HEADER, signatureOf } from './signature.ts';

/** What a webhook works with. */
export interface WebhookWorld {
  readonly clock: Clock;
  /** Namespace of the hub's objects. */
  readonly namespace: string;
  /** The text of a Secret's entry. @throws TransientError, TerminalError */
  readonly secret: (entry: SecretEntry) => Promise<string>;
  /** @default this machine's */
  readonly resolve?: Resolve;
}

/** One delivery, its answer included, is over by then. */
const DELIVERY_DEADLINE_MS = 10_000;
const LONGEST_RETRY_AFTER_MS = 600_000;

/** Posts news as a Webhook says. Its Secrets are read for each delivery, so that a new key or address is used at once. */
export function createWebhookNotifier(webhook: Webhook, world: WebhookWorld): Notifier {
  const what = `telling webhook ${webhook.name}`;
  return {
    async tell(notice, signal) {
      const url = readAddress(await addressOf(webhook, world), what);
      const key = await keyOf(webhook, world, what);
      const answer = await withDeadline(world.clock, signal, what, (limit) =>
        post(webhook, world, notice, url, key, limit),
      );
      checkAnswer(answer, `${what} at ${url.hostname}`, world.clock);
    },
  };
}

async function addressOf({ address }: Webhook, { secret }: WebhookWorld): Promise<string> {
  return address.kind === 'url' ? address.url : (await secret(address.secret)).trim();
}

async function keyOf({ signing }: Webhook, { secret }: WebhookWorld, what: string): Promise<string | null> {
  if (signing === null) return null;
  const key = await secret(signing);
  if (key !== '') return key;
  throw new TerminalError(`${what}: the key in secret ${signing.namespace}/${signing.name} is empty, put one there`);
}

/** An address out of a Secret is never repeated in a message. */
function readAddress(text: string, what: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new TerminalError(`${what}: its address is no http or https URL, correct it`);
  if (url.username !== '' || url.password !== '')
    throw new TerminalError(`${what}: its address holds credentials, sign the bodies instead`);
  return url;
}

async function post(
  { format, allowPrivate }: Webhook,
  { namespace, clock, resolve = resolveName }: WebhookWorld,
  notice: Notice,
  url: URL,
  key: string | null,
  signal: AbortSignal,
): Promise<PostAnswer> {
  const body = bodyOf(notice, format, namespace);
  const headers = {
    'content-type': body.contentType,
    'user-agent': 'tidegate',
    'idempotency-key': notice.key,
    ...(key === null ? {} : { [SIGNATURE_HEADER]: signatureOf(key, body.text, clock.now()) }),
  };
  return guardedPost({ url, headers, body: body.text, allowPrivate }, resolve, signal);
}

/** What the network did is worth another try; what the guard said is not. */
async function withDeadline<T>(
  clock: Clock,
  signal: AbortSignal,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  let isLate = false;
  void clock.sleep(DELIVERY_DEADLINE_MS, AbortSignal.any([ended.signal, signal])).then(() => {
    isLate = !ended.signal.aborted && !signal.aborted;
    ended.abort();
  });
  try {
    return await work(AbortSignal.any([ended.signal, signal]));
  } catch (error) {
    if (error instanceof TerminalError) throw new TerminalError(`${what}: ${error.message}`, { cause: error });
    const why = isLate
      ? `no answer within ${DELIVERY_DEADLINE_MS / 1000} seconds`
      : `the connection failed${codeOf(error)}`;
    throw new TransientError(`${what}: ${why}`, { cause: error });
  } finally {
    ended.abort();
  }
}

function checkAnswer({ status, retryAfter }: PostAnswer, what: string, clock: Clock): void {
  if (status >= 200 && status < 300) return;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new TransientError(`${what}: it answered ${status}`, { retryAfterMs: retryAfterMs(retryAfter, clock) });
  if (status >= 300 && status < 400)
    throw new TerminalError(`${what}: it redirected (${status}), give the address where it leads to`);
  throw new TerminalError(`${what}: it refused (${status}), check address, format and key`);
}

/** Seconds or a date; `null` when it is neither. */
function retryAfterMs(header: string | undefined, clock: Clock): number | null {
  if (header === undefined) return null;
  const ms = /^[0-9]{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - clock.now();
  return Number.isNaN(ms) ? null : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}

/** ` (ECONNREFUSED)`; looks into the cause, where errors of connections hide it. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return ` (${error.code})`;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
