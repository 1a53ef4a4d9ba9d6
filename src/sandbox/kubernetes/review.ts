import { isJsonObject, type JsonObject, objectAt, textAt } from './json-value.ts';
import { ApiError, invalid } from './status-error.ts';

/** What somebody wants to do, as roles name it. */
export interface WantedAccess {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string;
}

/** Somebody who reaches a cluster of the sandbox. */
export interface SandboxUser {
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** The sandbox's roles. @default everything is allowed */
  readonly may?: (access: WantedAccess) => boolean;
}

/** The kinds of review that are answered. */
export type ReviewKind = 'TokenReview' | 'SelfSubjectReview' | 'SubjectAccessReview' | 'SelfSubjectAccessReview';

/** Path of each kind of review behind `/apis/`. */
export const reviewPaths: Readonly<Record<string, ReviewKind>> = {
  'authentication.k8s.io/v1/tokenreviews': 'TokenReview',
  'authentication.k8s.io/v1/selfsubjectreviews': 'SelfSubjectReview',
  'authorization.k8s.io/v1/subjectaccessreviews': 'SubjectAccessReview',
  'authorization.k8s.io/v1/selfsubjectaccessreviews': 'SelfSubjectAccessReview',
};

const ADMIN_GROUP = 'system:masters';

/** The user of a cluster whose owner names no other: may do everything. */
export function adminUser(token: string): SandboxUser {
  return { token, name: 'sandbox-admin', groups: [ADMIN_GROUP, 'system:authenticated'] };
}

/** Everybody may ask for themselves, as by the role `system:basic-user`. */
const OWN_REVIEWS: ReadonlySet<string> = new Set(['selfsubjectreviews', 'selfsubjectaccessreviews']);

function isAllowed(user: SandboxUser, access: WantedAccess): boolean {
  return OWN_REVIEWS.has(access.resource) || (user.may?.(access) ?? true);
}

/** Refuses what the roles do not let a user do. @throws ApiError 403 */
export function authorize(user: SandboxUser, access: WantedAccess): void {
  if (isAllowed(user, access)) return;
  const { verb, group, namespace } = access;
  const resource = access.subresource === '' ? access.resource : `${access.resource}/${access.subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  throw new ApiError(403, 'Forbidden', `${access.resource} is forbidden: User "${user.name}" ${what}`);
}

/** The answer to a review that `me` asks for. @throws ApiError 403, 422 for one that asks nothing */
export function answerReview(
  kind: ReviewKind,
  users: readonly SandboxUser[],
  me: SandboxUser,
  review: JsonObject,
): JsonObject {
  const group =
    kind === 'TokenReview' || kind === 'SelfSubjectReview' ? 'authentication.k8s.io' : 'authorization.k8s.io';
  authorize(me, { verb: 'create', group, resource: `${kind.toLowerCase()}s`, subresource: '', namespace: '' });
  const spec = objectAt(review, 'spec');
  const status = statusOf(kind, users, me, spec);
  const answer = { apiVersion: `${group}/v1`, kind, metadata: {}, status };
  return kind === 'SelfSubjectReview' ? answer : { ...answer, spec };
}

function statusOf(
  kind: ReviewKind,
  users: readonly SandboxUser[],
  me: SandboxUser,
  spec: JsonObject,
): Readonly<Record<string, unknown>> {
  switch (kind) {
    case 'TokenReview': {
      const user = users.find(({ token }) => token === textAt(spec, 'token'));
      if (user === undefined) return { user: {}, error: 'unknown token' };
      return { authenticated: true, user: userInfo(user) };
    }
    case 'SelfSubjectReview':
      return { userInfo: userInfo(me) };
    case 'SelfSubjectAccessReview':
      return accessStatus(me, spec);
    case 'SubjectAccessReview':
      return accessStatus(subjectOf(users, spec), spec);
  }
}

const ACCOUNT = /^system:serviceaccount:/;

/** Nobody binds an account to a role here, so it may do everything; others who have no token have the rights of their groups alone. */
function subjectOf(users: readonly SandboxUser[], spec: JsonObject): SandboxUser {
  const name = textAt(spec, 'user');
  const groups = Array.isArray(spec['groups']) ? spec['groups'].map(String) : [];
  const known = users.find((user) => user.name === name);
  return known ?? { token: '', name, groups, may: () => ACCOUNT.test(name) || groups.includes(ADMIN_GROUP) };
}

function accessStatus(user: SandboxUser, spec: JsonObject): Readonly<Record<string, unknown>> {
  if (!isJsonObject(spec['resourceAttributes'])) {
    const message = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const cause = { reason: 'FieldValueInvalid', field: 'spec.resourceAttributes', message };
    throw invalid({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview' }, '', [cause]);
  }
  const asked = objectAt(spec, 'resourceAttributes');
  const access = {
    verb: textAt(asked, 'verb'),
    group: textAt(asked, 'group'),
    resource: textAt(asked, 'resource'),
    subresource: textAt(asked, 'subresource'),
    namespace: textAt(asked, 'namespace'),
  };
  return isAllowed(user, access) ? { allowed: true, reason: 'the roles of the sandbox' } : { allowed: false };
}

function userInfo({ name, groups }: SandboxUser): Readonly<Record<string, unknown>> {
  return { username: name, uid: name, groups };
}
