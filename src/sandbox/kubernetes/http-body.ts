import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { ApiError, badRequest } from './status-error.ts';

/** The largest body that is read, in bytes: that of the real server. */
export const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

/** Reads a request's body. @throws ApiError 413 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT_BYTES}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `application/json; charset=utf-8` → `application/json`; JSON when nothing is said. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads a body of JSON, or of YAML where the type says so. @throws ApiError 400, 415 */
export function parseBody(body: string, type: string): unknown {
  try {
    if (type.endsWith('json')) return JSON.parse(body);
    if (type.endsWith('yaml')) return parse(body, { maxAliasCount: 100 });
  } catch (error) {
    throw badRequest(`unable to read the body: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
  throw unsupportedType(['application/json', 'application/yaml']);
}

/** 415, with what would have been taken. */
export function unsupportedType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}
