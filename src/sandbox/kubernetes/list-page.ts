import type { KubernetesObject, ListOptions, ObjectList } from '../../ports/kubernetes-api.ts';
import type { ObjectTable, StoreEvent } from './object-table.ts';
import { bothSelections, parseFieldSelector, parseLabelSelector } from './selector.ts';
import { badRequest, expired } from './status-error.ts';

interface Continuation {
  /** Version of the first page, and of the moment that all pages show. */
  readonly resourceVersion: number;
  /** Last object of the page before, `namespace/name`. */
  readonly after: string;
}

/**
 * One page of a list, sorted by namespace and name; all pages show the moment of the first.
 *
 * @throws ApiError 410 when the token is older than the history, 400 when it or a selector cannot be read.
 */
export function listPage(
  table: ObjectTable,
  options: ListOptions & { readonly fieldSelector?: string },
  version: number,
): ObjectList {
  const start = options.continueToken === undefined ? null : parseToken(table, options.continueToken);
  const selects = bothSelections(parseLabelSelector(options.labelSelector), parseFieldSelector(options.fieldSelector));
  const now = table.list(options.namespace);
  const all = start === null ? now : asOf(now, table.since(start.resourceVersion) ?? [], options.namespace);
  const remaining = start === null ? all : all.slice(indexAfter(all, start.after));
  const selected = selects === null ? remaining : remaining.filter(selects);
  const limit = options.limit ?? 0;
  const resourceVersion = start?.resourceVersion ?? version;
  if (limit <= 0 || selected.length <= limit) {
    return { items: selected, resourceVersion: String(resourceVersion), continueToken: null };
  }
  const items = selected.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    resourceVersion: String(resourceVersion),
    continueToken: last === undefined ? null : tokenOf({ resourceVersion, after: sortKey(last) }),
  };
}

/** Objects as they were before some events: what came since is out, what changed or went since is as it was. */
function asOf(
  objects: readonly KubernetesObject[],
  events: readonly StoreEvent[],
  namespace: string | null,
): readonly KubernetesObject[] {
  if (events.length === 0) return objects;
  const before = new Map(objects.map((object) => [sortKey(object), object]));
  for (const { object, previous } of events.toReversed()) {
    if (namespace !== null && object.metadata.namespace !== namespace) continue;
    if (previous === null) before.delete(sortKey(object));
    else before.set(sortKey(object), previous);
  }
  return [...before.values()].toSorted(inOrder);
}

function inOrder(a: KubernetesObject, b: KubernetesObject): number {
  const [one, other] = [a.metadata.namespace ?? '', b.metadata.namespace ?? ''];
  if (one !== other) return one < other ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function sortKey(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function indexAfter(objects: readonly KubernetesObject[], after: string): number {
  const slash = after.indexOf('/');
  const namespace = after.slice(0, slash);
  const name = after.slice(slash + 1);
  const index = objects.findIndex((object) => {
    const own = object.metadata.namespace ?? '';
    return own > namespace || (own === namespace && object.metadata.name > name);
  });
  return index === -1 ? objects.length : index;
}

function tokenOf(continuation: Continuation): string {
  return `${continuation.resourceVersion}.${encodeURIComponent(continuation.after)}`;
}

function parseToken(table: ObjectTable, token: string): Continuation {
  const groups = /^(?<version>\d+)\.(?<after>.+)$/.exec(token)?.groups;
  if (groups === undefined) throw badRequest('continue key is not valid');
  const resourceVersion = Number(groups['version']);
  if (table.since(resourceVersion) === null) {
    throw expired('The provided continue parameter is too old to display a consistent list result');
  }
  return { resourceVersion, after: decodeURIComponent(groups['after'] ?? '') };
}
