import type { Readable } from 'node:stream';
import { TransientError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type KubernetesObject, type WatchEvent, WatchExpired } from '../../ports/kubernetes-api.ts';
import { type Asked, describeAsked, readStatus } from './api-error.ts';
import { withDeadline } from './deadline.ts';
import { networkError } from './transport.ts';

/** The server ends each watch after this time, so that a dead connection cannot pass for a quiet one. */
export const WATCH_SERVER_SECONDS = 60;
/** Nothing heard for this long, not even the end: the connection is dead. */
const WATCH_SILENCE_MS = (WATCH_SERVER_SECONDS + 15) * 1000;
/** etcd takes no object above 1.5 MiB; a line holds one. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** The events of a watch's answer. Ends quietly with the stream or the signal, and leaves nothing open. */
export async function* readWatch(
  asked: Asked,
  body: Readable,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const stop = () => body.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of readLines(asked, body, clock)) {
      if (signal.aborted) return;
      yield readEvent(asked, line);
    }
  } catch (error) {
    if (!signal.aborted) throw networkError(asked, error);
  } finally {
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
}

async function* readLines(asked: Asked, body: Readable, clock: Clock): AsyncGenerator<string> {
  const silent = () =>
    new TransientError(`${describeAsked(asked)}: nothing heard for ${WATCH_SILENCE_MS / 1000} seconds`);
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const chunk = await withDeadline(clock, WATCH_SILENCE_MS, silent, () => chunks.next());
    if (chunk.done) return;
    const lines = `${rest}${decoder.decode(chunk.value, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH)
      throw new TransientError(`${describeAsked(asked)}: an event is longer than ${MAX_LINE_LENGTH} characters`);
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}

function readEvent(asked: Asked, line: string): WatchEvent {
  const event = parseEvent(asked, line);
  const version = event.object.metadata?.resourceVersion;
  switch (event.type) {
    case 'ADDED':
      return { type: 'added', object: event.object };
    case 'MODIFIED':
      return { type: 'modified', object: event.object };
    case 'DELETED':
      return { type: 'deleted', object: event.object };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: version ?? '' };
    default:
      throw errorOfEvent(asked, event.object);
  }
}

function parseEvent(asked: Asked, line: string): { readonly type: string; readonly object: KubernetesObject } {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null && 'type' in event && 'object' in event)
      return event as { type: string; object: KubernetesObject };
  } catch (cause) {
    throw new TransientError(`${describeAsked(asked)}: an event is cut off`, { cause });
  }
  throw new TransientError(`${describeAsked(asked)}: an event has no object`);
}

function errorOfEvent(asked: Asked, object: object): Error {
  const status = readStatus(object);
  if (status?.code === 410 || status?.reason === 'Expired' || status?.reason === 'Gone')
    return new WatchExpired(`${describeAsked(asked)}: the resource version is too old; list again`);
  const why = status === null ? '' : `: ${status.reason} ${status.message.slice(0, 200)}`;
  return new TransientError(`${describeAsked(asked)}: the server ended the watch with an error${why}`);
}
