import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { Resource } from './resource.ts';

/** A change of one object, in the order of the store's versions. */
export interface StoreEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  /** After the change; for `deleted` the last state, under the version of the deletion. */
  readonly object: KubernetesObject;
  /** Before the change; `null` for `added`. */
  readonly previous: KubernetesObject | null;
  readonly resourceVersion: number;
}

/** Objects of one resource: by namespace and name, by owner, and the history that watches go on from. */
export interface ObjectTable {
  /** Replaced when its definition changes. */
  resource: Resource;
  get(namespace: string, name: string): KubernetesObject | undefined;
  /** Sorted by namespace and name. */
  list(namespace: string | null): readonly KubernetesObject[];
  owned(ownerUid: string): readonly KubernetesObject[];
  record(event: StoreEvent): void;
  /** Events after a version; `null` when that history is gone. */
  since(resourceVersion: number): readonly StoreEvent[] | null;
}

/** An empty table that remembers at least the last `historyLimit` events, at most twice as many. */
export function createObjectTable(resource: Resource, historyLimit: number): ObjectTable {
  const namespaces = new Map<string, Namespace>();
  const byOwner = new Map<string, Set<string>>();
  let history: StoreEvent[] = [];
  let compactedThrough = 0;

  const at = (namespace: string, name: string) => namespaces.get(namespace)?.objects.get(name);

  function forget(object: KubernetesObject): void {
    for (const owner of object.metadata.ownerReferences ?? []) byOwner.get(owner.uid)?.delete(keyOf(object));
  }

  function remember(object: KubernetesObject): void {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const keys = byOwner.get(owner.uid) ?? new Set();
      byOwner.set(owner.uid, keys.add(keyOf(object)));
    }
  }

  function store(event: StoreEvent): void {
    const { name } = event.object.metadata;
    const key = event.object.metadata.namespace ?? '';
    const namespace = namespaces.get(key) ?? { objects: new Map(), sorted: null };
    namespaces.set(key, namespace);
    if (event.type !== 'modified') namespace.sorted = null;
    if (
      event.previous?.metadata.ownerReferences !== event.object.metadata.ownerReferences ||
      event.type === 'deleted'
    ) {
      if (event.previous !== null) forget(event.previous);
      if (event.type !== 'deleted') remember(event.object);
    }
    if (event.type === 'deleted') namespace.objects.delete(name);
    else namespace.objects.set(name, event.object);
  }

  return {
    resource,
    get: at,
    list(namespace) {
      if (namespace !== null) return sortedObjects(namespaces.get(namespace));
      return [...namespaces.keys()].toSorted().flatMap((name) => sortedObjects(namespaces.get(name)));
    },
    owned(ownerUid) {
      const objects: KubernetesObject[] = [];
      for (const key of byOwner.get(ownerUid) ?? []) {
        const slash = key.indexOf('/');
        const object = at(key.slice(0, slash), key.slice(slash + 1));
        if (object !== undefined) objects.push(object);
      }
      return objects;
    },
    record(event) {
      store(event);
      history.push(event);
      if (history.length <= 2 * historyLimit) return;
      compactedThrough = history.at(-historyLimit - 1)?.resourceVersion ?? compactedThrough;
      history = history.slice(-historyLimit);
    },
    since(resourceVersion) {
      if (resourceVersion < compactedThrough) return null;
      return history.slice(firstAfter(history, resourceVersion));
    },
  };
}

interface Namespace {
  readonly objects: Map<string, KubernetesObject>;
  sorted: readonly string[] | null;
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function sortedObjects(namespace: Namespace | undefined): readonly KubernetesObject[] {
  if (namespace === undefined) return [];
  const names = namespace.sorted ?? [...namespace.objects.keys()].toSorted();
  namespace.sorted = names;
  const objects: KubernetesObject[] = [];
  for (const name of names) {
    const object = namespace.objects.get(name);
    if (object !== undefined) objects.push(object);
  }
  return objects;
}

function firstAfter(events: readonly StoreEvent[], resourceVersion: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.resourceVersion ?? 0) <= resourceVersion) low = middle + 1;
    else high = middle;
  }
  return low;
}
