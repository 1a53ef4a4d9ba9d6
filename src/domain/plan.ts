import type { AnalysisPolicy, RollbackScope, Window } from './wave-plan.ts';
import type { WorkloadAnalysis } from './workload.ts';

/** `cluster/namespace/rollout`. */
export type TargetId = string & { readonly __targetId: unique symbol };

/** Names a target: one Rollout in one namespace of one cluster. */
export function targetId(cluster: string, namespace: string, rollout: string): TargetId {
  return `${cluster}/${namespace}/${rollout}` as TargetId;
}

/** A tenant as the plan fixed it. */
export interface PlanTenant {
  readonly name: string;
  readonly id: string;
  readonly tier: string;
  readonly weight: number;
}

/** A canary step; `effectivePercent` is what the replicas really give (no router). */
export interface PlanStep {
  readonly weightPercent: number;
  readonly effectivePercent: number;
}

/** One Rollout, its tenants and the bytes that will be written. */
export interface PlanTarget {
  readonly id: TargetId;
  readonly cluster: string;
  readonly namespace: string;
  readonly rollout: string;
  readonly kind: 'pool' | 'dedicated';
  /** The strictest tier inside it. */
  readonly tier: string;
  /** Names, sorted. */
  readonly tenants: readonly string[];
  /** Pods a new target starts with, or that an adopted one is said to have; `null`: not known. */
  readonly replicas: number | null;
  readonly steps: readonly PlanStep[];
  /** Digest (key of `Plan.manifests`) of the Rollout; of an adopted one of just the fields that are written. */
  readonly rolloutManifest: string;
  /** Digests of AnalysisTemplates, Services, PodDisruptionBudget, in the order they are written. */
  readonly supportManifests: readonly string[];
}

/** What is counted: good and all events, without a tenant or revision yet. */
export type MeasuredSlo =
  | { readonly kind: 'ratio'; readonly good: string; readonly total: string }
  | { readonly kind: 'latency'; readonly histogram: string; readonly belowSeconds: number };

/** One question to one source on behalf of all targets of a tier in a wave. */
export interface PlanMeasurement {
  /** `availability/enterprise@prom-eu`: unique in a plan. */
  readonly key: string;
  readonly slo: string;
  readonly tier: string;
  readonly source: string;
  readonly measured: MeasuredSlo;
  /** Share of good events wanted, 0…1. */
  readonly objective: number;
  /** PromQL for people to read, window and tenants filled in. */
  readonly query: string;
}

/** A wave with everything resolved to integers. */
export interface PlanWave {
  readonly name: string;
  readonly maxConcurrency: number;
  readonly maxFailures: number;
  readonly bakeStepMs: number;
  readonly bakeWaveMs: number;
  readonly targetDeadlineMs: number;
  readonly waveDeadlineMs: number;
  readonly analysis: AnalysisPolicy;
  readonly requiredApprovals: number;
  readonly windows: readonly Window[];
  readonly onFailure: RollbackScope;
  /** In the order they start. */
  readonly targets: readonly PlanTarget[];
  readonly measurements: readonly PlanMeasurement[];
}

/** A tenant that this release does not reach, and why. */
export interface LeftOut {
  readonly tenant: string;
  readonly reason: 'Held' | 'OutOfScope' | 'NoPlacement' | 'PoolMateHeld';
  readonly message: string;
}

/** What a reader should know before signing. */
export interface PlanFinding {
  readonly severity: 'error' | 'warning';
  readonly reason: string;
  readonly subject: string;
  readonly message: string;
}

/** A MetricSource as the plan uses it. */
export interface PlanSource {
  readonly name: string;
  readonly scrapeIntervalMs: number;
  readonly tellsRevisions: boolean;
}

/** The immutable answer to "who gets it, in which order, under which gates". */
export interface Plan {
  /** SHA-256 over the canonical JSON of everything below, hex. */
  readonly hash: string;
  readonly schema: 1;
  readonly release: string;
  readonly workload: string;
  /** `existing`: the Rollouts are others', their images and canary steps alone are written. */
  readonly source: 'generate' | 'existing';
  readonly wavePlan: string;
  readonly version: { readonly name: string; readonly images: Readonly<Record<string, string>> };
  readonly waves: readonly PlanWave[];
  /** Asked of every target beside the SLOs; left out where there are none, as in plans of older versions. */
  readonly analyses?: readonly WorkloadAnalysis[];
  readonly rollback: { readonly order: readonly string[]; readonly maxConcurrency: number };
  readonly tenants: readonly PlanTenant[];
  readonly leftOut: readonly LeftOut[];
  readonly sources: readonly PlanSource[];
  readonly clusterSources: Readonly<Record<string, string>>;
  readonly findings: readonly PlanFinding[];
  /** Digest → canonical JSON text of a rendered object. */
  readonly manifests: Readonly<Record<string, string>>;
}
