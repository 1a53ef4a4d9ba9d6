import { ConflictError, TerminalError, TransientError } from '../../domain/errors.ts';
import { type ResourceKind, WatchExpired } from '../../ports/kubernetes-api.ts';

/** What was asked, for messages; never holds a token or a body. */
export interface Asked {
  /** Name of the Cluster object. */
  readonly cluster: string;
  /** The verb as RBAC names it: `get`, `list`, `watch`, `create`, `patch`, `delete`. */
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  readonly kind: ResourceKind;
  readonly namespace: string | null;
  /** `null` for a whole collection, empty for a review, which has none. */
  readonly name: string | null;
  readonly subresource?: 'status' | undefined;
  /** How a write is done: decides what 404 and 422 mean. */
  readonly form: 'read' | 'create' | 'jsonPatch' | 'mergePatch' | 'apply' | 'delete';
}

/** An answer that is not a success. */
export interface FailedAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** What we read of a `Status` object; all of it may be absent. */
interface ApiStatus {
  readonly reason: string;
  readonly message: string;
  readonly code: number;
  readonly detailsName: string;
  readonly detailsKind: string;
  readonly retryAfterSeconds: number | null;
  readonly causes: readonly string[];
}

const MAX_MESSAGE_LENGTH = 400;
const MESSAGE_HEAD_LENGTH = 120;
/** A Go-quoted value that is longer than anybody reads: the server quotes whole objects. */
const LONG_QUOTED = /"(?:[^"\\]|\\.){80,}"/g;
const BAD_APPLY = 'failed to create typed patch object';
const MAX_CAUSES = 8;
const MAX_RETRY_AFTER_SECONDS = 3600;

/** `patch rollouts/status storefront in pool-free of cluster shared-eu` */
export function describeAsked(asked: Asked): string {
  const what = asked.subresource === undefined ? asked.kind.plural : `${asked.kind.plural}/${asked.subresource}`;
  const name = asked.name === null || asked.name === '' ? '' : ` ${asked.name}`;
  const place = asked.namespace === null ? '' : ` in ${asked.namespace}`;
  return `${asked.verb} ${what}${name}${place} of cluster ${asked.cluster}`;
}

/** Whether a 404 says that this one object (or its namespace, but not its kind) is not there. */
export function isObjectGone(answer: FailedAnswer): boolean {
  if (answer.status !== 404) return false;
  const status = readStatus(answer.body);
  if (status === null || status.reason !== 'NotFound') return false;
  // A server in front of the API (a proxy, an aggregated API) may leave the details out.
  return status.detailsName !== '' || /"[^"]+" not found$/.test(status.message);
}

/** The error that tells the caller what to do next: wait, observe again, or give up. */
export function errorOfAnswer(asked: Asked, answer: FailedAnswer): Error {
  const status = readStatus(answer.body);
  const did = describeAsked(asked);
  const said = sayWhy(status);
  switch (answer.status) {
    case 401:
      return new TerminalError(`${did}: the credentials were refused (401); renew the token or certificate`);
    case 403:
      return new TerminalError(`${did}: not allowed (403)${said}; ${grantHint(asked, status)}`);
    case 404:
      return errorOfMissing(asked, answer, status);
    case 409:
      return new ConflictError(`${did}: somebody else was first${said}`);
    case 410:
      return new WatchExpired(`${did}: the resource version is too old; list again`);
    case 422:
      return errorOfUnprocessable(asked, status);
    default:
      return errorOfOther(asked, answer, status);
  }
}

function errorOfOther(asked: Asked, answer: FailedAnswer, status: ApiStatus | null): Error {
  const did = describeAsked(asked);
  const said = sayWhy(status);
  // A server-side apply with a field outside the schema is answered 500, as if it could work later.
  if (asked.form === 'apply' && answer.status === 500 && status?.message.startsWith(BAD_APPLY))
    return new TerminalError(`${did}: the object is not valid${said}`);
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500)
    return new TransientError(`${did}: the server answered ${answer.status}${said}`, {
      retryAfterMs: retryAfterMs(answer.retryAfter, status),
    });
  if (answer.status >= 300 && answer.status < 400)
    return new TerminalError(`${did}: redirected (${answer.status}); give the address of the API server itself`);
  return new TerminalError(`${did}: refused (${answer.status})${said}`);
}

