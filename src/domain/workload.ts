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

/** What is delivered. */
export interface Workload {
  readonly name: string;
  readonly source: GenerateSource;
  readonly slos: readonly Slo[];
}
