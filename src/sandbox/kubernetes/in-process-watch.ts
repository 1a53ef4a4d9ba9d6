import { TransientError } from '../../domain/errors.ts';
import type { ResourceKind, WatchEvent, WatchOptions } from '../../ports/kubernetes-api.ts';
import { portError } from './port-error.ts';
import { resourceName } from './resource.ts';
import type { Store } from './store.ts';
import { type OpenWatch, openWatch } from './watch.ts';

/** Events that may wait for a slow reader before its watch is broken. */
export const WATCH_QUEUE_LIMIT = 100_000;

/** What a client adds to a watch of the store. */
export interface WatchTraits {
  readonly bookmarkEveryMs: number;
  /** Asked before the watch opens and before each event is delivered; throws what breaks the watch. */
  readonly admit: (verb: 'watch' | 'watchEvent') => void;
}

/** The store's events as an iterable. Ends quietly when the signal aborts. @throws WatchExpired, TransientError */
export async function* watchStore(
  store: Store,
  kind: ResourceKind,
  options: WatchOptions,
  traits: WatchTraits,
): AsyncGenerator<WatchEvent> {
  if (options.signal.aborted) return;
  traits.admit('watch');
  const doing = `watch ${resourceName(kind)} in ${store.cluster}`;
  const mailbox = createMailbox();
  const watch = open(store, kind, options, mailbox.put, doing);
  const closed = new AbortController();
  options.signal.addEventListener('abort', mailbox.wake, { once: true });
  const bookmarks = sendBookmarks(store, watch, traits.bookmarkEveryMs, closed.signal, mailbox.put);
  try {
    while (!options.signal.aborted) {
      const event = mailbox.take();
      if (event === undefined) {
        await mailbox.filled();
        continue;
      }
      if (mailbox.size() > WATCH_QUEUE_LIMIT) throw new TransientError(`${doing}: the reader fell behind`);
      traits.admit('watchEvent');
      yield event;
    }
  } finally {
    closed.abort();
    watch.close();
    options.signal.removeEventListener('abort', mailbox.wake);
    await bookmarks;
  }
}

function open(
  store: Store,
  kind: ResourceKind,
  options: WatchOptions,
  put: (event: WatchEvent) => void,
  doing: string,
): OpenWatch {
  try {
    return openWatch(store, kind, options, put);
  } catch (error) {
    throw portError(error, doing);
  }
}

async function sendBookmarks(
  store: Store,
  watch: OpenWatch,
  everyMs: number,
  signal: AbortSignal,
  put: (event: WatchEvent) => void,
): Promise<void> {
  while (!signal.aborted) {
    await store.clock.sleep(everyMs, signal);
    if (!signal.aborted) put({ type: 'bookmark', resourceVersion: watch.position() });
  }
}

/** A queue of one reader. */
interface Mailbox {
  readonly put: (event: WatchEvent) => void;
  readonly take: () => WatchEvent | undefined;
  readonly size: () => number;
  /** Resolves when something may be there. */
  readonly filled: () => Promise<void>;
  readonly wake: () => void;
}

function createMailbox(): Mailbox {
  let inbox: WatchEvent[] = [];
  let outbox: WatchEvent[] = [];
  let resolve: (() => void) | null = null;
  const wake = (): void => {
    resolve?.();
    resolve = null;
  };
  return {
    put(event) {
      inbox.push(event);
      wake();
    },
    take() {
      if (outbox.length === 0) {
        outbox = inbox.reverse();
        inbox = [];
      }
      return outbox.pop();
    },
    size: () => inbox.length + outbox.length,
    filled: () =>
      new Promise((filled) => {
        resolve = filled;
      }),
    wake,
  };
}
