import { z } from 'zod';
import { TerminalError, TransientError } from '../../domain/errors.ts';

/** An HTTP answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** One row of an answer: labels, then seconds since the epoch and the number as text. */
export interface VectorRow {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const vectorAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.custom<VectorRow>(isVectorRow, 'expected labels and a value')),
  }),
});

/** By hand: an answer has thousands of rows, and a schema of each took longer than the query. */
function isVectorRow(row: unknown): boolean {
  if (!isObject(row) || !isObject(row['metric']) || !Array.isArray(row['value'])) return false;
  const { metric } = row;
  for (const label in metric) if (typeof metric[label] !== 'string') return false;
  const [at, text, ...rest] = row['value'] as readonly unknown[];
  return typeof at === 'number' && typeof text === 'string' && rest.length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A successful instant query's body. */
export type VectorAnswer = z.infer<typeof vectorAnswer>;

/** How much of a server's own words goes into a message. */
const QUOTED_CHARACTERS = 300;

/**
 * Reads the answer to an instant query.
 *
 * @param what what was being done, for messages: `query source prom-eu`
 * @throws TerminalError when the query or the credentials are refused: 3xx, 4xx but 408 and 429
 * @throws TransientError on 408, 429, 5xx, a warning (part of the data is missing), or a body that is no Prometheus answer
 */
export function readAnswer(answer: HttpAnswer, what: string): VectorAnswer {
  const { status, body } = answer;
  if (status < 200 || status > 299) throw refused(answer, what);
  const failed = refusal.safeParse(body);
  if (failed.success) {
    throw new TransientError(`${what}: answered ${failed.data.errorType}: ${quoted(failed.data.error)}`);
  }
  const read = vectorAnswer.safeParse(body);
  if (!read.success) {
    const issue = read.error.issues[0];
    const place = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
    throw new TransientError(
      `${what}: the answer is not a Prometheus vector${quoted(place)}: check the url of the source`,
    );
  }
  // Before Prometheus 2.53 remarks on style came as warnings too.
  const warnings = (read.data.warnings ?? []).filter((warning) => !warning.startsWith('PromQL info:'));
  if (warnings.length > 0) {
    const message = `${what}: partial answer: ${quoted(warnings.join('; '))}`;
    throw new TransientError(message, { reason: 'PartialAnswer' });
  }
  return read.data;
}

function refused({ status, headers, body }: HttpAnswer, what: string): TerminalError | TransientError {
  const said = refusal.safeParse(body);
  const reason = said.success ? `: ${quoted(said.data.error)}` : '';
  const message = `${what}: answered ${status}${reason}`;
  if (status === 408 || status === 429 || status >= 500) {
    return new TransientError(message, { retryAfterMs: retryAfterMs(headers) });
  }
  return new TerminalError(`${message}${advice(status)}`);
}

function advice(status: number): string {
  if (status >= 300 && status < 400) return ': redirects are not followed, set the url it points to';
  if (status === 401 || status === 403) return ': check the secret of the source and its headers';
  if (status === 404) return ': no Prometheus API there, check the url of the source';
  return '';
}

/** Seconds, or a date: then counted from the answer's own `Date`, so that no clock but the server's is read. */
function retryAfterMs(headers: HttpAnswer['headers']): number | null {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(String(headers['date']));
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function quoted(text: string): string {
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
}
