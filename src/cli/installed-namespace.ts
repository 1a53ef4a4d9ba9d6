import { TerminalError } from '../domain/errors.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';

const ENFORCED = 'pod-security.kubernetes.io/enforce';
const MOST_PODS = 500;

/**
 * An installation holds its namespace to restricted pods: where other pods live that nobody has held to that yet, they
 * would not come back from their next restart.
 *
 * @throws TerminalError when there are such pods; nothing is changed then
 */
export async function refuseCrowded(api: KubernetesApi, namespace: string): Promise<void> {
  const present = await api.get({ kind: kinds.namespace, namespace: null, name: namespace });
  if (present === undefined || present.metadata.labels?.[ENFORCED] !== undefined) return;
  const { items } = await api.list(kinds.pod, { namespace, limit: MOST_PODS });
  const other = items.find((pod) => !isOurs(pod));
  if (other === undefined) return;
  throw new TerminalError(
    `installing into ${namespace}: pod ${other.metadata.name} and what else runs there would be held to restricted Pod Security; choose a namespace of its own with --namespace, or, where they keep that, say so: kubectl label namespace ${namespace} ${ENFORCED}=restricted`,
  );
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['app.kubernetes.io/name'] === 'tidegate';
}
