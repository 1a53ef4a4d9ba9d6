import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  /** What was parsed, or the text. */
  readonly body: unknown;
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

/** One request: `POST /api/v1/namespaces`, with a body as JSON. */
export type Send = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;

/** Sends to one API server with one token. `caPath` is for a server with TLS. */
export function createSend(server: string, token: string, caPath?: string): Send {
  const tls = caPath === undefined ? {} : { ca: readFileSync(caPath) };
  const request = server.startsWith('https:') ? tlsRequest : plainRequest;
  return async (method, path, body, contentType = 'application/json') => {
    const bytes = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    const ofBody = { 'content-type': contentType, 'content-length': Buffer.byteLength(bytes) };
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : ofBody) };
    const sent = request(new URL(path, server), { method, headers, ...tls });
    const answered = new Promise<Answer>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        const warned = response.headers['warning'];
        const warnings = warned === undefined ? [] : warned.split(/, (?=299 )/);
        text(response).then((said) => {
          resolve({ status: response.statusCode ?? 0, body: parsed(said), warnings: warnings.map(warningText) });
        }, reject);
      });
    });
    sent.end(bytes);
    return answered;
  };
}

/** `299 - "unknown field \"spec.a\""` → `unknown field "spec.a"` */
function warningText(header: string): string {
  return header.replace(/^299 \S+ "(.*)"$/, '$1').replaceAll('\\"', '"');
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
