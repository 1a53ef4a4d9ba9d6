import type { ServerResponse } from 'node:http';
import type { KubernetesObject, WatchEvent } from '../../ports/kubernetes-api.ts';
import type { Answer } from './http-answer.ts';
import { countOf, selectorsOf } from './http-query.ts';
import { apiVersionOf } from './resource.ts';
import { ApiError, statusBody } from './status-error.ts';
import type { Store } from './store.ts';
import { openWatch } from './watch.ts';

/** How long a watch lasts when the client does not say. */
export const WATCH_TIMEOUT_MS = 30 * 60_000;

/** Bytes that may wait for a slow client before its stream is cut. */
export const WATCH_BUFFER_LIMIT_BYTES = 64 * 1024 * 1024;

/** How watches are served. */
export interface WatchServing {
  readonly bookmarkEveryMs: number;
  /** How an old resourceVersion is refused: as the real server mostly does, in the stream, or by HTTP status. */
  readonly expiredAs: 'event' | 'status';
}

type WatchAnswer = Extract<Answer, { readonly kind: 'watch' }>;

/** Streams a selection's changes until the client leaves, the time is over, or `stop` aborts. @throws ApiError before the first byte. */
export async function streamWatch(
  store: Store,
  answer: WatchAnswer,
  response: ServerResponse,
  serving: WatchServing,
  stop: AbortSignal,
): Promise<void> {
  const { query, resource } = answer;
  const timeoutMs = (countOf(query, 'timeoutSeconds') ?? 0) * 1000 || WATCH_TIMEOUT_MS;
  const resourceVersion = query.get('resourceVersion') ?? '';
  const request = { namespace: answer.namespace, resourceVersion, ...selectorsOf(query) };
  const early: string[] = [];
  const over = new AbortController();
  let write = (frame: string): void => void early.push(frame);
  const watch = open();
  if (watch === null) return;
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  write = (frame) => {
    response.write(frame);
    if (response.writableLength > WATCH_BUFFER_LIMIT_BYTES) response.destroy();
  };
  for (const frame of early) write(frame);
  if (query.get('sendInitialEvents') === 'true') write(bookmarkFrame(answer, watch.position(), true));
  response.once('close', () => over.abort());
  stop.addEventListener('abort', () => over.abort(), { once: true });
  const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';
  await Promise.all([
    store.clock.sleep(timeoutMs, over.signal).then(() => over.abort()),
    wantsBookmarks ? bookmark() : undefined,
  ]);
  if (wantsBookmarks && !response.destroyed) write(bookmarkFrame(answer, watch.position(), false));
  watch.close();
  response.end();

  function open() {
    try {
      return openWatch(store, resource, request, (event) => write(eventFrame(event)));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 410 || serving.expiredAs === 'status') throw error;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ type: 'ERROR', object: statusBody(error) })}\n`);
      return null;
    }
  }

  async function bookmark(): Promise<void> {
    while (!over.signal.aborted) {
      await store.clock.sleep(serving.bookmarkEveryMs, over.signal);
      if (!over.signal.aborted && watch !== null) write(bookmarkFrame(answer, watch.position(), false));
    }
  }
}

function eventFrame(event: Exclude<WatchEvent, { readonly type: 'bookmark' }>): string {
  return frame(event.type.toUpperCase(), event.object);
}

function bookmarkFrame(answer: WatchAnswer, resourceVersion: string, isInitialEnd: boolean): string {
  const annotations = isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return frame('BOOKMARK', {
    apiVersion: apiVersionOf(answer.resource),
    kind: answer.resource.kind,
    metadata: { name: '', resourceVersion, ...annotations },
  });
}

function frame(type: string, object: KubernetesObject): string {
  return `${JSON.stringify({ type, object })}\n`;
}
