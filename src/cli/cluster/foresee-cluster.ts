import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { refuseCrowded } from '../installed-namespace.ts';
import { install, installedObjects } from '../installed-objects.ts';
import { accessSecretName } from './access-secret.ts';
import { obstacleTo, type WantedCluster } from './add-cluster.ts';
import { type ClusterWorld, clusterUidOf, type Refused, refused } from './cluster-world.ts';

/** What `addCluster` would do. */
export interface ForeseenCluster {
  readonly kind: 'foreseen';
  readonly lines: readonly string[];
}

/** Says what would be written, by asking both servers and changing nothing. */
export async function foreseeCluster(world: ClusterWorld, wanted: WantedCluster): Promise<ForeseenCluster | Refused> {
  const { namespace, clock } = world;
  const { name, context } = wanted;
  const uid = await clusterUidOf(world.target);
  const isHub = uid !== null && uid === (await clusterUidOf(world.hub));
  const obstacle = await obstacleTo(world, wanted, uid, isHub);
  if (obstacle !== null) return refused(obstacle);
  await refuseCrowded(world.target, namespace);
  const outcomes = await install(rehearsing(world.target), clock, installedObjects(namespace, 'target'));
  const lines = [
    ...outcomes.map((one) => `in ${context}: ${one.kind}/${one.name} would be ${one.outcome}`),
    ...(isHub ? [] : [`in ${context}: a Secret with a token of the account ${namespace}/tidegate would be made`]),
    ...(isHub ? [] : [`in the hub: Secret/${accessSecretName(name)} would lead to ${wanted.address.server}`]),
    `in the hub: Cluster/${name} would be ${wanted.declared === null ? 'created' : 'brought to this'}, with the metric source ${wanted.metrics}`,
  ];
  return { kind: 'foreseen', lines };
}

/** The same API, where an apply is a rehearsal; what is not there yet would be made as it is. */
function rehearsing(api: KubernetesApi): KubernetesApi {
  return {
    ...api,
    async apply(object, kind, options) {
      const { name, namespace = null } = object.metadata;
      const present = await api.get({ kind, namespace, name });
      return present === undefined ? object : await api.apply(object, kind, { ...options, dryRun: true });
    },
  };
}
