import type { Readable } from 'node:stream';
import { TransientError } from '../../domain/errors.ts';
import type { KubernetesObject, ObjectList, ResourceKind } from '../../ports/kubernetes-api.ts';
import { type Asked, describeAsked, errorOfAnswer } from './api-error.ts';
import type { ApiAnswer } from './transport.ts';

/** More than any refusal says; the rest is not read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** 2xx. */
export function isSuccess(answer: { readonly status: number }): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The object in the answer. @throws what the answer means, when it is no success. */
export function readObject(asked: Asked, answer: ApiAnswer): KubernetesObject {
  const parsed = readJson(asked, answer);
  if (typeof parsed.metadata === 'object' && parsed.metadata !== null) return parsed as KubernetesObject;
  throw new TransientError(`${describeAsked(asked)}: the answer is not an object of Kubernetes`);
}

/** A page. Items of built-in kinds carry neither apiVersion nor kind: they are filled in. */
export function readList(asked: Asked, kind: ResourceKind, answer: ApiAnswer): ObjectList {
  const parsed = readJson(asked, answer);
  const meta = (parsed.metadata ?? {}) as { resourceVersion?: string; continue?: string };
  if (!Array.isArray(parsed.items)) throw new TransientError(`${describeAsked(asked)}: the answer is not a list`);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const items = (parsed.items as KubernetesObject[]).map((item) => ({ ...item, apiVersion, kind: kind.kind }));
  return { items, resourceVersion: meta.resourceVersion ?? '', continueToken: meta.continue || null };
}

function readJson(asked: Asked, answer: ApiAnswer): Readonly<Record<string, unknown>> {
  if (!isSuccess(answer)) throw errorOfAnswer(asked, answer);
  try {
    const parsed: unknown = JSON.parse(answer.body);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch (cause) {
    const type = answer.contentType === '' ? 'no type' : answer.contentType;
    // The parser's message quotes the text, which may hold credentials: it is not passed on.
    const size = cause instanceof SyntaxError ? answer.body.length : 0;
    throw new TransientError(`${describeAsked(asked)}: the answer cannot be read (${size} characters of ${type})`);
  }
  throw new TransientError(`${describeAsked(asked)}: the answer is not an object`);
}

/** The text of a refused stream, as far as it matters. */
export async function readRefusal(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_REFUSAL_BYTES) break;
  }
  body.destroy();
  return Buffer.concat(chunks).toString('utf8');
}
