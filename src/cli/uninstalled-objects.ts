import type { JsonObject } from '../domain/workload.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { daemonObjects } from './installed-daemon.ts';
import { installedRef, isOptional, isServed, removableKinds } from './installed-kinds.ts';
import { leftovers } from './installed-leftovers.ts';
import { hubNamespaces, targetNamespaces } from './installed-places.ts';
import { type ClusterRole, shippedObjects } from './shipped-objects.ts';

/** What an uninstallation does with an object of the installation. */
export interface Removal {
  readonly object: KubernetesObject;
  /** `null`: it goes; else who needs it still. */
  readonly keptFor: string | null;
}

/** Every object of an installation that is there, the daemon first and what it stands on last; definitions and namespace are not among them. */
export async function removals(api: KubernetesApi, namespace: string, role: ClusterRole): Promise<readonly Removal[]> {
  const shipped = shippedOf(namespace, role);
  const older = await leftovers(api, namespace, [
    ...shipped,
    ...shippedOf(namespace, role === 'hub' ? 'target' : 'hub'),
  ]);
  const present: KubernetesObject[] = [...older];
  for (const object of [...shipped].reverse() as unknown as readonly KubernetesObject[])
    if (await isThere(api, object)) present.push(object);
  const needs = await neededBy(api, namespace, role);
  return present.map((object) => ({ object, keptFor: needs(object) }));
}

function shippedOf(namespace: string, role: ClusterRole): readonly JsonObject[] {
  const daemon = role === 'hub' ? daemonObjects(namespace, { image: 'any', replicas: 1, serviceMonitor: true }) : [];
  return [...shippedObjects(role, namespace), ...daemon].filter(({ kind }) => kind !== 'Namespace');
}

async function isThere(api: KubernetesApi, object: KubernetesObject): Promise<boolean> {
  const ref = installedRef(object);
  if (isOptional(ref.kind) && !(await isServed(api, ref.kind))) return false;
  return (await api.get(ref)) !== undefined;
}

/** Two installations in one cluster share what is cluster-wide, a hub and a target in one namespace the account. */
async function neededBy(
  api: KubernetesApi,
  namespace: string,
  role: ClusterRole,
): Promise<(object: KubernetesObject) => string | null> {
  const hubs = await hubNamespaces(api);
  const targets = await targetNamespaces(api);
  const [same, other] = role === 'hub' ? [hubs, targets] : [targets, hubs];
  const elsewhere = same.find((place) => place !== namespace);
  return (object) => {
    if (object.kind === removableKinds.clusterRoleBinding.kind) return null;
    if (object.metadata.namespace === undefined)
      return elsewhere === undefined ? null : `the installation in namespace ${elsewhere}`;
    const isShared = object.kind === removableKinds.serviceAccount.kind && other.includes(namespace);
    if (!isShared) return null;
    return role === 'hub' ? 'releases to this cluster (tidegate uninstall --target)' : 'the hub in this cluster';
  };
}
