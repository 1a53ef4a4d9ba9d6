import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { TransientError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Asked, describeAsked, type FailedAnswer } from './api-error.ts';
import type { Connection, ConnectionKeeper } from './connection.ts';
import { withDeadline } from './deadline.ts';

/** One HTTP request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** A whole answer. */
export interface ApiAnswer extends FailedAnswer {
  readonly contentType: string;
  /** The header `Date`, whole seconds. */
  readonly date: string | undefined;
}

/** An answer that is read as it comes. The caller destroys `body`. */
export interface ApiStream extends Omit<ApiAnswer, 'body'> {
  readonly body: Readable;
}

/** Every request, its answer included, is over by then. */
export const REQUEST_DEADLINE_MS = 30_000;
/** Far more than a page of 500 large objects. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

const OUR_ERRORS: ReadonlySet<string> = new Set([
  'TransientError',
  'TerminalError',
  'ConflictError',
  'WatchExpired',
  'InvalidInput',
  'AssertionError',
]);

/** Sends a request and reads its answer. @throws TransientError when no whole answer comes in time. */
export async function send(
  keeper: ConnectionKeeper,
  clock: Clock,
  asked: Asked,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const first = await sendOnce(keeper, clock, asked, request);
  if (first.answer.status !== 401 || !(await keeper.renew(first.by))) return first.answer;
  return (await sendOnce(keeper, clock, asked, request)).answer;
}

/** Begins a request whose answer is a stream. The deadline holds until the answer begins. */
export async function openStream(
  keeper: ConnectionKeeper,
  clock: Clock,
  asked: Asked,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<ApiStream> {
  return await overNetwork(keeper, clock, asked, async (limit) => {
    // The limit's signal is spent once the answer began; afterwards the caller's alone ends the stream.
    const until = AbortSignal.any([limit, signal]);
    const first = await keeper.current();
    let answer = await beginStream(first, request, until);
    if (answer.statusCode === 401 && (await keeper.renew(first))) {
      answer.body.destroy();
      answer = await beginStream(await keeper.current(), request, until);
    }
    return { ...headOf(answer), body: answer.body };
  });
}

async function beginStream(
  connection: Connection,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const answer = await dispatch(connection, request, signal);
  // A stream that is given up before anybody reads it would end the process with its error.
  answer.body.on('error', () => undefined);
  return answer;
}

/** The answer, and the connection that it came by. */
interface Answered {
  readonly answer: ApiAnswer;
  readonly by: Connection;
}

async function sendOnce(keeper: ConnectionKeeper, clock: Clock, asked: Asked, request: ApiRequest): Promise<Answered> {
  return await overNetwork(keeper, clock, asked, async (signal) => {
    const by = await keeper.current();
    const answer = await dispatch(by, request, signal);
    return { answer: { ...headOf(answer), body: await readBody(asked, answer.body) }, by };
  });
}

function dispatch(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const { origin, pathname } = new URL(connection.server);
  const basePath = pathname === '/' ? '' : pathname;
  return connection.dispatcher.request({
    origin,
    path: `${basePath}${request.path}`,
    method: request.method,
    body: request.body ?? null,
    headers: {
      accept: 'application/json',
      'user-agent': 'tidegate',
      ...connection.headers,
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    },
    signal,
  });
}

function headOf(answer: Dispatcher.ResponseData): Omit<ApiAnswer, 'body'> {
  return {
    status: answer.statusCode,
    retryAfter: headerText(answer.headers['retry-after']),
    contentType: headerText(answer.headers['content-type']) ?? '',
    date: headerText(answer.headers['date']),
  };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function readBody(asked: Asked, body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new TransientError(`${describeAsked(asked)}: the answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function overNetwork<T>(
  keeper: ConnectionKeeper,
  clock: Clock,
  asked: Asked,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = () =>
    new TransientError(`${describeAsked(asked)}: no answer within ${REQUEST_DEADLINE_MS / 1000} seconds`);
  try {
    return await withDeadline(clock, REQUEST_DEADLINE_MS, late, work);
  } catch (error) {
    const told = networkError(asked, error);
    if (told !== error) keeper.doubt();
    throw told;
  }
}

/** Our own errors as they are; everything else is the network's. */
export function networkError(asked: Asked, error: unknown): unknown {
  if (!(error instanceof Error) || isOurs(error)) return error;
  const code = codeOf(error);
  return new TransientError(`${describeAsked(asked)}: the connection failed${code === null ? '' : ` (${code})`}`, {
    cause: error,
  });
}

function isOurs(error: Error): boolean {
  return OUR_ERRORS.has(error.name);
}

/** `ECONNREFUSED`; looks into the cause, where fetch-like errors hide it. */
function codeOf(error: Error): string | null {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : null;
}
