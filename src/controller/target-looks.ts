import type { KubernetesObject } from '../ports/kubernetes-api.ts';
import type { ObservedTarget } from '../release/observed-target.ts';

/** Why something is not ready for a release. */
export interface Trouble {
  readonly reason: 'ControllerSilent' | 'NotStable' | 'NotHealthy' | 'NoRoom';
  /** Without a subject. */
  readonly message: string;
}

/** Why a Rollout is not ready for a release; `null` when it is. The version before must be healthy and stable, or a rollback has nothing proven to go to. */
export function rolloutTrouble(observed: ObservedTarget): Trouble | null {
  if (!observed.isObserved) {
    const message = 'its Argo Rollouts controller has not taken the last change, is it running?';
    return { reason: 'ControllerSilent', message };
  }
  if (observed.stableHash === '' || observed.stableHash !== observed.currentHash) {
    const message = `an update is under way or was aborted (${observed.phase}: ${observed.message}), finish or undo it first`;
    return { reason: 'NotStable', message };
  }
  if (observed.phase === 'Healthy') return null;
  return { reason: 'NotHealthy', message: `is ${observed.phase} before the release: ${observed.message}` };
}

/** Why a quota lets no further pod in; `null` when it does. Without room a canary and the way back are slow: old pods must go first. */
export function quotaTrouble(quota: KubernetesObject, runningPods: number): Trouble | null {
  const status = (quota['status'] ?? quota['spec'] ?? {}) as { hard?: { pods?: string }; used?: { pods?: string } };
  const hard = Number(status.hard?.pods ?? Number.POSITIVE_INFINITY);
  const used = Number(status.used?.pods ?? runningPods);
  if (used + 1 <= hard) return null;
  const message = `quota ${quota.metadata.name} has ${used} of ${hard} pods, no room for one more: raise it, or old pods go before new ones come`;
  return { reason: 'NoRoom', message };
}