function errorOfMissing(asked: Asked, answer: FailedAnswer, status: ApiStatus | null): Error {
  const did = describeAsked(asked);
  if (status !== null && isNamespaceOf(asked, status))
    return new TerminalError(`${did}: the namespace is not there; create it first`);
  if (!isObjectGone(answer))
    return new TerminalError(`${did}: the server does not know ${kindName(asked)}; ${installHint(asked.kind)}`);
  return new ConflictError(`${did}: the object is gone`);
}

/** A failed JSON-patch `test` is answered 422 `Invalid` without details; a refused field always has causes. */
function errorOfUnprocessable(asked: Asked, status: ApiStatus | null): Error {
  const did = describeAsked(asked);
  const named = status !== null && status.causes.length > 0;
  if (asked.form === 'jsonPatch' && !named)
    return new ConflictError(`${did}: the object is not as the patch expects it`);
  return new TerminalError(`${did}: the object is not valid${sayWhy(status)}`);
}

/** Whether a 404 of a namespaced request speaks of the namespace itself. */
function isNamespaceOf(asked: Asked, status: ApiStatus): boolean {
  if (asked.namespace === null) return false;
  const named = status.detailsKind === 'namespaces' && status.detailsName === asked.namespace;
  return named || status.message === `namespaces "${asked.namespace}" not found`;
}

/** A server-side apply of what is not there lacks the right to create: the server's own word for the verb counts. */
function grantHint(asked: Asked, status: ApiStatus | null): string {
  const verb = / cannot ([a-z]+) resource "/.exec(status?.message ?? '')?.[1] ?? asked.verb;
  const resource = asked.kind.group === '' ? asked.kind.plural : `${asked.kind.plural}.${asked.kind.group}`;
  const full = asked.subresource === undefined ? resource : `${resource}/${asked.subresource}`;
  return `grant ${verb} on ${full}`;
}

function installHint(kind: ResourceKind): string {
  if (kind.group === 'argoproj.io') return 'is Argo Rollouts installed?';
  if (kind.group === 'tidegate.dev') return 'are the Tidegate resource definitions installed? see tidegate install';
  return 'is the address that of a Kubernetes API server?';
}

function kindName({ kind, subresource }: Asked): string {
  const plural = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
  return kind.group === '' ? `${plural} ${kind.version}` : `${plural}.${kind.group} ${kind.version}`;
}

function retryAfterMs(header: string | undefined, status: ApiStatus | null): number | null {
  const seconds = header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : status?.retryAfterSeconds;
  return seconds === null || seconds === undefined ? null : Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000;
}

function sayWhy(status: ApiStatus | null): string {
  if (status === null) return '';
  const text = status.causes.length > 0 ? status.causes.join('; ') : status.message;
  return text === '' ? '' : `: ${shorten(text.replaceAll(LONG_QUOTED, '"…"'))}`;
}

/** What is wrong stands at the end, behind the value. */
function shorten(text: string): string {
  if (text.length <= MAX_MESSAGE_LENGTH) return text;
  const tail = text.slice(MESSAGE_HEAD_LENGTH - MAX_MESSAGE_LENGTH);
  return `${text.slice(0, MESSAGE_HEAD_LENGTH)} … ${tail}`;
}

/** Reads a `Status` object; `null` when the body is something else (a proxy's page, nothing). */
export function readStatus(body: string | object): ApiStatus | null {
  const parsed = typeof body === 'string' ? parseJson(body) : body;
  if (!isRecord(parsed) || parsed.kind !== 'Status') return null;
  const details = isRecord(parsed.details) ? parsed.details : {};
  return {
    reason: textOf(parsed.reason),
    message: textOf(parsed.message),
    code: typeof parsed.code === 'number' ? parsed.code : 0,
    detailsName: textOf(details.name),
    detailsKind: textOf(details.kind),
    retryAfterSeconds: typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : null,
    causes: Array.isArray(details.causes)
      ? details.causes.filter(isOfTheObject).slice(0, MAX_CAUSES).map(causeText)
      : [],
  };
}

/** That rules were not looked at for the other errors is nothing that a person can mend. */
function isOfTheObject(cause: unknown): boolean {
  return !isRecord(cause) || cause.field !== '<nil>';
}

function causeText(cause: unknown): string {
  if (!isRecord(cause)) return '';
  return [textOf(cause.field), textOf(cause.message)].filter((part) => part !== '').join(': ');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
