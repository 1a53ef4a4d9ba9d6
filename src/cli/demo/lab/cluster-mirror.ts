import type { Clock } from '../../../ports/clock.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../../ports/kubernetes-api.ts';
import { reflect } from '../../../ports/reflector.ts';
import type { ClusterObjects, ObjectChange } from '../../../sandbox/traffic/cluster-objects.ts';

/** A copy of some kinds of a cluster's objects, kept by watches. */
export interface ClusterMirror extends ClusterObjects {
  /** Resolves when every kind has been listed once. */
  readonly listed: Promise<void>;
  /** Resolves when the signal aborts; rejects on a bug. */
  readonly ended: Promise<void>;
}

/** What a mirror is made of. */
export interface MirrorOptions {
  readonly kinds: readonly ResourceKind[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Mirrors a cluster until the signal aborts. While the cluster cannot be heard, the copy is old. */
export function mirrorCluster(api: KubernetesApi, { kinds, clock, signal }: MirrorOptions): ClusterMirror {
  const tables = new Map(kinds.map((kind) => [kind.plural, createTable()]));
  const tableOf = (kind: ResourceKind): Table => {
    const table = tables.get(kind.plural);
    if (table === undefined) throw new RangeError(`the mirror of cluster ${api.cluster} has no ${kind.plural}`);
    return table;
  };
  const follow = async (kind: ResourceKind): Promise<void> => {
    const table = tableOf(kind);
    const options = { namespace: null, project: (object: KubernetesObject) => object, clock, random: Math.random };
    for await (const heard of reflect(api, kind, { ...options, signal })) {
      if (heard.type === 'synced') table.replace(heard.items);
      else if (heard.type === 'changed') table.set(heard.key, heard.item);
      else if (heard.type === 'gone') table.remove(heard.key);
    }
  };
  const ended = Promise.all(kinds.map(follow)).then(() => undefined);
  // whoever does not ask how it ended still must not crash of it
  ended.catch(() => undefined);
  return {
    cluster: api.cluster,
    listed: Promise.all([...tables.values()].map((table) => table.listed)).then(() => undefined),
    ended,
    get: ({ kind, namespace, name }) => tableOf(kind).objects.get(`${namespace ?? ''}/${name}`),
    list: (kind) => ({ items: [...tableOf(kind).objects.values()] }),
    subscribe(kind, listener) {
      const { listeners } = tableOf(kind);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The objects of one kind, by `namespace/name`. */
interface Table {
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  readonly listeners: Set<(change: ObjectChange) => void>;
  readonly listed: Promise<void>;
  replace(items: ReadonlyMap<string, KubernetesObject>): void;
  set(key: string, object: KubernetesObject): void;
  remove(key: string): void;
}

function createTable(): Table {
  const objects = new Map<string, KubernetesObject>();
  const listeners = new Set<(change: ObjectChange) => void>();
  const listed = Promise.withResolvers<void>();
  const tell = (change: ObjectChange): void => {
    for (const listener of listeners) listener(change);
  };
  const set = (key: string, object: KubernetesObject): void => {
    const known = objects.get(key);
    if (known?.metadata.resourceVersion === object.metadata.resourceVersion && known !== undefined) return;
    objects.set(key, object);
    tell({ type: known === undefined ? 'added' : 'modified', object });
  };
  const remove = (key: string): void => {
    const object = objects.get(key);
    objects.delete(key);
    if (object !== undefined) tell({ type: 'deleted', object });
  };
  return {
    objects,
    listeners,
    listed: listed.promise,
    replace(items) {
      for (const key of objects.keys()) if (!items.has(key)) remove(key);
      for (const [key, object] of items) set(key, object);
      listed.resolve();
    },
    set,
    remove,
  };
}
