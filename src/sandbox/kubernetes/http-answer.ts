import type { IncomingMessage } from 'node:http';
import type { MutationCount } from './mutation-count.ts';
import type { Resource } from './resource.ts';
import type { SandboxUser } from './review.ts';
import { ApiError } from './status-error.ts';
import type { Store } from './store.ts';

/** One cluster behind HTTP. */
export interface ServedCluster {
  readonly store: Store;
  readonly users: readonly SandboxUser[];
  /** Is a request without a token the admin's? kubectl sends no token over plain HTTP. */
  readonly allowsAnonymous: boolean;
  readonly mutations: MutationCount;
}

/** What is sent back: a document, or a stream of a selection's changes. */
export type Answer =
  | { readonly kind: 'document'; readonly status: number; readonly body: unknown; readonly warnings: readonly string[] }
  | {
      readonly kind: 'watch';
      readonly resource: Resource;
      readonly namespace: string | null;
      readonly query: URLSearchParams;
    };

/** A document to be sent back. */
export function document(body: unknown, status = 200, warnings: readonly string[] = []): Answer {
  return { kind: 'document', status, body, warnings };
}

/** The refusal of a method that a path does not know. */
export function methodNotAllowed(request: IncomingMessage): ApiError {
  const message = `the server does not allow this method on the requested resource: ${request.method ?? ''}`;
  return new ApiError(405, 'MethodNotAllowed', message);
}
