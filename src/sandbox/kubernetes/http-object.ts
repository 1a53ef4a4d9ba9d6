import type { IncomingMessage } from 'node:http';
import type { JsonPatchOperation, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type Answer, document, methodNotAllowed, type ServedCluster } from './http-answer.ts';
import { mediaType, parseBody, readBody, unsupportedType } from './http-body.ts';
import { completed, readObject } from './http-object-body.ts';
import { dryRunOf, writeOf } from './http-query.ts';
import type { Route } from './http-route.ts';
import { tableOf, wantsTable } from './http-table.ts';
import { isJsonObject, objectAt } from './json-value.ts';
import { badRequest, notFound, patchRefused } from './status-error.ts';
import type { Store } from './store.ts';

type ObjectRoute = Extract<Route, { readonly kind: 'object' }>;

/** Answers a request for one object. @throws ApiError */
export async function answerObject(
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
  if (!Array.isArray(body)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const known = new Set(['add', 'remove', 'replace', 'test']);
  const isPatch = body.every(
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
