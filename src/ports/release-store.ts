import type { InputIssue } from '../domain/errors.ts';
import type { Cluster, Fleet, MetricSourceSpec } from '../domain/fleet.ts';
import type { Plan } from '../domain/plan.ts';
import type { ReleaseStatus } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';
import type { Approval, Freeze, ReleaseSpec, RollbackRequest, WavePlan } from '../domain/wave-plan.ts';
import type { Workload } from '../domain/workload.ts';

/** A Release object as the hub has it. */
export interface StoredRelease {
  readonly spec: ReleaseSpec;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: Instant;
  /** `null` until the daemon has planned it. */
  readonly status: ReleaseStatus | null;
  /** The plan hash that whoever started it insists on; `null` when any will do. */
  readonly expectedPlan: string | null;
}

/** What people declared and did, apart from releases. */
export interface HubState {
  readonly approvals: readonly Approval[];
  readonly freezes: readonly Freeze[];
  readonly requests: readonly RollbackRequest[];
  readonly tenantLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** What a plan is made from. */
export interface PlanningInput {
  readonly fleet: Fleet;
  readonly workloads: readonly Workload[];
  readonly wavePlans: readonly WavePlan[];
}

/** The outside systems that are declared. */
export interface Connections {
  readonly clusters: readonly Cluster[];
  readonly metricSources: readonly MetricSourceSpec[];
  /** What is wrong with those that are left out. */
  readonly issues: readonly InputIssue[];
}

/** The persisted runs of one release, held by one writer. */
export interface RunRecord {
  readonly runs: readonly TargetRun[];
  /**
   * Persists changed runs, batched by WaveRun.
   *
   * @throws ConflictError when another writer was first: load the record again.
   */
  save(runs: readonly TargetRun[]): Promise<void>;
}

/** The hub: Tidegate's own objects in the Kubernetes API. */
export interface ReleaseStore {
  /** Current releases and what people did, on every change. Ends with the signal. */
  watch(signal: AbortSignal): AsyncIterable<{ readonly releases: readonly StoredRelease[]; readonly hub: HubState }>;
  /** @throws InvalidInput when an object of the fleet is wrong. */
  loadPlanningInput(): Promise<PlanningInput>;
  /** Whom releases under way talk to; a wrong object keeps no other one away. */
  loadConnections(): Promise<Connections>;
  /** Writes the plan's slices once; a second time changes nothing. */
  savePlan(plan: Plan): Promise<void>;
  /** @throws TerminalError when slices are missing or were changed. */
  loadPlan(release: string, planHash: string): Promise<Plan>;
  /** @throws TerminalError when a record cannot be read. */
  openRuns(plan: Plan): Promise<RunRecord>;
  /** @throws ConflictError when the Release was deleted or somebody else wrote it since it was watched. */
  saveStatus(release: string, status: ReleaseStatus): Promise<void>;
}
