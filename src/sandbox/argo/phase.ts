import type { RolloutSpec, RolloutStatus } from './rollout.ts';

/** What the controller says of a Rollout as a whole. */
export interface PhaseAndMessage {
  readonly phase: 'Degraded' | 'Paused' | 'Progressing' | 'Healthy';
  /** Empty when it is Healthy. */
  readonly message: string;
}

/** The phase from spec and status; the first condition in the list that is bad decides the words. */
export function phaseOf(spec: RolloutSpec, status: RolloutStatus): PhaseAndMessage {
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'InvalidSpec') return { phase: 'Degraded', message: `InvalidSpec: ${condition.message}` };
    if (condition.reason === 'RolloutAborted' || condition.reason === 'ProgressDeadlineExceeded') {
      return { phase: 'Degraded', message: `${condition.reason}: ${condition.message}` };
    }
  }
  if (spec.paused === true) return { phase: 'Paused', message: 'manually paused' };
  const pause = status.pauseConditions?.[0];
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason };
  const missing = whatIsMissing(spec, status);
  return missing === null ? { phase: 'Healthy', message: '' } : { phase: 'Progressing', message: missing };
}

function whatIsMissing(spec: RolloutSpec, status: RolloutStatus): string | null {
  const updated = status.updatedReplicas ?? 0;
  if (updated < (spec.replicas ?? 1)) return 'more replicas need to be updated';
  if ((status.availableReplicas ?? 0) < updated) return 'updated replicas are still becoming available';
  const isRouted = spec.strategy?.canary?.trafficRouting?.nginx !== undefined;
  if (!isRouted && (status.replicas ?? 0) > updated) return 'old replicas are pending termination';
  const stable = status.stableRS ?? '';
  if (stable === '' || stable !== status.currentPodHash) return 'waiting for all steps to complete';
  return null;
}
