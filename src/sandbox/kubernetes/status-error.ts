/** One thing that is wrong with a request, as a Kubernetes Status carries it. */
export interface StatusCause {
  /** `FieldValueInvalid`, `FieldManagerConflict`, … */
  readonly reason: string;
  readonly message: string;
  /** `.spec.replicas` or `spec.replicas`, as the real server writes it for that reason. */
  readonly field: string;
}

/** The object that a refusal names: `{ name, kind: 'rollouts.argoproj.io' }`. */
export interface StatusSubject {
  readonly name: string;
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
    ...error.subject,
    ...(error.causes.length > 0 ? { causes: error.causes } : {}),
    ...(error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    reason: error.reason,
    details,
    code: error.code,
  };
}

/** 404 of an object: `rollouts.argoproj.io "storefront" not found`. */
export function notFound(resource: string, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${resource} "${name}" not found`, {
    subject: { name, kind: resource },
  });
}

/** 404 of a path or a kind that is not served. */
export function notServed(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

/** 409: the object changed since it was read, or a precondition does not hold. */
export function conflict(resource: string, name: string, why: string): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`, {
    subject: { name, kind: resource },
  });
}

/** 409 of a create: the name is taken. */
export function alreadyExists(resource: string, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${resource} "${name}" already exists`, {
    subject: { name, kind: resource },
  });
}

/** 422 of a schema: the object is read, and refused with every cause. */
export function invalid(kind: string, name: string, causes: readonly StatusCause[]): ApiError {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, { causes, subject: { name, kind } });
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
