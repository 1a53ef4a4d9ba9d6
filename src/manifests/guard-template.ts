import { guardQuery } from '../analysis/guard-query.ts';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { MeasuredSlo } from '../domain/plan.ts';
import type { JsonObject } from '../domain/workload.ts';
import { guardName } from './names.ts';

/** The guard tolerates this many times the errors that the objective allows: Tidegate judges, the guard stops disasters. */
const BUDGETS_TOLERATED = 5;
const FAILURES_TOLERATED = 2;
/** Out of reach: an empty answer or a Prometheus that is away must never abort a fleet. */
const ERRORS_TOLERATED = 1_000_000;
/** A shared pool's guard watches its heaviest tenants; thousands of names would not fit into an AnalysisRun. */
const TENANTS_WATCHED = 200;

/** The argument that Argo fills with the pod hash of the new revision. */
export const LATEST_HASH = 'latest-hash';

/** One SLO of the target's tier. */
export interface GuardedSlo {
  readonly name: string;
  readonly measured: MeasuredSlo;
  /** 0…1 */
  readonly objective: number;
}

/** What the guard of one target watches. */
export interface GuardInput {
  readonly cluster: string;
  readonly source: MetricSourceSpec;
  /** Values of the tenant label, heaviest tenant first. */
  readonly tenantIds: readonly string[];
  readonly slos: readonly GuardedSlo[];
  readonly windowMs: number;
  readonly minRequests: number;
}

/** A guard's spec, or why the cluster cannot watch this target by itself. */
export type Guard =
  | { readonly kind: 'guard'; readonly spec: JsonObject }
  | { readonly kind: 'none'; readonly reason: string; readonly message: string };

/** The share of good events below which the cluster aborts by itself; always below the objective, always above 0. */
export function guardThreshold(objective: number): number {
  const budget = 1 - objective;
  const tolerated = Math.min(BUDGETS_TOLERATED * budget, (1 + budget) / 2);
  return Math.round((1 - tolerated) * 1e6) / 1e6;
}

/** The spec of the AnalysisTemplate that watches the new pods while Tidegate is down (real-controller.md, 7). */
export function guardSpec(input: GuardInput): Guard {
  if (input.slos.length === 0) return none('NoSlo', 'the workload has no slo');
  if (input.source.auth.kind === 'secretRef') {
    const secret = `${input.source.auth.namespace}/${input.source.auth.name}`;
    return none('SourceNeedsSecret', `source ${input.source.name} needs secret ${secret}, which stays in the hub`);
  }
  const metrics: JsonObject[] = [];
  for (const slo of input.slos) {
    const query = guardQuery({
      ...input,
      measured: slo.measured,
      tenantIds: input.tenantIds.slice(0, TENANTS_WATCHED),
    });
    if (query.kind === 'problem') return none(query.reason, query.message);
    metrics.push(metric(slo, query.query, input));
  }
  return { kind: 'guard', spec: { args: [{ name: LATEST_HASH }], metrics } };
}

/** The guard AnalysisTemplate of a Rollout, without labels. */
export function guardTemplate(rollout: string, namespace: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: guardName(rollout), namespace },
    spec,
  };
}

function metric(slo: GuardedSlo, query: string, input: GuardInput): JsonObject {
  return {
    consecutiveErrorLimit: ERRORS_TOLERATED,
    // No success condition: an empty answer is then neither a failure nor inconclusive.
    failureCondition: `len(result) > 0 && result[0] < ${guardThreshold(slo.objective)}`,
    failureLimit: FAILURES_TOLERATED,
    initialDelay: `${Math.ceil(input.windowMs / 1000)}s`,
    interval: '60s',
    name: slo.name,
    provider: { prometheus: prometheus(input.source, query) },
  };
}

function prometheus(source: MetricSourceSpec, query: string): JsonObject {
  const headers = Object.entries(source.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    address: source.url,
    ...(headers.length > 0 ? { headers: headers.map(([key, value]) => ({ key, value })) } : {}),
    query,
  };
}

function none(reason: string, message: string): Guard {
  return { kind: 'none', reason, message };
}
