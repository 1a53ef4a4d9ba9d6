import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type {
  JsonPatchOperation,
  KubernetesObject,
  ListOptions,
  ObjectList,
  ObjectRef,
  ResourceKind,
} from '../../ports/kubernetes-api.ts';
import type { FieldValidation } from './admission.ts';
import { argoDefinitions } from './argo-definitions.ts';
import { builtInResources } from './built-in-resources.ts';
import { resourceOfDefinition } from './custom-resource.ts';
import { createEventBus } from './event-bus.ts';
import { applyJsonPatch } from './json-patch.ts';
import { adopt, isJsonObject, type JsonObject } from './json-value.ts';
import { listPage } from './list-page.ts';
import { applyMergePatch } from './merge-patch.ts';
import { checkIdentity, checkName, checkPreconditions } from './object-meta.ts';
import { establishedStatus, finalizersOf, secondsOf, uidOf, withGeneratedName } from './object-stamp.ts';
import { createObjectTable, type ObjectTable, type StoreEvent } from './object-table.ts';
import { type Resource, resourceName } from './resource.ts';
import { planApply } from './server-side-apply.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  expired,
  invalid,
  notFound,
  notServed,
  patchRefused,
} from './status-error.ts';
import { proposeObject, type WriteContext } from './write.ts';

export type { StoreEvent } from './object-table.ts';

/** Events that are kept per resource for watches to go on from. */
export const HISTORY_LIMIT = 1000;

/** Deletions that one deletion may bring about. */
const CASCADE_LIMIT = 100_000;

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Under whose name, and how, a write is done. */
export interface StoreWrite {
  readonly fieldManager: string;
  /** Checks and answers, stores nothing. @default false */
  readonly dryRun?: boolean;
  /** @default 'Strict' */
  readonly fieldValidation?: FieldValidation;
  readonly onUnknownFields?: (paths: readonly string[]) => void;
}

export interface SubresourceWrite extends StoreWrite {
  /** `status` changes the status alone; without it, status is left alone where the kind has the subresource. */
  readonly subresource?: 'status';
}

/**
 * One cluster's objects with the semantics of an API server, synchronous and deterministic.
 *
 * Objects are frozen and never change in place: keep them as long as you like. All methods throw ApiError.
 */
export interface Store {
  readonly cluster: string;
  readonly clock: Clock;
  /** The version of the last write. */
  resourceVersion(): number;
  /** The resources that are served, in the order they came. */
  resources(): readonly Resource[];
  /** @throws ApiError 404 when the kind is not served. */
  resource(kind: ResourceKind): Resource;
  get(ref: ObjectRef): KubernetesObject | undefined;
  list(kind: ResourceKind, options: ListOptions & { readonly fieldSelector?: string }): ObjectList;
  /** Objects that name this uid in an owner reference, oldest first. */
  owned(kind: ResourceKind, ownerUid: string): readonly KubernetesObject[];
  /** `withStatus` keeps the status that a client's create would lose: for the models of controllers. */
  create(
    object: KubernetesObject,
    kind: ResourceKind,
    write: StoreWrite & { readonly withStatus?: boolean },
  ): KubernetesObject;
  /** PUT: the whole object; a resourceVersion inside makes it conditional. */
  update(object: KubernetesObject, kind: ResourceKind, write: SubresourceWrite): KubernetesObject;
  jsonPatch(ref: ObjectRef, operations: readonly JsonPatchOperation[], write: SubresourceWrite): KubernetesObject;
  mergePatch(ref: ObjectRef, patch: unknown, write: SubresourceWrite): KubernetesObject;
  /** Server-side apply. */
  apply(
    object: KubernetesObject,
    kind: ResourceKind,
    write: StoreWrite & { readonly force: boolean },
  ): KubernetesObject;
  /** Objects with finalizers only get a deletionTimestamp. The namespaces' and definitions' objects go along. */
  delete(ref: ObjectRef, preconditions?: DeletePreconditions): KubernetesObject;
  /**
   * Calls the listener for each change of a kind, in order, at the end of the write that made it.
   * A listener may write; what it causes is told after the event that it was called for.
   */
  subscribe(kind: ResourceKind, listener: (event: StoreEvent) => void): () => void;
  /** Events after a version. @throws ApiError 410 when they are no longer kept. */
  eventsSince(kind: ResourceKind, resourceVersion: number): readonly StoreEvent[];
}

export interface DeletePreconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

export interface StoreOptions {
  readonly clock: Clock;
  /** Name of the cluster, for messages and uids. */
  readonly cluster: string;
  /** Events kept per resource. @default HISTORY_LIMIT */
  readonly historyLimit?: number;
  /** Does it serve the Argo Rollouts kinds from the start? @default true */
  readonly withArgo?: boolean;
}

