import type { Json } from '../../domain/workload.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';

/** One canary step; exactly one key. Steps that no generated Rollout has (`setCanaryScale`, `experiment`, …) are not modelled. */
export interface CanaryStep {
  /** 0…100 */
  readonly setWeight?: number;
  /** No duration: until somebody resumes. A duration is seconds or `10s`, `5m`, `1h`. */
  readonly pause?: { readonly duration?: number | string };
  readonly analysis?: AnalysisReference;
}

/** Which AnalysisTemplates a Rollout runs, and with what. */
export interface AnalysisReference {
  readonly templates?: readonly { readonly templateName: string }[];
  readonly args?: readonly AnalysisArgument[];
  /** Background analysis only. @default 0 */
  readonly startingStep?: number;
}

/** An argument as a Rollout gives it. */
export interface AnalysisArgument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly podTemplateHashValue?: 'Latest' | 'Stable';
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

/** An integer, or a string that Argo always reads as a percentage. */
export type IntOrPercent = number | string;

/** The canary strategy; of the traffic routers only nginx with one Ingress is modelled. */
export interface CanaryStrategy {
  readonly steps?: readonly CanaryStep[];
  readonly maxSurge?: IntOrPercent;
  readonly maxUnavailable?: IntOrPercent;
  readonly canaryService?: string;
  readonly stableService?: string;
  readonly analysis?: AnalysisReference;
  readonly trafficRouting?: { readonly nginx?: { readonly stableIngress?: string } };
  /** How long old pods stay after a promotion, with a router. @default 30 */
  readonly scaleDownDelaySeconds?: number;
  /** How long canary pods stay after an abort, with a router; 0 is no delay of its own. @default 30 */
  readonly abortScaleDownDelaySeconds?: number;
}

/** The PodTemplateSpec, as far as the model looks into it. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly containers?: readonly Container[]; readonly initContainers?: readonly Container[] };
}

/** A container, as far as the model looks into it. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: Json;
}

/** The part of the spec that the model obeys. */
export interface RolloutSpec {
  readonly replicas?: number;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly template: PodTemplate;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly progressDeadlineAbort?: boolean;
  readonly rollbackWindow?: { readonly revisions?: number };
  readonly strategy?: { readonly canary?: CanaryStrategy };
}

/** A condition of a Rollout; the order in the list matters, it decides the phase. */
export interface RolloutCondition {
  readonly type: 'Progressing' | 'Available' | 'Paused' | 'Completed' | 'Healthy' | 'ReplicaFailure' | 'InvalidSpec';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
}

/** Why the controller pauses. Added by the controller, removed by people. */
export interface PauseCondition {
  readonly reason: 'CanaryPauseStep' | 'InconclusiveAnalysisRun';
  readonly startTime: string;
}

/** What the router was told last. */
export interface TrafficWeights {
  readonly canary: WeightDestination;
  readonly stable: WeightDestination;
}

/** A side of the split. */
export interface WeightDestination {
  /** Percent. */
  readonly weight: number;
  readonly serviceName: string;
  readonly podTemplateHash: string;
}

/** The AnalysisRun that counts now. */
export interface AnalysisRunSummary {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
}

/** The status; a field that is absent has its zero value, as on the wire. */
export interface RolloutStatus {
  readonly observedGeneration?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly abort?: boolean;
  readonly abortedAt?: string;
  readonly promoteFull?: boolean;
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly currentStepHash?: string;
  readonly currentStepIndex?: number;
  readonly pauseConditions?: readonly PauseCondition[];
  readonly controllerPause?: boolean;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly HPAReplicas?: number;
  readonly selector?: string;
  readonly conditions?: readonly RolloutCondition[];
  readonly canary?: {
    readonly currentBackgroundAnalysisRunStatus?: AnalysisRunSummary;
    readonly currentStepAnalysisRunStatus?: AnalysisRunSummary;
    readonly weights?: TrafficWeights;
  };
  readonly blueGreen?: Json;
}

/** A Rollout as the model sees it. */
export interface Rollout extends KubernetesObject {
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus;
}

/** Sees an object of the store as a Rollout; the schema has been checked by the store. */
export function asRollout(object: KubernetesObject): Rollout {
  const status = object['status'] ?? {};
  return { ...object, status } as unknown as Rollout;
}

/** Pods wanted. @default 1 */
export function replicasOf(rollout: Rollout): number {
  return rollout.spec.replicas ?? 1;
}

/** The canary strategy; empty when there is none. */
export function canaryOf(rollout: Rollout): CanaryStrategy {
  return rollout.spec.strategy?.canary ?? {};
}

/** `true` when a router splits the traffic; else pods do. */
export function isRouted(rollout: Rollout): boolean {
  return canaryOf(rollout).trafficRouting?.nginx !== undefined;
}

/** The canary's steps, in order. */
export function stepsOf(rollout: Rollout): readonly CanaryStep[] {
  return canaryOf(rollout).steps ?? [];
}

/** `true` once the wanted template is the stable one. */
export function isFullyPromoted(rollout: Rollout): boolean {
  return rollout.status.currentPodHash === rollout.status.stableRS;
}

/** The pause of this reason, when there is one. */
export function pauseOf(rollout: Rollout, reason: PauseCondition['reason']): PauseCondition | undefined {
  return rollout.status.pauseConditions?.find((pause) => pause.reason === reason);
}

/** The revision that the controller has written on an object; 0 before the first. */
export function revisionOf(object: KubernetesObject): number {
  return Number(object.metadata.annotations?.[REVISION_ANNOTATION] ?? 0);
}

export const REVISION_ANNOTATION = 'rollout.argoproj.io/revision';
export const REVISION_HISTORY_ANNOTATION = 'rollout.argoproj.io/revision-history';
export const DESIRED_REPLICAS_ANNOTATION = 'rollout.argoproj.io/desired-replicas';
/** On a ReplicaSet: when its pods go, with a router. The key has no prefix. */
export const SCALE_DOWN_DEADLINE_ANNOTATION = 'scale-down-deadline';
export const POD_HASH_LABEL = 'rollouts-pod-template-hash';
