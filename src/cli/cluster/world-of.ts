import type { ApiServer } from '../../ports/api-server.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import type { HubConnection } from '../composition.ts';
import type { ClusterWorld } from './cluster-world.ts';

/** The world of these commands, over a real connection. */
export function worldOf(
  hub: HubConnection,
  target: KubernetesApi & ApiServer,
  tell: (line: string) => void,
): ClusterWorld {
  const { api, namespace, clock, random } = hub;
  const reach: ClusterWorld['reach'] = (cluster, secret) => hub.connectSecret(cluster, secret);
  return { hub: api, target, namespace, clock, random, reach, tell };
}
