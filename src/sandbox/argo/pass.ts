import type { Instant } from '../../domain/time.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { ModelStore } from '../model-store.ts';
import { type AnalysisRun } from './analysis-run.ts';
import type { PauseIntent } from './pause.ts';
import type { ReplicaSetRoles } from './replica-counts.ts';
import { podHashOf, type ReplicaSet } from './replica-set.ts';
import type { AnalysisRunSummary, Rollout, RolloutStatus, TrafficWeights } from './rollout.ts';

/** What every pass of the controller works with. */
export interface PassEnvironment {
  readonly store: ModelStore;
  readonly now: () => Instant;
  /** ReplicaSets that the Rollout owns, oldest first. */
  readonly replicaSetsOf: (rollout: Rollout) => readonly ReplicaSet[];
  readonly analysisRunsOf: (rollout: Rollout) => readonly AnalysisRun[];
  readonly findTemplate: (namespace: string, name: string) => KubernetesObject | undefined;
  readonly findService: (namespace: string, name: string) => KubernetesObject | undefined;
  /** Looks at the Rollout again after so long. */
  readonly lookAgainAfter: (ms: number) => void;
}

/** One look of the controller at one Rollout: what it read, what it decides, what it has written. */
export interface Pass {
  readonly environment: PassEnvironment;
  /** The Rollout as it was read, and as the controller itself has changed its spec and metadata since. */
  rollout: Rollout;
  roles: ReplicaSetRoles;
  /** All ReplicaSets that were read, the new one included. */
  all: readonly ReplicaSet[];
  readonly intent: PauseIntent;
  background: AnalysisRunSummary | undefined;
  stepRun: AnalysisRunSummary | undefined;
  /** What the router was told, in this pass or before. */
  weights: TrafficWeights | undefined;
  /** The object as the API server answered the last write of this pass: what goes into the cache at its end. */
  written: KubernetesObject | null;
  /** Name of the ReplicaSet that this pass has created; the controller-manager has touched it by the time it is scaled. */
  created: string | null;
  /** A ReplicaSet could not be scaled, its copy here is too old: the pass ends without a status. */
  hasConflict: boolean;
}

/** What is left to do when a pass has thought long enough. */
export type PassEnd =
  /** The status to patch, computed from what the pass read; `null` when nothing differs. */
  | { readonly kind: 'status'; readonly patch: { readonly status: Record<string, unknown> } | null }
  /** The spec is invalid or a write was refused: nothing else is done, tried again with growing gaps. */
  | { readonly kind: 'retry' };

/** Sorts the ReplicaSets of a Rollout into new, stable and others. */
export function rolesOf(status: RolloutStatus, all: readonly ReplicaSet[], wantedHash: string): ReplicaSetRoles {
  const canary = all.find((replicaSet) => podHashOf(replicaSet) === wantedHash);
  const stableHash = status.stableRS ?? '';
  const stable = stableHash === '' ? undefined : all.find((replicaSet) => podHashOf(replicaSet) === stableHash);
  return { canary, stable, others: all.filter((replicaSet) => replicaSet !== canary && replicaSet !== stable) };
}

/** The instant as Kubernetes writes it: whole seconds. */
export function timeText(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
