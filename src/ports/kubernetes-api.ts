/** A Kubernetes object as it goes over the wire. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
  }[];
  readonly managedFields?: readonly unknown[];
}

/** A kind of object: enough to build its path, no discovery needed. */
export interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `rollouts` */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object of a kind. `namespace` is `null` for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: ResourceKind;
  readonly namespace: string | null;
  readonly name: string;
}

/** RFC 6902, as far as we use it. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface ListOptions {
  /** `null`: all namespaces. */
  readonly namespace: string | null;
  /** Equality terms, `a=b,c=d`. */
  readonly labelSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
}

export interface ObjectList {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  /** `null` on the last page. */
  readonly continueToken: string | null;
}

export interface WatchOptions {
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
}

/** `bookmark` carries nothing but the resourceVersion to go on from. */
export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

/** The watched resourceVersion is too old (410): list again. */
export class WatchExpired extends Error {
  override readonly name = 'WatchExpired';
}

export interface WriteOptions {
  readonly fieldManager: string;
  /** Validates and admits, stores nothing. @default false */
  readonly dryRun?: boolean;
}

/**
 * One cluster's API server.
 *
 * All methods throw ConflictError (409, or 422 from a failed JSON-patch `test`), TransientError (network, timeout, 429, 5xx),
 * TerminalError (400, 401, 403, 404 of the kind itself, 422 of a schema).
 */
export interface KubernetesApi {
  /** Name of the Cluster object, for messages. */
  readonly cluster: string;
  /** `undefined` when the object is not there. */
  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;
  list(kind: ResourceKind, options: ListOptions): Promise<ObjectList>;
  /** Ends quietly when the signal aborts or the server closes the stream; throws WatchExpired or TransientError. */
  watch(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** @throws ConflictError when it is there already. Field validation is strict. */
  create(object: KubernetesObject, kind: ResourceKind, options: WriteOptions): Promise<KubernetesObject>;
  /** JSON patch. `subresource: 'status'` changes the status alone. @throws ConflictError when a `test` fails or the object is gone. */
  patch(
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options: WriteOptions & { readonly subresource?: 'status' },
  ): Promise<KubernetesObject>;
  /** RFC 7386 merge patch; `resourceVersion` inside makes it conditional. */
  mergePatch(
    ref: ObjectRef,
    patch: unknown,
    options: WriteOptions & { readonly subresource?: 'status' },
  ): Promise<KubernetesObject>;
  /** Server-side apply. */
  apply(
    object: KubernetesObject,
    kind: ResourceKind,
    options: WriteOptions & { readonly force: boolean },
  ): Promise<KubernetesObject>;
  /** Foreground is not waited for. Quiet when the object is not there. */
  delete(ref: ObjectRef): Promise<void>;
}
