import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import type { Condition, Milestone, RolloutState, Scenario } from './scenario.ts';

interface SeenStatus {
  readonly phase?: string;
  readonly message?: string;
  readonly currentStepIndex?: number;
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly observedGeneration?: string;
  readonly pauseConditions?: readonly { readonly reason: string }[];
  readonly controllerPause?: boolean;
  readonly abort?: boolean;
  readonly abortedAt?: string;
  readonly promoteFull?: boolean;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly canary?: {
    readonly weights?: { readonly canary: { readonly weight: number } } | null;
    readonly currentBackgroundAnalysisRunStatus?: { readonly status?: string };
    readonly currentStepAnalysisRunStatus?: { readonly status?: string };
  };
}

/** Names pod hashes r1, r2, … in the order in which they first appear. */
export class Revisions {
  readonly #hashes: string[] = [];

  /** The name of a hash; a new one is numbered. `undefined` of none. */
  nameOf(hash: string | undefined): string | undefined {
    if (!hash) return undefined;
    if (!this.#hashes.includes(hash)) this.#hashes.push(hash);
    return `r${this.#hashes.indexOf(hash) + 1}`;
  }

  /** The value, or the name of the revision where it is a hash that has appeared. */
  named(value: unknown): unknown {
    return typeof value === 'string' && this.#hashes.includes(value) ? this.nameOf(value) : value;
  }

  /** The hash behind a name. */
  hashOf(name: string): string | undefined {
    return this.#hashes[Number(name.slice(1)) - 1];
  }
}

/** Projects a Rollout to what is the same in every run. */
export function stateOf(rollout: KubernetesObject, revisions: Revisions): RolloutState {
  const status = (rollout['status'] ?? {}) as SeenStatus;
  const pause = (status.pauseConditions ?? []).map((condition) => condition.reason);
  return dropEmpty({
    phase: status.phase || 'None',
    step: status.currentStepIndex,
    current: revisions.nameOf(status.currentPodHash),
    stable: revisions.nameOf(status.stableRS),
    behind: status.observedGeneration !== String(rollout.metadata.generation),
    pause,
    controllerPause: status.controllerPause,
    abort: status.abort,
    aborted: status.abortedAt !== undefined,
    promoteFull: status.promoteFull,
    reason: status.phase === 'Degraded' ? status.message?.split(/[:\s]/)[0] : undefined,
    background: status.canary?.currentBackgroundAnalysisRunStatus?.status,
    analysis: status.canary?.currentStepAnalysisRunStatus?.status,
    replicaFailure: status.conditions?.some(({ type, status }) => type === 'ReplicaFailure' && status === 'True'),
    weight: status.canary?.weights?.canary.weight,
  });
}

/** Whether every key of the condition has this value in the state; `pause: []` means not paused, `false` not there. */
export function holds(condition: Condition, state: RolloutState): boolean {
  return Object.entries(condition).every(([key, wanted]) => {
    const nothing = Array.isArray(wanted) ? [] : wanted === false ? false : undefined;
    return isDeepStrictEqual(state[key as keyof RolloutState] ?? nothing, wanted);
  });
}

/**
 * Merges states that follow each other and are equal, and drops what is volatile. A command between them makes no difference: an event of the
 * state before may arrive just after it.
 */
export function collapse(milestones: readonly Milestone[], volatile: readonly Milestone[] = []): Milestone[] {
  const collapsed: Milestone[] = [];
  let lastState: Milestone | null = null;
  for (const milestone of milestones) {
    if (volatile.some((one) => isDeepStrictEqual(one, milestone))) continue;
    const isCommand = 'did' in milestone;
    if (!isCommand && isDeepStrictEqual(lastState, milestone)) continue;
    if (!isCommand) lastState = milestone;
    collapsed.push(milestone);
  }
  return collapsed;
}

/** The milestones that count: without the scenario's volatile ones. Compare these of a run with the recorded ones. */
export function comparable(scenario: Scenario, milestones: readonly Milestone[]): Milestone[] {
  return collapse(milestones, scenario.volatile);
}

function dropEmpty(fields: Readonly<Record<string, unknown>>): RolloutState {
  const kept = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as RolloutState;
}
