import type { AnalysisSpec, RolloutArg } from './analysis-template.ts';

/** A JSON value; what Kubernetes objects are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A value per tier; `default` serves the tiers that are not named. */
export type PerTier<T> = Readonly<Record<string, T>>;

/** The value of a tier, or that of `default`; `undefined` when neither is there. */
export function ofTier<T>(values: PerTier<T>, tier: string): T | undefined {
  return Object.hasOwn(values, tier) ? values[tier] : values['default'];
}

/** A port of the generated Service and container. */
export interface WorkloadPort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string;
}

/** Tidegate writes the Rollout itself. */
export interface GenerateSource {
  readonly kind: 'generate';
  /** A PodTemplateSpec; strings may contain `${tenant.name}`, `${tenant.id}`, `${tenant.tier}`, `${target.namespace}`, `${cluster.name}`. */
  readonly template: JsonObject;
  readonly ports: readonly WorkloadPort[];
  /** Pods of a new target; never written again afterwards. */
  readonly replicas: PerTier<number>;
  /** Fields of the PodSpec laid over the template's, per tier. */
  readonly tiers: PerTier<JsonObject>;
  /** Seconds a ReplicaSet may take to make progress. @default 600 */
  readonly progressDeadlineSeconds: number;
}

/** A Rollout that others made: a release changes the images of its named containers and its canary steps, and nothing else. */
export interface ExistingSource {
  readonly kind: 'existing';
  /** Name of the Rollout in every namespace of the fleet. */
  readonly rollout: string;
  /** Container (init containers too) → key of its image in a release's version. */
  readonly containers: Readonly<Record<string, string>>;
  /** Pods that its targets have, for effective weights; never written. `null`: not known. */
  readonly replicas: PerTier<number> | null;
}

/** A service level objective: a share of good events of all events. */
export type Slo = RatioSlo | LatencySlo;

/** Good and total as PromQL selectors of counters. */
export interface RatioSlo {
  readonly kind: 'ratio';
  readonly name: string;
  readonly good: string;
  readonly total: string;
  /** Share of good events wanted, 0…1 exclusive. */
  readonly objective: PerTier<number>;
}

/** The share of requests below a bound, from a classic histogram's buckets. */
export interface LatencySlo {
  readonly kind: 'latency';
  readonly name: string;
  /** Name of the histogram without `_bucket`; may carry a selector. */
  readonly histogram: string;
  /** Bound in seconds; must be one of the histogram's bucket bounds. */
  readonly belowSeconds: PerTier<number>;
  readonly objective: PerTier<number>;
}

/** A team's own AnalysisTemplate, asked of every target beside the SLOs. */
export interface WorkloadAnalysis {
  readonly name: string;
  /** The spec of Argo's AnalysisTemplate, as the team has it. */
  readonly template: AnalysisSpec;
  /** As a Rollout gives them; texts may contain `${target.namespace}` and the other placeholders. */
  readonly args: readonly RolloutArg[];
}

/** What is delivered, whoever makes its Rollouts. */
interface Delivered<Source> {
  readonly name: string;
  readonly source: Source;
  readonly slos: readonly Slo[];
  readonly analyses: readonly WorkloadAnalysis[];
}

/** A workload whose Rollouts Tidegate writes itself. */
export type GeneratedWorkload = Delivered<GenerateSource>;

/** A workload whose Rollouts others made. */
export type ExistingWorkload = Delivered<ExistingSource>;

export type Workload = GeneratedWorkload | ExistingWorkload;

/** Whether Tidegate writes the Rollouts of a workload itself. */
export function isGenerated(workload: Workload): workload is GeneratedWorkload {
  return workload.source.kind === 'generate';
}

/** Whether the Rollouts of a workload are somebody else's. */
export function isExisting(workload: Workload): workload is ExistingWorkload {
  return workload.source.kind === 'existing';
}
