import type { ApiServer } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';

/** The hub, one target reached as its administrator, and whoever is told how it goes. */
export interface ClusterWorld {
  readonly hub: KubernetesApi & ApiServer;
  readonly target: KubernetesApi;
  /** Of our objects, in both. */
  readonly namespace: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for names. */
  readonly random: () => number;
  /** The API that a Secret leads to, as the daemon will reach it. @throws InvalidInput when the daemon would refuse the Secret */
  readonly reach: (cluster: string, secret: KubernetesObject) => Promise<KubernetesApi & ApiServer>;
  readonly tell: (line: string) => void;
}

/** What a command may not do, and what to do instead. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
}

/** Makes a refusal. */
export function refused(message: string): Refused {
  return { kind: 'refused', message };
}

/** Tells clusters apart, whatever they are called; `null` when it is not to be known. */
export async function clusterUidOf(api: KubernetesApi): Promise<string | null> {
  const system = await api.get({ kind: kinds.namespace, namespace: null, name: 'kube-system' });
  return system?.metadata.uid ?? null;
}
