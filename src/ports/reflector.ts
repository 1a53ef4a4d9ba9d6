import { TerminalError, TransientError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Clock } from './clock.ts';
import { type KubernetesApi, type KubernetesObject, type ResourceKind, WatchExpired } from './kubernetes-api.ts';

/** What a reflector tells. Keys are `namespace/name`. */
export type Reflected<T> =
  /** Everything there is, right now; replaces all that was told before, and ends a `stale`. */
  | { readonly type: 'synced'; readonly items: ReadonlyMap<string, T> }
  | { readonly type: 'changed'; readonly key: string; readonly item: T }
  | { readonly type: 'gone'; readonly key: string }
  /** Nothing can be heard, and nothing was since `sinceAt`: what was told may be old, until the next `synced`. */
  | { readonly type: 'stale'; readonly sinceAt: Instant; readonly message: string };

/** What to reflect, and with which clock and dice. */
export interface ReflectOptions<T> {
  /** `null`: all namespaces. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  /** The small part of an object that is kept; never throws. */
  readonly project: (object: KubernetesObject) => T;
  readonly clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

const PAGE_SIZE = 500;
/** A million objects: far above what a daemon of this kind can hold. */
const MAX_PAGES = 2000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
/** A refusal (a right, a missing kind) is mended by people: asked again at their pace. */
const REFUSED_RETRY_MS = 30_000;
/** A watch that ends sooner, with nothing heard, is not asked again at once. */
const SHORT_WATCH_MS = 1000;

/** Where a reflection stands. */
interface Hearing {
  lastHeardAt: Instant;
  /** Attempts without anything heard, since the last time something was. */
  failures: number;
}

/**
 * Follows all objects of a kind: a paged list, then a watch from there, and again from the list whenever the thread is
 * lost. Raw objects are dropped as soon as they are projected. Ends quietly with the signal.
 */
export async function* reflect<T>(
  api: KubernetesApi,
  kind: ResourceKind,
  options: ReflectOptions<T>,
): AsyncGenerator<Reflected<T>> {
  const { clock, signal } = options;
  const hearing: Hearing = { lastHeardAt: clock.now(), failures: 0 };
  while (!signal.aborted) {
    try {
      const listed = await untilAborted(listAll(api, kind, options), signal);
      if (listed === null) return;
      hearing.lastHeardAt = clock.now();
      yield { type: 'synced', items: listed.items };
      yield* watchOn(api, kind, listed.resourceVersion, options, hearing);
    } catch (error) {
      if (signal.aborted) return;
      if (!isExpected(error)) throw error;
      if (!(error instanceof WatchExpired))
        yield { type: 'stale', sinceAt: hearing.lastHeardAt, message: error.message };
      await clock.sleep(retryDelayMs(error, hearing, options.random), signal);
    }
  }
}

interface Listed<T> {
  readonly items: ReadonlyMap<string, T>;
  readonly resourceVersion: string;
}

async function listAll<T>(api: KubernetesApi, kind: ResourceKind, options: ReflectOptions<T>): Promise<Listed<T>> {
  const { namespace, labelSelector, project, signal } = options;
  const selector = labelSelector === undefined ? {} : { labelSelector };
  const items = new Map<string, T>();
  let next: { continueToken?: string } = {};
  for (let page = 0; page < MAX_PAGES && !signal.aborted; page += 1) {
    const { items: objects, ...list } = await api.list(kind, { namespace, ...selector, limit: PAGE_SIZE, ...next });
    for (const object of objects) items.set(keyOf(object), project(object));
    if (list.continueToken === null) return { items, resourceVersion: list.resourceVersion };
    next = { continueToken: list.continueToken };
  }
  throw new TransientError(`list ${kind.plural} of cluster ${api.cluster}: more than ${MAX_PAGES * PAGE_SIZE} objects`);
}

/** Watches until the thread is lost: servers end watches as a matter of course, and are asked again from there. */
async function* watchOn<T>(
  api: KubernetesApi,
  kind: ResourceKind,
  from: string,
  options: ReflectOptions<T>,
  hearing: Hearing,
): AsyncGenerator<Reflected<T>> {
  const { namespace, labelSelector, project, clock, signal } = options;
  const selector = labelSelector === undefined ? {} : { labelSelector };
  let resourceVersion = from;
  while (!signal.aborted) {
    const openedAt = clock.now();
    let heard = false;
    for await (const event of api.watch(kind, { namespace, ...selector, resourceVersion, signal })) {
      heard = true;
      hearing.failures = 0;
      hearing.lastHeardAt = clock.now();
      if (event.type === 'bookmark') {
        resourceVersion = event.resourceVersion || resourceVersion;
        continue;
      }
      const key = keyOf(event.object);
      resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
      yield event.type === 'deleted' ? { type: 'gone', key } : { type: 'changed', key, item: project(event.object) };
    }
    if (signal.aborted) return;
    if (heard || clock.now() - openedAt >= SHORT_WATCH_MS) {
      hearing.failures = 0;
      hearing.lastHeardAt = clock.now();
    } else await clock.sleep(backOffMs(hearing, options.random), signal);
  }
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function isExpected(error: unknown): error is Error {
  return error instanceof WatchExpired || error instanceof TransientError || error instanceof TerminalError;
}

function retryDelayMs(error: Error, hearing: Hearing, random: () => number): number {
  // A watch expires as a matter of course after a quiet hour: listed again at once, unless it does so again.
  if (error instanceof WatchExpired && hearing.failures === 0) {
    hearing.failures = 1;
    return 0;
  }
  const delayMs = backOffMs(hearing, random);
  if (error instanceof TerminalError) return Math.max(delayMs, REFUSED_RETRY_MS);
  return error instanceof TransientError ? Math.max(delayMs, error.retryAfterMs ?? 0) : delayMs;
}

/** Doubles from half a second to half a minute; the dice take up to half of it away. */
function backOffMs(hearing: Hearing, random: () => number): number {
  const fullMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(hearing.failures, 16));
  hearing.failures += 1;
  return Math.round(fullMs * (1 - random() / 2));
}

/** The result, or `null` as soon as the signal aborts; what still runs then is forgotten. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  let stop = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
