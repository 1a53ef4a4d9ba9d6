import { type JsonObject, objectAt, textAt } from './json-value.ts';

/** Who a bearer token belongs to. */
export interface SandboxUser {
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** The answer to a TokenReview: the user of the token, or not authenticated. */
export function reviewToken(users: readonly SandboxUser[], review: JsonObject): JsonObject {
  const token = textAt(review['spec'], 'token');
  const user = users.find((known) => known.token === token);
  const status =
    user === undefined
      ? { authenticated: false, user: {}, error: 'unknown token' }
      : { authenticated: true, user: { username: user.name, uid: user.name, groups: user.groups } };
  return { ...review, apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status };
}

/** The answer to a SubjectAccessReview: the sandbox has no roles, everybody may do everything. */
export function reviewAccess(review: JsonObject, kind: string): JsonObject {
  const status = { allowed: true, reason: 'the sandbox has no roles' };
  return { ...review, apiVersion: 'authorization.k8s.io/v1', kind, spec: objectAt(review, 'spec'), status };
}
