import { TerminalError } from '../../domain/errors.ts';
import type { ApiServer } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  KubernetesApi,
  KubernetesObject,
  ObjectList,
  ObjectRef,
  ResourceKind,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../ports/kubernetes-api.ts';
import { isSuccess, readList, readObject, readRefusal } from './answer.ts';
import { type Asked, errorOfAnswer, isObjectGone } from './api-error.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type ConnectionKeeper, keepConnection } from './connection.ts';
import { identifyServer } from './identify-server.ts';
import { collectionPath, objectPath, queryString } from './resource-path.ts';
import { openStream, send } from './transport.ts';
import { readWatch, WATCH_SERVER_SECONDS } from './watch-stream.ts';

export type { ClusterAccess } from './cluster-access.ts';
export { contextAddress, inClusterAccess, kubeconfigAccess, type ServerAddress } from './kubeconfig-access.ts';
export { createLeadership, type LeadershipOptions } from './lease.ts';
export { secretAccess } from './secret-access.ts';

/** What an API is made of. */
export interface KubernetesApiOptions {
  /** Name of the Cluster object, for messages. */
  readonly cluster: string;
  readonly access: ClusterAccess;
  /** Measures deadlines; the real one, since the network knows no other. */
  readonly clock: Clock;
  /** Many requests over one TLS connection, where the server offers it. @default true */
  readonly http2?: boolean;
}

/** The port, and what its owner does with the connection behind it. */
export interface ConnectedKubernetesApi extends KubernetesApi, ApiServer {
  /** Reads the credentials again; new certificates get new sockets, what is under way ends on the old ones. */
  renewCredentials(): Promise<void>;
  /** Ends every request and watch. */
  close(): Promise<void>;
}

interface Client {
  readonly cluster: string;
  readonly keeper: ConnectionKeeper;
  readonly clock: Clock;
}

const PATCH_TYPES = {
  jsonPatch: 'application/json-patch+json',
  mergePatch: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** The API server of one cluster. Nothing is sent, and no library loaded, before the first call. */
export function createKubernetesApi(options: KubernetesApiOptions): ConnectedKubernetesApi {
  const { cluster, clock } = options;
  const keeper = keepConnection(options.access, clock, options.http2 ?? true);
  const client: Client = { cluster, keeper, clock };
  return {
    cluster,
    get: (ref) => get(client, ref),
    list: (kind, listOptions) => list(client, kind, listOptions),
    watch: (kind, watchOptions) => watch(client, kind, watchOptions),
    create: (object, kind, write) => create(client, object, kind, write),
    patch: (ref, operations, write) => patch(client, 'jsonPatch', ref, operations, write),
    mergePatch: (ref, body, write) => patch(client, 'mergePatch', ref, body, write),
    apply: (object, kind, write) => patch(client, 'apply', refOf(object, kind), object, write),
    delete: (ref) => remove(client, ref),
    identify: () => identifyServer(keeper, clock, cluster),
    renewCredentials: async () => {
      await keeper.renew();
    },
    close: () => keeper.close(),
  };
}

async function get(client: Client, ref: ObjectRef): Promise<KubernetesObject | undefined> {
  const asked = askedOf(client, ref, 'get', 'read');
  const answer = await send(client.keeper, client.clock, asked, { method: 'GET', path: objectPath(ref) });
  return isObjectGone(answer) ? undefined : readObject(asked, answer);
}

async function list(
  client: Client,
  kind: ResourceKind,
  options: Parameters<KubernetesApi['list']>[1],
): Promise<ObjectList> {
  const asked = askedOf(client, { kind, namespace: options.namespace, name: null }, 'list', 'read');
  const query = queryString({
    labelSelector: options.labelSelector,
    limit: options.limit,
    continue: options.continueToken,
  });
  const path = `${collectionPath(kind, options.namespace)}${query}`;
  return readList(asked, kind, await send(client.keeper, client.clock, asked, { method: 'GET', path }));
}

async function* watch(client: Client, kind: ResourceKind, options: WatchOptions): AsyncGenerator<WatchEvent> {
  const { keeper, clock } = client;
  const { namespace, signal } = options;
  if (signal.aborted) return;
  const asked = askedOf(client, { kind, namespace, name: null }, 'watch', 'read');
  const query = queryString({
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    labelSelector: options.labelSelector,
    timeoutSeconds: WATCH_SERVER_SECONDS,
  });
  try {
    const request = { method: 'GET', path: `${collectionPath(kind, namespace)}${query}` } as const;
    const answer = await openStream(keeper, clock, asked, request, signal);
    if (answer.status === 200) yield* readWatch(asked, answer.body, clock, signal);
    else throw errorOfAnswer(asked, { ...answer, body: await readRefusal(answer.body) });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function create(
  client: Client,
  object: KubernetesObject,
  kind: ResourceKind,
  write: WriteOptions,
): Promise<KubernetesObject> {
  const ref = refOf(object, kind);
  const asked = askedOf(client, ref, 'create', 'create');
  const answer = await send(client.keeper, client.clock, asked, {
    method: 'POST',
    path: `${collectionPath(kind, ref.namespace)}${queryString(writeQuery(write))}`,
    contentType: 'application/json',
    body: JSON.stringify(object),
  });
  return readObject(asked, answer);
}

async function patch(
  client: Client,
  form: keyof typeof PATCH_TYPES,
  ref: ObjectRef,
  body: unknown,
  write: WriteOptions & { readonly subresource?: 'status'; readonly force?: boolean },
): Promise<KubernetesObject> {
  const asked: Asked = { ...askedOf(client, ref, 'patch', form), subresource: write.subresource };
  const query = queryString({ ...writeQuery(write), force: write.force });
  const answer = await send(client.keeper, client.clock, asked, {
    method: 'PATCH',
    path: `${objectPath(ref, write.subresource)}${query}`,
    contentType: PATCH_TYPES[form],
    body: JSON.stringify(body),
  });
  return readObject(asked, answer);
}

async function remove(client: Client, ref: ObjectRef): Promise<void> {
  const asked = askedOf(client, ref, 'delete', 'delete');
  const path = `${objectPath(ref)}${queryString({ propagationPolicy: 'Background' })}`;
  const answer = await send(client.keeper, client.clock, asked, { method: 'DELETE', path });
  if (!isSuccess(answer) && !isObjectGone(answer)) throw errorOfAnswer(asked, answer);
}

function writeQuery(write: WriteOptions): Record<string, string | undefined> {
  return {
    fieldManager: write.fieldManager,
    fieldValidation: 'Strict',
    dryRun: write.dryRun === true ? 'All' : undefined,
  };
}

function refOf(object: KubernetesObject, kind: ResourceKind): ObjectRef {
  const namespace = kind.namespaced ? (object.metadata.namespace ?? null) : null;
  if (kind.namespaced && namespace === null)
    throw new TerminalError(`${kind.kind} ${object.metadata.name}: the object names no namespace`);
  return { kind, namespace, name: object.metadata.name };
}

function askedOf(
  client: Client,
  ref: Pick<ObjectRef, 'kind' | 'namespace'> & { readonly name: string | null },
  verb: Asked['verb'],
  form: Asked['form'],
): Asked {
  return { cluster: client.cluster, verb, form, kind: ref.kind, namespace: ref.namespace, name: ref.name };
}
