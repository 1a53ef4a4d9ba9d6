import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject, ObjectRef, ResourceKind } from '../../ports/kubernetes-api.ts';
import { resourceOfDefinition } from './custom-resource.ts';
import { createEventBus } from './event-bus.ts';
import { adopt } from './json-value.ts';
import { establishedStatus, finalizersOf, secondsOf, uidOf, withServerFields } from './object-stamp.ts';
import { createObjectTable, type ObjectTable, type StoreEvent } from './object-table.ts';
import { type Resource, resourceName } from './resource.ts';
import { badRequest, notFound, notServed } from './status-error.ts';

/** Objects that one deletion may take along. */
const CASCADE_LIMIT = 100_000;

const DEFINITIONS = resourceName(kinds.customResourceDefinition);
const NAMESPACES = resourceName(kinds.namespace);

/** Tables, versions and uids of one cluster: what every write ends in. */
export interface StoreKernel {
  readonly cluster: string;
  readonly clock: Clock;
  version(): number;
  /** Uids given so far. */
  uids(): number;
  resources(): readonly Resource[];
  serve(resource: Resource): void;
  /** @throws ApiError 404 when the kind is not served. */
  table(kind: ResourceKind): ObjectTable;
  /** @throws ApiError 404 when the object is not there. */
  live(table: ObjectTable, ref: ObjectRef): KubernetesObject;
  /** @throws ApiError 404 when the namespace is not there. */
  checkNamespace(resource: Resource, object: KubernetesObject): void;
  insert(table: ObjectTable, next: KubernetesObject, dryRun: boolean): KubernetesObject;
  replace(table: ObjectTable, live: KubernetesObject, next: KubernetesObject, dryRun: boolean): KubernetesObject;
  /** Takes the object out, or marks it when finalizers hold it. */
  remove(table: ObjectTable, live: KubernetesObject): KubernetesObject;
  subscribe(kind: ResourceKind, listener: (event: StoreEvent) => void): () => void;
}

/** A kernel without any table. */
export function createStoreKernel(options: {
  readonly clock: Clock;
  readonly cluster: string;
  readonly historyLimit: number;
}): StoreKernel {
  const { clock, cluster } = options;
  const tables = new Map<string, ObjectTable>();
  const bus = createEventBus();
  let version = 0;
  let uids = 0;

  function commit(
    table: ObjectTable,
    change: Pick<StoreEvent, 'type' | 'previous'>,
    next: KubernetesObject,
  ): KubernetesObject {
    version += 1;
    const object = adopt({ ...next, metadata: { ...next.metadata, resourceVersion: String(version) } });
    const event = { ...change, object, resourceVersion: version };
    table.record(event);
    bus.publish(resourceName(table.resource), event);
    return object;
  }

  function takeOut(table: ObjectTable, last: KubernetesObject, previous: KubernetesObject): KubernetesObject {
    const gone = commit(table, { type: 'deleted', previous }, last);
    const name = resourceName(table.resource);
    if (name === NAMESPACES) for (const inside of tables.values()) empty(inside, gone.metadata.name);
    if (name === DEFINITIONS) {
      const custom = tables.get(gone.metadata.name);
      if (custom !== undefined) empty(custom, null);
      tables.delete(gone.metadata.name);
    }
    return gone;
  }

  function empty(table: ObjectTable, namespace: string | null): void {
    if (!table.resource.namespaced && namespace !== null) return;
    for (const object of table.list(namespace).slice(0, CASCADE_LIMIT)) takeOut(table, object, object);
  }

  const kernel: StoreKernel = {
    cluster,
    clock,
    version: () => version,
    uids: () => uids,
    resources: () => [...tables.values()].map((table) => table.resource),
    serve(resource) {
      const known = tables.get(resourceName(resource));
      if (known === undefined) tables.set(resourceName(resource), createObjectTable(resource, options.historyLimit));
      else known.resource = resource;
    },
    table(kind) {
      const table = tables.get(resourceName(kind));
      if (table === undefined || table.resource.version !== kind.version) throw notServed();
      return table;
    },
    live(table, ref) {
      const live = table.get(ref.namespace ?? '', ref.name);
      if (live === undefined) throw notFound(table.resource, ref.name);
      return live;
    },
    checkNamespace(resource, object) {
      const { namespace } = object.metadata;
      if (!resource.namespaced) {
        if (namespace !== undefined) throw badRequest(`${resource.kind} is not namespaced`);
        return;
      }
      if (namespace === undefined || namespace === '') throw badRequest(`${resource.kind} needs a namespace`);
      if (tables.get(NAMESPACES)?.get('', namespace) === undefined) throw notFound(kinds.namespace, namespace);
    },
    insert(table, next, dryRun) {
      uids += 1;
      const metadata = { ...next.metadata, uid: uidOf(cluster, uids), creationTimestamp: secondsOf(clock) };
      const generation = table.resource.hasGeneration ? { generation: 1 } : {};
      const stamped: KubernetesObject = withServerFields(table.resource, {
        ...next,
        metadata: { ...metadata, ...generation },
      });
      if (dryRun) return adopt(stamped);
      if (resourceName(table.resource) !== DEFINITIONS)
        return commit(table, { type: 'added', previous: null }, stamped);
      kernel.serve(resourceOfDefinition(stamped));
      return commit(table, { type: 'added', previous: null }, { ...stamped, status: establishedStatus(stamped) });
    },
    replace(table, live, next, dryRun) {
      if (next === live || dryRun) return next;
      const isDone = next.metadata.deletionTimestamp !== undefined && finalizersOf(next).length === 0;
      if (isDone) return takeOut(table, next, live);
      if (resourceName(table.resource) === DEFINITIONS) kernel.serve(resourceOfDefinition(next));
      return commit(table, { type: 'modified', previous: live }, next);
    },
    remove(table, live) {
      if (finalizersOf(live).length === 0) return takeOut(table, live, live);
      if (live.metadata.deletionTimestamp !== undefined) return live;
      const metadata = { ...live.metadata, deletionTimestamp: secondsOf(clock) };
      return commit(table, { type: 'modified', previous: live }, { ...live, metadata });
    },
    subscribe: (kind, listener) => bus.subscribe(resourceName(kernel.table(kind).resource), listener),
  };
  return kernel;
}
