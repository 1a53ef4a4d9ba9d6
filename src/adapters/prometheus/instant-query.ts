import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { PrometheusDriver } from 'prometheus-query';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import { type Instant, instant } from '../../domain/time.ts';
import { refuseSkewed } from './clock-skew.ts';
import { readAnswer, type VectorAnswer, type VectorRow } from './prometheus-answer.ts';

/** One number and its labels. `value` may be NaN or infinite. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How a server is reached. Agents keep connections between queries. */
export interface Connection {
  /** Base URL, without `/api/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** How long one query may take, both for us and for the server. */
  readonly deadlineMs: number;
  /** Our clock, and how far the server's may be from it, ms; `null`: they are not compared. */
  readonly clock: { readonly now: () => Instant; readonly toleranceMs: number } | null;
}

/** Answers beyond this are cut off: 500 rows are about 100 kB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Asks one instant query; without a time, as of the server's own clock.
 *
 * A driver of its own per query, since the signal can only be handed over by its interceptors. What they throw comes back as the
 * `original` of a plain object.
 *
 * @throws TerminalError when it is refused, TransientError when it may work later or the signal aborted
 */
export async function instantQuery(
  connection: Connection,
  query: { readonly promql: string; readonly at: Instant | null; readonly what: string },
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(connection.deadlineMs)]);
  let rows: VectorAnswer['data']['result'] = [];
  const driver = createDriver(connection, query.what, limited, (answer) => void (rows = answer.data.result));
  try {
    await driver.instantQuery(
      query.promql,
      query.at === null ? undefined : new Date(query.at),
      `${connection.deadlineMs}ms`,
    );
    return rows.map(readSample);
  } catch (thrown) {
    throw toDomainError(thrown, query.what, signal.aborted ? 'cancelled' : limited.aborted ? 'timeout' : null);
  }
}

function createDriver(
  connection: Connection,
  what: string,
  signal: AbortSignal,
  told: (answer: VectorAnswer) => void,
): PrometheusDriver {
  const { clock } = connection;
  const askedAt = clock?.now() ?? instant(0);
  return new PrometheusDriver({
    endpoint: connection.url.replace(/\/+$/, ''),
    headers: connection.headers,
    preferPost: true,
    requestInterceptor: {
      onFulfilled: (config) => {
        const { httpAgent, httpsAgent } = connection;
        // A redirect would take the credentials along; every status comes to the response interceptor.
        const bounds = { maxRedirects: 0, maxContentLength: MAX_ANSWER_BYTES, validateStatus: () => true };
        return { ...config, ...bounds, signal, httpAgent, httpsAgent };
      },
    },
    responseInterceptor: {
      onFulfilled: (response) => {
        const answer = { status: response.status, headers: response.headers, body: response.data };
        const data = readAnswer(answer, what);
        if (clock !== null) refuseSkewed(answer, { askedAt, answeredAt: clock.now() }, clock.toleranceMs, what);
        told(data);
        // the library makes four objects of each row: with none it has nothing to do
        return { ...response, data: { ...data, data: { ...data.data, result: [] } } };
      },
    },
  });
}

function readSample({ metric, value: [, text] }: VectorRow): Sample {
  return { labels: metric, value: Number(text.replace('Inf', 'Infinity')) };
}

function toDomainError(thrown: unknown, what: string, ended: 'cancelled' | 'timeout' | null): Error {
  const original: unknown = thrown instanceof Object && 'original' in thrown ? thrown.original : thrown;
  if (original instanceof TerminalError || original instanceof TransientError) return original;
  if (ended === 'cancelled') return new TransientError(`${what}: cancelled`);
  if (ended === 'timeout') return new TransientError(`${what}: no answer in time`);
  // The cause is left out: its `config` holds headers, and they may hold a token.
  return new TransientError(`${what}: cannot reach it: ${networkReason(original)}`);
}

/** `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:9090` */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown network error';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return `${code}${error.message}`.trim();
}
