import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { annotations } from '../../release/annotations.ts';

/** Whose abort is lost: the one whom the bad version hurts most. */
const NAMESPACE = 'globex';

/** Does the sandbox's controller lose this change? It loses what it was told of one target from the abort on, until somebody nudges, as the real one does for a few in a hundred. */
export function isLostAbort(rollout: KubernetesObject): boolean {
  const status = (rollout['status'] ?? {}) as { readonly abort?: boolean; readonly abortedAt?: string };
  const isNudged = rollout.metadata.annotations?.[annotations.nudge] !== undefined;
  return (
    rollout.metadata.namespace === NAMESPACE && status.abort === true && status.abortedAt === undefined && !isNudged
  );
}
