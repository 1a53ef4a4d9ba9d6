import type { IncomingMessage } from 'node:http';
import { assertNever } from '../../domain/assert-never.ts';
import type { JsonPatchOperation, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { mediaType, parseBody, readBody, unsupportedType } from './http-body.ts';
import { coreVersions, groupDocument, groupList, resourceList, serverVersion } from './http-discovery.ts';
import { countOf, dryRunOf, selectorsOf, writeOf } from './http-query.ts';
import { reviewAccess, reviewToken, type SandboxUser } from './http-review.ts';
import { parseRoute, type Route } from './http-route.ts';
import { tableOf, wantsTable } from './http-table.ts';
import { isJsonObject, objectAt, textAt } from './json-value.ts';
import type { MutationCount } from './mutation-count.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { ApiError, badRequest, notFound, patchRefused } from './status-error.ts';
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

type CollectionRoute = Extract<Route, { readonly kind: 'collection' }>;
type ObjectRoute = Extract<Route, { readonly kind: 'object' }>;

function document(body: unknown, status = 200, warnings: readonly string[] = []): Answer {
  return { kind: 'document', status, body, warnings };
}

/** Answers one request. @throws ApiError */
export async function answer(cluster: ServedCluster, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const route = parseRoute(cluster.store, url.pathname);
  if (route.kind === 'health') return document('ok');
  authenticate(cluster, request);
  switch (route.kind) {
    case 'version':
      return document(serverVersion);
    case 'coreVersions':
      return document(coreVersions);
    case 'groups':
      return document(groupList(cluster.store));
    case 'group':
      return document(groupDocument(cluster.store, route.group));
    case 'resources':
      return document(resourceList(cluster.store, route.group, route.version));
    case 'review':
      return review(cluster, route.review, request);
    case 'collection':
      return answerCollection(cluster, route, request, url.searchParams);
    case 'object':
      return answerObject(cluster, route, request, url.searchParams);
    default:
      return assertNever(route);
  }
}

function authenticate(cluster: ServedCluster, request: IncomingMessage): void {
  const header = request.headers.authorization;
  if (header === undefined && cluster.allowsAnonymous) return;
  const token = /^Bearer\s+(?<token>.+)$/i.exec(header ?? '')?.groups?.['token'];
  if (cluster.users.some((user) => user.token === token)) return;
  throw new ApiError(401, 'Unauthorized', 'Unauthorized');
}

async function review(cluster: ServedCluster, kind: string, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') throw methodNotAllowed(request);
  const body = parseBody(await readBody(request), mediaType(request));
  if (!isJsonObject(body)) throw badRequest('the body is not an object');
  return document(kind === 'TokenReview' ? reviewToken(cluster.users, body) : reviewAccess(body, kind), 201);
}

async function answerCollection(
  cluster: ServedCluster,
  route: CollectionRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  const { resource, namespace } = route;
  if (request.method === 'GET') {
    const isWatch = query.get('watch') === 'true' || query.get('watch') === '1';
    return isWatch ? { kind: 'watch', resource, namespace, query } : listAnswer(cluster, route, request, query);
  }
  if (request.method === 'POST') {
    const warnings: string[] = [];
    const object = await readObject(request, route, null);
    const write = writeOf(query, request.headers['user-agent'], warnings);
    const created = cluster.store.create(object, resource, write);
    if (write.dryRun !== true) cluster.mutations.add('create', resource);
    return document(created, 201, warnings);
  }
  if (request.method === 'DELETE') return deleteCollection(cluster, route, query);
  throw methodNotAllowed(request);
}

function listAnswer(
  cluster: ServedCluster,
  route: CollectionRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Answer {
  const { resource, namespace } = route;
  const limit = countOf(query, 'limit');
  const continueToken = query.get('continue');
  const page = cluster.store.list(resource, {
    namespace,
    ...selectorsOf(query),
    ...(limit === undefined ? {} : { limit }),
    ...(continueToken === null || continueToken === '' ? {} : { continueToken }),
  });
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continueToken === null ? {} : { continue: page.continueToken }),
  };
  if (wantsTable(request.headers.accept)) return document(tableOf(resource, page.items, metadata));
  return document({ apiVersion: apiVersionOf(resource), kind: `${resource.kind}List`, metadata, items: page.items });
}

