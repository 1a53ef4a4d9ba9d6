import type { JsonObject } from '../domain/workload.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../ports/kubernetes-api.ts';
import { installedRef, isOptional, isServed, removableKinds } from './installed-kinds.ts';
import { hubNamespaces, targetNamespaces } from './installed-places.ts';
import { installedLabels } from './shipped-objects.ts';

const SELECTOR = Object.entries(installedLabels)
  .map(([label, value]) => `${label}=${value}`)
  .join(',');

/**
 * What carries our label, belongs to the installation in this namespace, and is not among `kept`: an earlier version
 * installed it. Namespaces and definitions of our kinds are never among them.
 */
export async function leftovers(
  api: KubernetesApi,
  namespace: string,
  kept: readonly JsonObject[],
): Promise<readonly KubernetesObject[]> {
  const keys = new Set((kept as unknown as readonly KubernetesObject[]).map(keyOf));
  const found = await Promise.all(
    Object.values<ResourceKind>(removableKinds).map((kind) => labelled(api, kind, namespace)),
  );
  const left = found.flat().filter((object) => !keys.has(keyOf(object)) && belongsTo(object, namespace));
  if (left.every((object) => !isShared(object)) || !(await isElsewhere(api, namespace))) return left;
  return left.filter((object) => !isShared(object));
}

/** Removes objects, in the order given. */
export async function removeAll(api: KubernetesApi, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) await api.delete(installedRef(object));
}

async function labelled(
  api: KubernetesApi,
  kind: ResourceKind,
  namespace: string,
): Promise<readonly KubernetesObject[]> {
  if (isOptional(kind) && !(await isServed(api, kind))) return [];
  const place = kind.namespaced ? namespace : null;
  const { items } = await api.list(kind, { namespace: place, labelSelector: SELECTOR, limit: MOST_OBJECTS });
  // items of a list carry no kind of their own
  return items.map((object) => ({ ...object, kind: kind.kind }));
}

/** Of one kind; an installation has a dozen. */
const MOST_OBJECTS = 500;

/** A binding of a ClusterRole is of the namespace whose account it binds: a cluster may be the target of several hubs. */
function belongsTo(object: KubernetesObject, namespace: string): boolean {
  if (object.kind !== removableKinds.clusterRoleBinding.kind) return true;
  const subjects = (object['subjects'] ?? []) as readonly { readonly namespace?: string }[];
  return subjects.length > 0 && subjects.every((subject) => subject.namespace === namespace);
}

/** One for the whole cluster. */
function isShared({ kind, metadata }: KubernetesObject): boolean {
  return metadata.namespace === undefined && kind !== removableKinds.clusterRoleBinding.kind;
}

/** Another installation in this cluster may be of a version that still ships, or already ships, what is for the whole cluster. */
async function isElsewhere(api: KubernetesApi, namespace: string): Promise<boolean> {
  const places = [...(await hubNamespaces(api)), ...(await targetNamespaces(api))];
  return places.some((place) => place !== namespace);
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}
