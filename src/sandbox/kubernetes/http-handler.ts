import type { IncomingMessage } from 'node:http';
import { assertNever } from '../../domain/assert-never.ts';
import { type Answer, document, methodNotAllowed, type ServedCluster } from './http-answer.ts';
import { mediaType, parseBody, readBody } from './http-body.ts';
import { coreVersions, groupDocument, groupList, resourceList, serverVersion } from './http-discovery.ts';
import { answerObject } from './http-object.ts';
import { readObject } from './http-object-body.ts';
import { countOf, dryRunOf, selectorsOf, writeOf } from './http-query.ts';
import { parseRoute, type Route } from './http-route.ts';
import { tableOf, wantsTable } from './http-table.ts';
import { isJsonObject } from './json-value.ts';
import { apiVersionOf } from './resource.ts';
import { answerReview, authorize, type ReviewKind, type SandboxUser } from './review.ts';
import { ApiError, badRequest } from './status-error.ts';

type CollectionRoute = Extract<Route, { readonly kind: 'collection' }>;

const APPLY = 'application/apply-patch+yaml';

const COLLECTION_VERBS: Readonly<Record<string, string>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const OBJECT_VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Answers one request. @throws ApiError */
export async function answer(cluster: ServedCluster, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const route = parseRoute(cluster.store, url.pathname);
  if (route.kind === 'health') return document('ok');
  const user = authenticate(cluster, request);
  authorizeRequest(cluster, user, route, request, url.searchParams);
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
      return review(cluster, user, route.review, request);
    case 'collection':
      return answerCollection(cluster, route, request, url.searchParams);
    case 'object':
      return answerObject(cluster, route, request, url.searchParams);
    default:
      return assertNever(route);
  }
}

/** The user of the request's token; the first one is the admin. */
function authenticate(cluster: ServedCluster, request: IncomingMessage): SandboxUser {
  const header = request.headers.authorization;
  const token = /^Bearer\s+(?<token>.+)$/i.exec(header ?? '')?.groups?.['token'];
  const isAnonymous = header === undefined && cluster.allowsAnonymous;
  const user = isAnonymous ? cluster.users[0] : cluster.users.find((known) => known.token === token);
  if (user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  return user;
}

function authorizeRequest(
  cluster: ServedCluster,
  user: SandboxUser,
  route: Route,
  request: IncomingMessage,
  query: URLSearchParams,
): void {
  if (route.kind !== 'collection' && route.kind !== 'object') return;
  const { group, plural } = route.resource;
  const verbs = route.kind === 'object' ? OBJECT_VERBS : COLLECTION_VERBS;
  const isWatch = route.kind === 'collection' && ['true', '1'].includes(query.get('watch') ?? '');
  const verb = isWatch ? 'watch' : (verbs[request.method ?? ''] ?? '');
  const subresource = route.kind === 'object' ? (route.subresource ?? '') : '';
  const access = { verb, group, resource: plural, subresource, namespace: route.namespace ?? '' };
  authorize(user, access);
  if (route.kind !== 'object' || mediaType(request) !== APPLY) return;
  const { resource: kind, namespace, name } = route;
  if (cluster.store.get({ kind, namespace, name }) === undefined) authorize(user, { ...access, verb: 'create' });
}

async function review(
  cluster: ServedCluster,
  user: SandboxUser,
  kind: ReviewKind,
  request: IncomingMessage,
): Promise<Answer> {
  if (request.method !== 'POST') throw methodNotAllowed(request);
  const body = parseBody(await readBody(request), mediaType(request));
  if (!isJsonObject(body)) throw badRequest('the body is not an object');
  return document(answerReview(kind, cluster.users, user, body), 201);
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
