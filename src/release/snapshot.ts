import type { PlanMeasurement, PlanWave, TargetId } from '../domain/plan.ts';
import type { ReleaseStatus } from '../domain/release-status.ts';
import type { RowCounts } from '../domain/series-seen.ts';
import type { TargetRun } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';
import type { Approval, Freeze, RollbackRequest } from '../domain/wave-plan.ts';
import type { AnalysisState } from './analyses/analysis-state.ts';
import type { ObservedTarget } from './observed-target.ts';
import type { ClusterPace } from './pace.ts';
import type { PlanIndex } from './plan-index.ts';

/** Whether what we see of a cluster is fresh. */
export type ClusterState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale'; readonly sinceAt: Instant; readonly message: string };

/** The last answer of a source to one measurement. */
export type MeasurementState =
  | { readonly kind: 'counts'; readonly at: Instant; readonly rows: ReadonlyMap<string, RowCounts> }
  | {
      readonly kind: 'unavailable';
      readonly at: Instant;
      /** `SourceUnavailable`, or what the source's trouble is called: `PartialAnswer`, `ClockSkew`. */
      readonly reason: string;
      readonly message: string;
    };

/** Something found before a wave moves. */
export interface PreflightFinding {
  readonly severity: 'error' | 'warning';
  readonly target: TargetId | null;
  readonly reason: string;
  readonly message: string;
}

/** Preflight of one wave; `pending` until it has been gathered. */
export type PreflightState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'done'; readonly findings: readonly PreflightFinding[] };

/** Everything one decision looks at; small projections, never raw objects. */
export interface Snapshot {
  readonly release: string;
  readonly index: PlanIndex;
  /** As persisted. */
  readonly status: ReleaseStatus;
  /** As persisted. */
  readonly runs: ReadonlyMap<TargetId, TargetRun>;
  readonly epoch: number;
  /** A target that is not in the map has not been seen yet. */
  readonly targets: ReadonlyMap<TargetId, ObservedTarget | 'absent'>;
  readonly clusters: ReadonlyMap<string, ClusterState>;
  /** By name of the cluster; one that is not in the map is not measured, and bounds nothing. */
  readonly pace: ReadonlyMap<string, ClusterPace>;
  readonly measurements: ReadonlyMap<string, MeasurementState>;
  /** Runs of analyses, by `analysisKey`. */
  readonly analyses: ReadonlyMap<string, AnalysisState>;
  /** By wave index. */
  readonly preflight: ReadonlyMap<number, PreflightState>;
  readonly approvals: readonly Approval[];
  readonly freezes: readonly Freeze[];
  readonly requests: readonly RollbackRequest[];
  readonly tenantLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Targets on which another unfinished release acts, and which. */
  readonly busy: ReadonlyMap<TargetId, string>;
  /** Targets whose last command was refused for good, and how: a person has to act. */
  readonly refusals: ReadonlyMap<TargetId, string>;
  /** Targets with a command under way. */
  readonly inFlight: ReadonlySet<TargetId>;
}

/** Plans never change, so what a measurement asks is spelled once. */
const questions = new WeakMap<PlanMeasurement, string>();

/** Names a measurement across waves: equal questions are asked once. */
export function measurementKey(measurement: PlanMeasurement, wave: PlanWave): string {
  let question = questions.get(measurement);
  if (question === undefined) {
    question = `${measurement.source}|${JSON.stringify(measurement.measured)}`;
    questions.set(measurement, question);
  }
  return `${question}|${wave.analysis.windowMs}`;
}

/** Names one row of an answer. */
export function rowKey(cluster: string, tenantId: string, revision: string): string {
  return `${cluster}|${tenantId}|${revision}`;
}