/** An empty cluster with the namespaces `default` and `kube-system`. */
export function createStore(options: StoreOptions): Store {
  const { clock, cluster } = options;
  const historyLimit = options.historyLimit ?? HISTORY_LIMIT;
  const tables = new Map<string, ObjectTable>();
  const bus = createEventBus();
  let version = 0;
  let uids = 0;

  function tableOf(kind: ResourceKind): ObjectTable {
    const table = tables.get(resourceName(kind));
    if (table === undefined || table.resource.version !== kind.version) throw notServed();
    return table;
  }

  function serve(resource: Resource): void {
    const known = tables.get(resourceName(resource));
    if (known === undefined) tables.set(resourceName(resource), createObjectTable(resource, historyLimit));
    else known.resource = resource;
  }

  function commit(
    table: ObjectTable,
    type: StoreEvent['type'],
    next: KubernetesObject,
    previous: KubernetesObject | null,
  ) {
    version += 1;
    const object = adopt({ ...next, metadata: { ...next.metadata, resourceVersion: String(version) } });
    table.record({ type, object, previous, resourceVersion: version });
    bus.publish(resourceName(table.resource), { type, object, previous, resourceVersion: version });
    return object;
  }

  function liveObject(table: ObjectTable, ref: ObjectRef): KubernetesObject {
    const live = table.get(ref.namespace ?? '', ref.name);
    if (live === undefined) throw notFound(resourceName(table.resource), ref.name);
    return live;
  }

  function contextOf(table: ObjectTable, operation: 'Apply' | 'Update', write: SubresourceWrite): WriteContext {
    const subresource = write.subresource ?? null;
    if (subresource !== null && !table.resource.hasStatus) throw notServed();
    return {
      resource: table.resource,
      writer: { manager: write.fieldManager, operation, subresource },
      rules: {
        fieldValidation: write.fieldValidation ?? 'Strict',
        ...(write.onUnknownFields === undefined ? {} : { onUnknownFields: write.onUnknownFields }),
      },
      time: secondsOf(clock),
    };
  }

  function replace(table: ObjectTable, live: KubernetesObject, proposal: JsonObject, write: SubresourceWrite) {
    checkPreconditions(table.resource, live, proposal);
    const next = proposeObject(contextOf(table, 'Update', write), live, proposal);
    return finishWrite(table, live, next, write);
  }

  function finishWrite(table: ObjectTable, live: KubernetesObject, next: KubernetesObject, write: StoreWrite) {
    if (next === live || write.dryRun === true) return next;
    if (next.metadata.deletionTimestamp !== undefined && finalizersOf(next).length === 0) {
      return remove(table, next, live);
    }
    if (resourceName(table.resource) === DEFINITIONS) serve(resourceOfDefinition(next));
    return commit(table, 'modified', next, live);
  }

  function checkNamespace(resource: Resource, object: KubernetesObject): void {
    const { namespace } = object.metadata;
    if (!resource.namespaced) {
      if (namespace !== undefined) throw badRequest(`${resource.kind} is not namespaced`);
      return;
    }
    if (namespace === undefined || namespace === '') throw badRequest(`${resource.kind} needs a namespace`);
    if (tableOf(kinds.namespace).get('', namespace) === undefined) throw notFound('namespaces', namespace);
  }

  function insert(table: ObjectTable, next: KubernetesObject, write: StoreWrite): KubernetesObject {
    uids += 1;
    const stamped: KubernetesObject = {
      ...next,
      metadata: {
        ...next.metadata,
        uid: uidOf(cluster, uids),
        creationTimestamp: secondsOf(clock),
        ...(table.resource.hasGeneration ? { generation: 1 } : {}),
      },
    };
    if (write.dryRun === true) return adopt(stamped);
    if (resourceName(table.resource) === DEFINITIONS) {
      serve(resourceOfDefinition(stamped));
      return commit(table, 'added', { ...stamped, status: establishedStatus(stamped) }, null);
    }
    return commit(table, 'added', stamped, null);
  }

  function remove(table: ObjectTable, last: KubernetesObject, previous: KubernetesObject): KubernetesObject {
    const gone = commit(table, 'deleted', last, previous);
    if (resourceName(table.resource) === 'namespaces') {
      for (const inside of tables.values()) removeAll(inside, gone.metadata.name);
    }
    if (resourceName(table.resource) === DEFINITIONS) {
      const custom = tables.get(gone.metadata.name);
      if (custom !== undefined) removeAll(custom, null);
      tables.delete(gone.metadata.name);
    }
    return gone;
  }

  function removeAll(table: ObjectTable, namespace: string | null): void {
    if (!table.resource.namespaced && namespace !== null) return;
    for (const object of table.list(namespace).slice(0, CASCADE_LIMIT)) remove(table, object, object);
  }

  const store: Store = {
    cluster,
    clock,
    resourceVersion: () => version,
    resources: () => [...tables.values()].map((table) => table.resource),
    resource: (kind) => tableOf(kind).resource,
    get: (ref) => tableOf(ref.kind).get(ref.namespace ?? '', ref.name),
    list: (kind, listOptions) => listPage(tableOf(kind), listOptions, version),
    owned: (kind, ownerUid) => tableOf(kind).owned(ownerUid),
    create(object, kind, write) {
      const table = tableOf(kind);
      checkIdentity(table.resource, object);
      const named = withGeneratedName(object, uids + 1);
      checkName(table.resource, named.metadata.name);
      checkNamespace(table.resource, named);
      if (table.get(named.metadata.namespace ?? '', named.metadata.name) !== undefined) {
        throw alreadyExists(resourceName(table.resource), named.metadata.name);
      }
      if (named.metadata.resourceVersion !== undefined && named.metadata.resourceVersion !== '') {
        throw badRequest('resourceVersion should not be set on objects to be created');
      }
      const context = { ...contextOf(table, 'Update', write), withStatus: write.withStatus ?? false };
      return insert(table, proposeObject(context, undefined, named), write);
    },
    update(object, kind, write) {
      const table = tableOf(kind);
      checkIdentity(table.resource, object);
      const live = liveObject(table, {
        kind,
        namespace: object.metadata.namespace ?? null,
        name: object.metadata.name,
      });
      if (table.resource.isCustom && (object.metadata.resourceVersion ?? '') === '') {
        throw invalid(table.resource.kind, object.metadata.name, [
          {
            reason: 'FieldValueInvalid',
            field: 'metadata.resourceVersion',
            message: 'Invalid value: 0: must be specified for an update',
          },
        ]);
      }
      return replace(table, live, object, write);
    },
    jsonPatch(ref, operations, write) {
      const table = tableOf(ref.kind);
      const live = liveObject(table, ref);
      const outcome = applyJsonPatch(live, operations);
      if (outcome.kind === 'refused' || !isJsonObject(outcome.document)) throw patchRefused();
      return replace(table, live, outcome.document, write);
    },
    mergePatch(ref, patch, write) {
      const table = tableOf(ref.kind);
      const live = liveObject(table, ref);
      if (!isJsonObject(patch)) throw badRequest('a merge patch must be an object');
      const merged = applyMergePatch(live, patch);
      return replace(table, live, isJsonObject(merged) ? merged : {}, write);
    },
    apply(object, kind, write) {
      const table = tableOf(kind);
      checkIdentity(table.resource, object);
      checkName(table.resource, object.metadata.name);
      const context = contextOf(table, 'Apply', write);
      const live = table.get(object.metadata.namespace ?? '', object.metadata.name);
      if (live === undefined) checkNamespace(table.resource, object);
      else checkPreconditions(table.resource, live, object);
      if (live === undefined && object.metadata.uid !== undefined) {
        throw conflict(resourceName(table.resource), object.metadata.name, 'uid mismatch: the object is not there');
      }
      const plan = planApply(context, live, object, write.force);
      const next = proposeObject({ ...context, owners: plan.owners }, live, plan.merged);
      return live === undefined ? insert(table, next, write) : finishWrite(table, live, next, write);
    },
    delete(ref, preconditions = {}) {
      const table = tableOf(ref.kind);
      const live = liveObject(table, ref);
      checkPreconditions(table.resource, live, { metadata: { ...preconditions, dryRun: undefined } });
      if (preconditions.dryRun === true) return live;
      if (finalizersOf(live).length === 0) return remove(table, live, live);
      if (live.metadata.deletionTimestamp !== undefined) return live;
      const deletionTimestamp = secondsOf(clock);
      return commit(table, 'modified', { ...live, metadata: { ...live.metadata, deletionTimestamp } }, live);
    },
    subscribe: (kind, listener) => bus.subscribe(resourceName(tableOf(kind).resource), listener),
    eventsSince(kind, since) {
      const events = tableOf(kind).since(since);
      if (events === null) throw expired(`too old resource version: ${since}`);
      return events;
    },
  };

  for (const resource of builtInResources) serve(resource);
  for (const name of ['default', 'kube-system']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    store.create(namespace, kinds.namespace, { fieldManager: 'kube-apiserver' });
  }
  if (options.withArgo !== false) {
    for (const definition of argoDefinitions) {
      store.create(definition, kinds.customResourceDefinition, { fieldManager: 'kubectl' });
    }
  }
  return store;
}
