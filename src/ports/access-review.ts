import { FIELD_MANAGER, reviewKinds } from './kinds.ts';
import type { KubernetesApi, ResourceKind } from './kubernetes-api.ts';

/** What somebody may want to do. */
export interface Access {
  /** As roles name it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural: `rollouts`. */
  readonly resource: string;
  readonly subresource?: string;
  /** Left out: in all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string;
  /** Left out: whatever its name is. */
  readonly name?: string;
}

/** Whether it is allowed; `reason` is the server's own word, often empty. */
export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Somebody whom the API server knows. */
export interface ApiUser {
  /** `system:serviceaccount:tidegate-system:tidegate`, `ada` */
  readonly name: string;
  readonly groups: readonly string[];
}

/** Whether the holder of our own credentials may do something. @throws as every call of the port */
export async function mayI(api: KubernetesApi, access: Access): Promise<AccessAnswer> {
  return answerOf(await ask(api, reviewKinds.ownAccess, { resourceAttributes: access }));
}

/** Whether somebody else may do something; needs the right to create subjectaccessreviews. @throws as every call of the port */
export async function mayUser(api: KubernetesApi, user: ApiUser, access: Access): Promise<AccessAnswer> {
  const spec = { user: user.name, groups: user.groups, resourceAttributes: access };
  return answerOf(await ask(api, reviewKinds.access, spec));
}

/** Who our own credentials are. @throws as every call of the port */
export async function whoAmI(api: KubernetesApi): Promise<ApiUser> {
  return userOf((await ask(api, reviewKinds.self, null)).userInfo);
}

/** Whose token this is; `null` when the server does not take it. Needs the right to create tokenreviews. @throws as every call of the port */
export async function reviewToken(api: KubernetesApi, token: string): Promise<ApiUser | null> {
  const status = await ask(api, reviewKinds.token, { token });
  return status.authenticated === true ? userOf(status.user) : null;
}

/** What the four answers hold; all of it may be absent. */
interface ReviewStatus {
  readonly allowed?: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
  readonly authenticated?: boolean;
  readonly user?: UserInfo;
  readonly userInfo?: UserInfo;
}

interface UserInfo {
  readonly username?: string;
  readonly groups?: readonly string[];
}

async function ask(api: KubernetesApi, kind: ResourceKind, spec: object | null): Promise<ReviewStatus> {
  // The server takes no metadata in a review, not even a name.
  const review = { metadata: { name: '' }, ...(spec === null ? {} : { spec }) };
  const object = { apiVersion: `${kind.group}/${kind.version}`, kind: kind.kind, ...review };
  const answered = await api.create(object, kind, { fieldManager: FIELD_MANAGER });
  return answered['status'] ?? {};
}

function answerOf({ allowed, reason, evaluationError }: ReviewStatus): AccessAnswer {
  const said = [reason, evaluationError].filter((part) => part !== undefined && part !== '');
  return { allowed: allowed === true, reason: said.join('; ') };
}

function userOf(user: UserInfo | undefined): ApiUser {
  return { name: user?.username ?? '', groups: user?.groups ?? [] };
}
