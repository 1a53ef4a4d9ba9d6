import type { KubernetesObject, ObjectRef, ResourceKind } from '../ports/kubernetes-api.ts';
import type { Store, StoreEvent } from './kubernetes/store.ts';

/** What the models of controllers need of one cluster's objects. Every call is done when it returns. */
export interface ModelStore {
  get(ref: ObjectRef): KubernetesObject | undefined;
  /** All namespaces together. */
  list(kind: ResourceKind): readonly KubernetesObject[];
  /** Objects that a controller with this uid owns, oldest first. */
  owned(kind: ResourceKind, uid: string): readonly KubernetesObject[];
  /** Keeps a status that is given. @throws ApiError 409 when it is there already */
  create(kind: ResourceKind, object: KubernetesObject): KubernetesObject;
  /** RFC 7386; answers the object as it is after the patch. @throws ApiError 404 when it is gone */
  mergePatch(ref: ObjectRef, patch: unknown, subresource?: 'status'): KubernetesObject;
  /** Quiet when it is gone. */
  delete(ref: ObjectRef): void;
  /** Tells of every change from now on, in order, before the writing call returns. */
  subscribe(kind: ResourceKind, listener: (event: StoreEvent) => void): () => void;
}

/** Carries out a write; what a controller puts around each of its own, to count them. */
export type AroundWrite = <T>(write: () => T) => T;

/** A store as one controller uses it, under its own name. */
export function createModelStore(
  store: Store,
  fieldManager: string,
  around: AroundWrite = (write) => write(),
): ModelStore {
  return {
    get: (ref) => store.get(ref),
    list: (kind) => store.list(kind, { namespace: null }).items,
    owned: (kind, uid) => store.owned(kind, uid),
    create: (kind, object) => around(() => store.create(object, kind, { fieldManager, withStatus: true })),
    mergePatch(ref, patch, subresource) {
      const write = { fieldManager, ...(subresource === undefined ? {} : { subresource }) };
      return around(() => store.mergePatch(ref, patch, write));
    },
    delete(ref) {
      if (store.get(ref) !== undefined) around(() => store.delete(ref));
    },
    subscribe: (kind, listener) => store.subscribe(kind, listener),
  };
}

/** Names an object that came out of a store. */
export function refOf(kind: ResourceKind, object: KubernetesObject): ObjectRef {
  return { kind, namespace: object.metadata.namespace ?? null, name: object.metadata.name };
}
