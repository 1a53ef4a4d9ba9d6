import { inventoryOf } from '../../config/inventory.ts';
import { suggestion } from '../../config/nearest-name.ts';
import type { Cluster, Fleet } from '../../domain/fleet.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { badArgument } from '../failure.ts';
import { listDocuments } from '../hub-documents.ts';
import { ACCESS_LABEL, type ClusterAccessRecord, readAccessSecret } from './access-secret.ts';

/** The fleet as the hub has it; objects that cannot be read are left out. */
export async function declaredFleet(hub: KubernetesApi, namespace: string): Promise<Fleet> {
  const { documents } = await listDocuments(hub, namespace, ['Cluster', 'MetricSource', 'Pool', 'Tenant']);
  return inventoryOf(documents).fleet;
}

/** The Cluster of this name. @throws InvalidInput when there is none */
export function namedCluster({ clusters }: Fleet, name: string): Cluster {
  const found = clusters.find((cluster) => cluster.name === name);
  if (found !== undefined) return found;
  const known = clusters.map((cluster) => cluster.name);
  throw badArgument(`the hub has no cluster "${name}"${suggestion(name, known)}`);
}

/** Pools and tenants that are in a cluster: `Pool/free-eu`. */
export function usersOf({ pools, tenants }: Fleet, cluster: string): readonly string[] {
  const isThere = tenants.filter(({ placements }) =>
    placements.some((placement) => placement.kind === 'dedicated' && placement.cluster === cluster),
  );
  return [
    ...pools.filter((pool) => pool.cluster === cluster).map(({ name }) => `Pool/${name}`),
    ...isThere.map(({ name }) => `Tenant/${name}`),
  ];
}

/** The Secret that a Cluster names; `undefined` when it names none, or none is there. */
export async function secretOf(hub: KubernetesApi, { access }: Cluster): Promise<KubernetesObject | undefined> {
  if (access.kind !== 'secretRef') return undefined;
  return await hub.get({ kind: kinds.secret, namespace: access.namespace, name: access.name });
}

/** The administrator's context by which a Cluster was added; `null` when that is not known. */
export async function recordedContext(hub: KubernetesApi, cluster: Cluster): Promise<string | null> {
  const secret = await secretOf(hub, cluster);
  return (secret && readAccessSecret(secret)?.context) || null;
}

/** Every access that was made by `tidegate cluster add`. */
export async function accessRecords(hub: KubernetesApi, namespace: string): Promise<readonly ClusterAccessRecord[]> {
  const labelSelector = Object.entries(ACCESS_LABEL)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const { items } = await hub.list(kinds.secret, { namespace, labelSelector });
  return items.flatMap((secret) => readAccessSecret(secret) ?? []);
}
