import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { MetricAnswer } from '../../analysis/assess/judge-answer.ts';
import { parseGoDuration } from '../../analysis/template/go-duration.ts';
import { rangeTime } from '../../analysis/template/range-time.ts';
import type { PrometheusProvider } from '../../domain/analysis-template.ts';
import type { Instant } from '../../domain/time.ts';
import { readProviderAnswer } from './provider-answer.ts';

/** How long a metric waits that does not say, s: as long as Argo does. */
const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** What is sent: the end of the path and the fields of the form. */
type Question =
  | { readonly kind: 'question'; readonly path: string; readonly form: Readonly<Record<string, string>> }
  | { readonly kind: 'error'; readonly message: string };

/**
 * Asks the provider of one metric one time, as Argo asks it: its own address, headers and timeout, every kind of answer. Arguments are
 * filled in. Whatever goes wrong is an answer.
 *
 * @param at as of when; `now()` of a range query
 */
export async function askProvider(
  provider: PrometheusProvider,
  at: Instant,
  signal: AbortSignal,
): Promise<MetricAnswer> {
  const { authentication } = provider;
  if (authentication.kind === 'oauth2') {
    return { kind: 'error', message: 'authentication by oauth2 is not built yet: give a token by headers' };
  }
  const question = questionOf(provider, at);
  if (question.kind === 'error') return question;
  const timeoutMs = (provider.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS) * 1000;
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { status, body } = await post(provider, question.path, new URLSearchParams(question.form), limited);
    return readProviderAnswer(status, body);
  } catch (error) {
    if (signal.aborted) return { kind: 'error', message: 'asking was stopped' };
    return { kind: 'error', message: reasonOf(error, timeoutMs) };
  }
}

function questionOf({ query, rangeQuery }: PrometheusProvider, at: Instant): Question {
  const seconds = (ms: number) => String(ms / 1000);
  if (rangeQuery === null)
    return { kind: 'question', path: '/api/v1/query', form: { query: query ?? '', time: seconds(at) } };
  const start = rangeTime(rangeQuery.start, at);
  const end = rangeTime(rangeQuery.end, at);
  const step = parseGoDuration(rangeQuery.step);
  if (start.kind === 'invalid') return { kind: 'error', message: `rangeQuery.start: ${start.message}` };
  if (end.kind === 'invalid') return { kind: 'error', message: `rangeQuery.end: ${end.message}` };
  if (step.kind === 'invalid') return { kind: 'error', message: `rangeQuery.step: ${step.message}` };
  const form = { query: query ?? '', start: seconds(start.at), end: seconds(end.at), step: seconds(step.ms) };
  return { kind: 'question', path: '/api/v1/query_range', form };
}

/** Nothing is kept open between questions: they are few. */
function post(
  { address, headers, insecure }: PrometheusProvider,
  path: string,
  form: URLSearchParams,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const url = new URL(`${(address ?? '').replace(/\/+$/, '')}${path}`);
  const isTls = url.protocol === 'https:';
  const agent = isTls ? new HttpsAgent({ rejectUnauthorized: !insecure }) : new HttpAgent();
  const own = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
  const request = (isTls ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent,
    signal,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...own },
  });
  request.on('error', reject);
  request.on('response', (response) => {
    bodyOf(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  });
  request.end(form.toString());
  return promise;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes: ask for less`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'unknown network error';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000}s`;
  // an address with several families fails with one error for each, and no text of its own
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message === '' ? code : error.message;
  return `cannot reach it: ${message}: check the address`;
}
