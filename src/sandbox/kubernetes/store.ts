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
import { listPage } from './list-page.ts';
import type { StoreEvent } from './object-table.ts';
import type { Resource } from './resource.ts';
import { expired } from './status-error.ts';
import { createStoreKernel } from './store-kernel.ts';
import { storeWrites } from './store-writes.ts';

export type { StoreEvent } from './object-table.ts';

/** Events that are kept per resource for watches to go on from. */
export const HISTORY_LIMIT = 1000;

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
  const { clock, cluster, historyLimit = HISTORY_LIMIT } = options;
  const kernel = createStoreKernel({ clock, cluster, historyLimit });
  const store: Store = {
    cluster,
    clock,
    resourceVersion: () => kernel.version(),
    resources: () => kernel.resources(),
    resource: (kind) => kernel.table(kind).resource,
    get: (ref) => kernel.table(ref.kind).get(ref.namespace ?? '', ref.name),
    list: (kind, listOptions) => listPage(kernel.table(kind), listOptions, kernel.version()),
    owned: (kind, ownerUid) => kernel.table(kind).owned(ownerUid),
    ...storeWrites(kernel),
    subscribe: (kind, listener) => kernel.subscribe(kind, listener),
    eventsSince(kind, since) {
      const events = kernel.table(kind).since(since);
      if (events === null) throw expired(`too old resource version: ${since}`);
      return events;
    },
  };
  for (const resource of builtInResources) kernel.serve(resource);
  furnish(store, options.withArgo !== false);
  return store;
}

function furnish(store: Store, withArgo: boolean): void {
  for (const name of ['default', 'kube-system']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    store.create(namespace, kinds.namespace, { fieldManager: 'kube-apiserver' });
  }
  if (!withArgo) return;
  for (const definition of argoDefinitions) {
    store.create(definition, kinds.customResourceDefinition, { fieldManager: 'kubectl' });
  }
}
