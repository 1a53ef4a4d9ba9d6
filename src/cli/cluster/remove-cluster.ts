import { someOf } from '../../controller/checkup/finding.ts';
import type { Cluster, Fleet } from '../../domain/fleet.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { type ClusterAccessRecord, readAccessSecret } from './access-secret.ts';
import { clusterUidOf, type Refused, refused } from './cluster-world.ts';
import { secretOf, usersOf } from './declared-clusters.ts';
import { removeToken } from './token-secret.ts';

/** What became of a cluster that is no longer released to. */
export interface RemovedCluster {
  readonly kind: 'removed';
  /** Objects that are gone: `Cluster/shared-eu`. */
  readonly removed: readonly string[];
  /** Whether its token is ended, too. */
  readonly isTokenEnded: boolean;
  /** What stays, and how it goes. */
  readonly stays: readonly string[];
}

/** Where a cluster is removed. */
export interface Removal {
  readonly hub: KubernetesApi;
  readonly namespace: string;
  readonly fleet: Fleet;
  readonly cluster: Cluster;
  /** The target as its administrator reaches it, for its token; `null`: it is left alone. */
  readonly target: KubernetesApi | null;
  /** Though pools and tenants are there. */
  readonly isForced: boolean;
}

/** Takes a cluster out of the hub, and ends its token; the target's own objects stay. */
export async function removeCluster(removal: Removal): Promise<RemovedCluster | Refused> {
  const { hub, namespace, fleet, cluster, target, isForced } = removal;
  const { name } = cluster;
  const users = usersOf(fleet, name);
  if (users.length > 0 && !isForced)
    return refused(
      `cluster ${name} has ${someOf(users)}: move or delete them first, or give --force (releases that count on it stop)`,
    );
  const secret = await secretOf(hub, cluster);
  const record = secret === undefined ? null : readAccessSecret(secret);
  const isOurs = record !== null && record.cluster === name;
  const uid = target === null ? null : await clusterUidOf(target);
  if (isOurs && target !== null && record.clusterUid !== null && record.clusterUid !== uid)
    return refused(`context ${target.cluster} leads to another cluster than ${name} is: give its own --target-context`);
  await hub.delete({ kind: kinds.cluster, namespace, name });
  const removed = [`Cluster/${name}`];
  if (isOurs) {
    await hub.delete({ kind: kinds.secret, namespace, name: secret!.metadata.name });
    removed.push(`Secret/${secret!.metadata.name}`);
  }
  if (isOurs && target !== null) await removeToken({ target, namespace }, record.origin.secret);
  const isTokenEnded = isOurs && target !== null;
  return { kind: 'removed', removed, isTokenEnded, stays: whatStays(removal, isOurs ? record : null, isTokenEnded) };
}

function whatStays(
  { namespace, cluster, fleet }: Removal,
  record: ClusterAccessRecord | null,
  isTokenEnded: boolean,
): readonly string[] {
  const context = record?.context || 'CONTEXT';
  const users = usersOf(fleet, cluster.name);
  const { access } = cluster;
  const isForeignSecret = access.kind === 'secretRef' && record === null;
  return [
    ...(users.length > 0 ? [`${someOf(users)}, which name a cluster that is not declared any more`] : []),
    ...(isForeignSecret ? [`Secret ${access.namespace}/${access.name} in the hub, which others made`] : []),
    ...(record !== null && !isTokenEnded
      ? [`the token: kubectl --context ${context} -n ${namespace} delete secret ${record.origin.secret}`]
      : []),
    `account and rights: kubectl --context ${context} delete clusterrolebinding ${bindingName(namespace)}`,
    'every Rollout and Service, as it is',
  ];
}

function bindingName(namespace: string): string {
  return namespace === 'tidegate-system' ? 'tidegate-target' : `tidegate-target-${namespace}`;
}
