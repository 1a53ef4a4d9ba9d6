import type { ResourceKind } from '../../ports/kubernetes-api.ts';
import { qualifiedKind, resourceName } from './resource.ts';

/** One thing that is wrong with a request, as a Kubernetes Status carries it. */
export interface StatusCause {
  /** `FieldValueInvalid`, `FieldManagerConflict`, … */
  readonly reason: string;
  readonly message: string;
  /** `.spec.replicas` or `spec.replicas`, as the real server writes it for that reason. */
  readonly field: string;
}

/** The object that a refusal names: `{ name: 'storefront', group: 'argoproj.io', kind: 'rollouts' }`. */
export interface StatusSubject {
  readonly name: string;
  readonly group: string;
  /** The plural; the kind itself where a schema refuses. */
  readonly kind: string;
}

/** A refusal of the API server, with the body that goes over the wire. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly code: number;
  /** `NotFound`, `Conflict`, … */
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** The object it is about; `null` for a kind or a path. */
  readonly subject: StatusSubject | null;
  /** Seconds the client is asked to wait; `null` when not said. */
  readonly retryAfterSeconds: number | null;
  constructor(
    code: number,
    reason: string,
    message: string,
    options: {
      readonly causes?: readonly StatusCause[];
      readonly retryAfterSeconds?: number;
      readonly subject?: StatusSubject;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.causes = options.causes ?? [];
    this.subject = options.subject ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** The Kubernetes Status object of a refusal. */
export function statusBody(error: ApiError): Readonly<Record<string, unknown>> {
  const details = {
    ...(error.subject === null ? {} : withoutEmpty(error.subject)),
    ...(error.causes.length > 0 ? { causes: error.causes } : {}),
    ...(error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  const hasDetails = Object.keys(details).length > 0 || error.code === 422;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(hasDetails ? { details } : {}),
    code: error.code,
  };
}

function withoutEmpty(subject: StatusSubject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(subject).filter(([, value]) => value !== ''));
}

type Named = Pick<ResourceKind, 'group' | 'plural'>;

function subjectOf(resource: Named, name: string): StatusSubject {
  return { name, group: resource.group, kind: resource.plural };
}

/** 404 of an object: `rollouts.argoproj.io "storefront" not found`. */
export function notFound(resource: Named, name: string): ApiError {
  const subject = subjectOf(resource, name);
  return new ApiError(404, 'NotFound', `${resourceName(resource)} "${name}" not found`, { subject });
}

/** 404 of a path or a kind that is not served. */
export function notServed(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

/** 409: the object changed since it was read, or a precondition does not hold. */
export function conflict(resource: Named, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceName(resource)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, { subject: subjectOf(resource, name) });
}

/** 409 of a create: the name is taken. */
export function alreadyExists(resource: Named, name: string): ApiError {
  const message = `${resourceName(resource)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, { subject: subjectOf(resource, name) });
}

/** 422 of a schema: the object is read, and refused with every cause. */
export function invalid(
  kind: Pick<ResourceKind, 'group' | 'kind'>,
  name: string,
  causes: readonly StatusCause[],
): ApiError {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  const subject = { name, group: kind.group, kind: kind.kind };
  return new ApiError(422, 'Invalid', `${qualifiedKind(kind)} "${name}" is invalid: ${text}`, { causes, subject });
}

/** 422 of a request option, `fieldManager: Required value`. */
export function invalidOption(options: string, cause: StatusCause): ApiError {
  return invalid({ group: 'meta.k8s.io', kind: options }, '', [cause]);
}

/** 422 of a patch whose result cannot be read as an object of its kind. */
export function patchUnreadable(why: string): ApiError {
  const cause = { reason: 'FieldValueInvalid', field: 'patch', message: `Invalid value: ${why}` };
  return invalid({ group: '', kind: '' }, '', [cause]);
}

/** How the message of an apply starts that does not fit its schema: 500, though it can never work. */
export const UNTYPED_APPLY = 'failed to create typed patch object';

/** 500 without a reason: how the real server answers some requests that are wrong in themselves. */
export function unexplained(message: string): ApiError {
  return new ApiError(500, '', message);
}

/** 422 of a JSON patch that does not apply, a failed `test` included. The real server gives no details, so no causes here. */
export function patchRefused(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request');
}

/** 400: the request cannot be read. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** 410: the resourceVersion or continue token is older than the history that is kept. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}
