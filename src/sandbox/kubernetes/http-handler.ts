import type { IncomingMessage } from 'node:http';
import { assertNever } from '../../domain/assert-never.ts';
import { type Answer, document, methodNotAllowed, type ServedCluster } from './http-answer.ts';
import { mediaType, parseBody, readBody } from './http-body.ts';
import { coreVersions, groupDocument, groupList, resourceList, serverVersion } from './http-discovery.ts';
import { answerObject } from './http-object.ts';
import { readObject } from './http-object-body.ts';
import { countOf, dryRunOf, selectorsOf, writeOf } from './http-query.ts';
import { reviewAccess, reviewToken } from './http-review.ts';
import { parseRoute, type Route } from './http-route.ts';
import { tableOf, wantsTable } from './http-table.ts';
import { isJsonObject } from './json-value.ts';
import { apiVersionOf } from './resource.ts';
import { ApiError, badRequest } from './status-error.ts';

type CollectionRoute = Extract<Route, { readonly kind: 'collection' }>;

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
