import { ConflictError, TerminalError, TransientError } from '../../domain/errors.ts';
import { WatchExpired } from '../../ports/kubernetes-api.ts';
import { ApiError, UNTYPED_APPLY } from './status-error.ts';

/**
 * The port's error for a refusal, as an adapter over HTTP would throw it.
 *
 * 409, 422 without causes (a JSON patch that does not apply) and 404 of an object are conflicts; 429 and 5xx are transient; 410 of a
 * watch is WatchExpired; the rest is terminal, and so is an apply that does not fit
 * its schema, which is answered 500. What is no refusal is returned as it is.
 */
export function portError(error: unknown, doing: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const message = `${doing}: ${error.message}`;
  const options = { cause: error };
  if (error.code === 410) return new WatchExpired(message, options);
  if (error.code === 409 || (error.code === 422 && error.causes.length === 0)) {
    return new ConflictError(message, options);
  }
  if (error.code === 404 && error.subject !== null && error.subject.kind !== 'namespaces') {
    return new ConflictError(`${message}: it is gone`, options);
  }
  if (error.message.startsWith(UNTYPED_APPLY)) return new TerminalError(message, options);
  if (error.code === 429 || error.code >= 500) {
    const retryAfterMs = error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1000;
    return new TransientError(message, { retryAfterMs, cause: error });
  }
  return new TerminalError(message, options);
}