function deleteCollection(cluster: ServedCluster, route: CollectionRoute, query: URLSearchParams): Answer {
  const { resource, namespace } = route;
  const dryRun = dryRunOf(query);
  const { items } = cluster.store.list(resource, { namespace, ...selectorsOf(query) });
  for (const { metadata } of items) {
    cluster.store.delete({ kind: resource, namespace: metadata.namespace ?? null, name: metadata.name }, { dryRun });
    if (!dryRun) cluster.mutations.add('delete', resource);
  }
  return document({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
}

async function answerObject(
  cluster: ServedCluster,
  route: ObjectRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  switch (request.method) {
    case 'GET':
      return getAnswer(cluster, route, request);
    case 'PUT':
      return putAnswer(cluster, route, request, query);
    case 'PATCH':
      return patchAnswer(cluster, route, request, query);
    case 'DELETE':
      return deleteAnswer(cluster, route, request, query);
    default:
      throw methodNotAllowed(request);
  }
}

function refOf(route: ObjectRoute) {
  return { kind: route.resource, namespace: route.namespace, name: route.name };
}

function getAnswer(cluster: ServedCluster, route: ObjectRoute, request: IncomingMessage): Answer {
  const object = cluster.store.get(refOf(route));
  if (object === undefined) throw notFound(route.resource, route.name);
  if (!wantsTable(request.headers.accept)) return document(object);
  return document(tableOf(route.resource, [object], { resourceVersion: object.metadata.resourceVersion }));
}

async function putAnswer(
  cluster: ServedCluster,
  route: ObjectRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  const warnings: string[] = [];
  const object = await readObject(request, route, route.name);
  const write = writeOf(query, request.headers['user-agent'], warnings);
  const updated = cluster.store.update(object, route.resource, { ...write, ...subresourceOf(route) });
  if (write.dryRun !== true) cluster.mutations.add('update', route.resource);
  return document(updated, 200, warnings);
}

function subresourceOf(route: ObjectRoute): { readonly subresource?: 'status' } {
  return route.subresource === null ? {} : { subresource: route.subresource };
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

async function patchAnswer(
  cluster: ServedCluster,
  route: ObjectRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  const type = mediaType(request);
  const accepted = PATCH_TYPES.filter((known) => !(route.resource.isCustom && known.includes('strategic')));
  if (!accepted.includes(type)) throw unsupportedType(accepted);
  const body = parseBody(await readBody(request), type);
  const warnings: string[] = [];
  const isApply = type === 'application/apply-patch+yaml';
  const write = {
    ...writeOf(query, isApply ? '' : request.headers['user-agent'], warnings),
    ...subresourceOf(route),
  };
  const isNew = cluster.store.get(refOf(route)) === undefined;
  const patched = patchWith(cluster, route, { type, body, force: query.get('force') === 'true' }, write);
  if (write.dryRun !== true) cluster.mutations.add(isApply ? 'apply' : 'patch', route.resource);
  return document(patched, isNew ? 201 : 200, warnings);
}

function patchWith(
  cluster: ServedCluster,
  route: ObjectRoute,
  patch: { readonly type: string; readonly body: unknown; readonly force: boolean },
  write: Parameters<Store['jsonPatch']>[2],
): KubernetesObject {
  if (patch.type === 'application/json-patch+json') {
    return cluster.store.jsonPatch(refOf(route), operationsOf(patch.body), write);
  }
  if (patch.type === 'application/apply-patch+yaml') {
    const object = completed(patch.body, route, route.name);
    return cluster.store.apply(object, route.resource, { ...write, force: patch.force });
  }
  return cluster.store.mergePatch(refOf(route), patch.body, write);
}

function operationsOf(body: unknown): readonly JsonPatchOperation[] {
  const known = new Set(['add', 'remove', 'replace', 'test']);
  const isPatch =
    Array.isArray(body) &&
    body.every(
      (operation) =>
        isJsonObject(operation) && known.has(String(operation['op'])) && typeof operation['path'] === 'string',
    );
  if (!isPatch) throw patchRefused();
  return body as readonly JsonPatchOperation[];
}

/** Kinds whose deletion answers the object, where others answer a Status. */
const ANSWERED_WHOLE: ReadonlySet<string> = new Set(['pods', 'services', 'namespaces']);

async function deleteAnswer(
  cluster: ServedCluster,
  route: ObjectRoute,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  const body = await readBody(request);
  const options = body === '' ? {} : parseBody(body, mediaType(request));
  const { uid, resourceVersion } = objectAt(options, 'preconditions');
  const dryRun = dryRunOf(query);
  const gone = cluster.store.delete(refOf(route), {
    dryRun,
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  });
  if (!dryRun) cluster.mutations.add('delete', route.resource);
  if (gone.metadata.deletionTimestamp !== undefined || ANSWERED_WHOLE.has(route.resource.plural)) return document(gone);
  const details = {
    name: route.name,
    group: route.resource.group,
    kind: route.resource.plural,
    uid: gone.metadata.uid,
  };
  return document({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

async function readObject(
  request: IncomingMessage,
  route: CollectionRoute | ObjectRoute,
  name: string | null,
): Promise<KubernetesObject> {
  return completed(parseBody(await readBody(request), mediaType(request)), route, name);
}

/** A body with the namespace of the URL. @throws ApiError 400 when body and URL name different objects. */
function completed(body: unknown, route: CollectionRoute | ObjectRoute, name: string | null): KubernetesObject {
  if (!isJsonObject(body)) throw badRequest('the body is not an object');
  const meta = objectAt(body, 'metadata');
  if (name !== null && meta['name'] !== undefined && meta['name'] !== name) {
    throw badRequest(`the name of the object (${textAt(meta, 'name')}) does not match the name on the URL (${name})`);
  }
  if (route.namespace !== null && meta['namespace'] !== undefined && meta['namespace'] !== route.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const namespace = route.namespace === null ? {} : { namespace: route.namespace };
  const metadata = { ...meta, ...(name === null ? {} : { name }), ...namespace };
  return { ...body, metadata } as unknown as KubernetesObject;
}

function methodNotAllowed(request: IncomingMessage): ApiError {
  const message = `the server does not allow this method on the requested resource: ${request.method ?? ''}`;
  return new ApiError(405, 'MethodNotAllowed', message);
}
