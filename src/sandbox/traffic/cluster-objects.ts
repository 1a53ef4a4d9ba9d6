import type { KubernetesObject, ObjectRef, ResourceKind } from '../../ports/kubernetes-api.ts';

/** A change of an object. */
export interface ObjectChange {
  readonly type: 'added' | 'modified' | 'deleted';
  /** After the change; for `deleted` the last state. */
  readonly object: KubernetesObject;
}

/** The objects of one cluster as they are, and as they change. A Store is one; so is whatever mirrors a real cluster. */
export interface ClusterObjects {
  readonly cluster: string;
  get(ref: ObjectRef): KubernetesObject | undefined;
  list(kind: ResourceKind, options: { readonly namespace: null }): { readonly items: readonly KubernetesObject[] };
  /** Calls the listener for each change of a kind, in order; answers how to stop. */
  subscribe(kind: ResourceKind, listener: (change: ObjectChange) => void): () => void;
}
