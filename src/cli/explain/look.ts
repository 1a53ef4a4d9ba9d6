import pLimit from 'p-limit';
import { catchUp } from '../../controller/catch-up.ts';
import { askSource } from '../../controller/measurer.ts';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { Cluster, Fleet } from '../../domain/fleet.ts';
import type { PlanTarget, TargetId } from '../../domain/plan.ts';
import { FINAL_PHASES } from '../../domain/release-status.ts';
import { kinds } from '../../ports/kinds.ts';
import type { HubState, ReleaseStore, StoredRelease } from '../../ports/release-store.ts';
import { wantedAnalyses } from '../../release/analyses/wanted-analyses.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';
import { paceAtAGlance } from '../../release/pace.ts';
import { indexPlan } from '../../release/plan-index.ts';
import type { ClusterState, Snapshot } from '../../release/snapshot.ts';
import { wantedMeasurements } from '../../release/wanted-measurements.ts';
import type { HubConnection } from '../composition.ts';

/** What the hub says now, read once. */
export interface HubLook {
  readonly releases: readonly StoredRelease[];
  readonly hub: HubState;
  readonly fleet: Fleet;
}

const READS_AT_ONCE = 16;
/** A source that does not answer by then is told as such. */
const MEASURE_DEADLINE_MS = 10_000;

/** What the store follows beside the fleet; it waits for as long as one of them is refused. */
const FOLLOWED = [kinds.release, kinds.approval, kinds.freeze, kinds.rollback];

/** Reads the hub once. @throws TransientError when it cannot be reached, TerminalError when a right is missing */
export async function lookAtHub(hub: HubConnection, store: ReleaseStore): Promise<HubLook> {
  const { fleet } = await store.loadPlanningInput();
  await Promise.all(FOLLOWED.map((kind) => hub.api.list(kind, { namespace: hub.namespace, limit: 1 })));
  const enough = new AbortController();
  try {
    for await (const { releases, hub: state } of store.watch(enough.signal)) return { releases, hub: state, fleet };
  } finally {
    enough.abort();
  }
  throw new TransientError(`reading the releases of ${hub.description}: the watch ended before the first answer`);
}

/** What the daemon would decide on about a tenant's waves. The release has a plan. */
export async function lookAtTenant(
  hub: HubConnection,
  store: ReleaseStore,
  look: HubLook,
  release: StoredRelease,
  tenant: string,
): Promise<Snapshot> {
  const status = release.status!;
  const plan = await store.loadPlan(release.spec.name, status.planHash!);
  const runs = new Map((await store.openRuns(plan)).runs.map((run) => [run.target, run]));
  const index = indexPlan(plan);
  const waves = plan.waves.filter(({ targets }) => targets.some(({ tenants }) => tenants.includes(tenant)));
  const seen = await lookAtTargets(
    hub,
    look.fleet.clusters,
    waves.flatMap(({ targets }) => targets),
  );
  const epochs = [...seen.targets.values()].map((one) => (one === 'absent' ? 0 : (one.epoch ?? 0)));
  const snapshot: Snapshot = {
    release: release.spec.name,
    index,
    status,
    runs,
    epoch: Math.max(0, ...epochs),
    ...seen,
    measurements: new Map(),
    analyses: new Map(),
    preflight: new Map(),
    approvals: look.hub.approvals.filter((one) => one.release === release.spec.name),
    freezes: look.hub.freezes,
    requests: look.hub.requests,
    tenantLabels: look.hub.tenantLabels,
    refusals: new Map(),
    busy: await busyTargets(store, look.releases, release),
    inFlight: new Set(),
  };
  return { ...snapshot, ...(await measureOnce(hub, look.fleet, snapshot)) };
}

async function lookAtTargets(hub: HubConnection, clusters: readonly Cluster[], targets: readonly PlanTarget[]) {
  const limit = pLimit(READS_AT_ONCE);
  const states = new Map<string, ClusterState>();
  const found = new Map<TargetId, ObservedTarget | 'absent'>();
  const now = hub.clock.now();
  const apis = new Map(
    clusters
      .filter(({ name }) => targets.some(({ cluster }) => cluster === name))
      .map((cluster) => [cluster.name, hub.connectCluster(cluster)]),
  );
  const lookAt = async ({ id, cluster, namespace, rollout }: PlanTarget): Promise<void> => {
    try {
      const object = await apis.get(cluster)?.get({ kind: kinds.rollout, namespace, name: rollout });
      found.set(id, object === undefined ? 'absent' : projectRollout(object));
      if (!states.has(cluster)) states.set(cluster, { kind: 'fresh' });
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof TerminalError)) throw error;
      states.set(cluster, { kind: 'stale', sinceAt: now, message: error.message });
    }
  };
  await Promise.all(targets.map((target) => limit(() => lookAt(target))));
  const seenOf = (name: string) =>
    targets.flatMap(({ id, cluster }) => {
      const observed = found.get(id);
      return cluster !== name || observed === undefined || observed === 'absent' ? [] : [observed];
    });
  const pace = new Map([...states.keys()].map((name) => [name, paceAtAGlance(seenOf(name))]));
  return { targets: found, clusters: states, pace };
}

/** Targets of releases that came earlier and are not over. */
async function busyTargets(
  store: ReleaseStore,
  releases: readonly StoredRelease[],
  release: StoredRelease,
): Promise<ReadonlyMap<TargetId, string>> {
  const busy = new Map<TargetId, string>();
  for (const { spec, status, createdAt } of releases) {
    if (spec.name === release.spec.name || createdAt > release.createdAt) continue;
    if (status?.planHash == null || FINAL_PHASES.has(status.phase)) continue;
    const plan = await store.loadPlan(spec.name, status.planHash);
    for (const wave of plan.waves) for (const target of wave.targets) busy.set(target.id, spec.name);
  }
  return busy;
}

async function measureOnce(
  hub: HubConnection,
  fleet: Fleet,
  snapshot: Snapshot,
): Promise<Pick<Snapshot, 'measurements' | 'analyses'>> {
  const at = hub.clock.now();
  const sources = new Map(fleet.metricSources.map((source) => [source.name, hub.openSource(source)]));
  const isOver = FINAL_PHASES.has(snapshot.status.phase);
  const wanted = isOver ? [] : wantedMeasurements(snapshot);
  const analyses = catchUp(
    sources,
    hub.clock,
    isOver ? [] : wantedAnalyses(snapshot),
    AbortSignal.timeout(MEASURE_DEADLINE_MS),
  );
  const answers = wanted.map(async (one) => {
    const signal = AbortSignal.timeout(MEASURE_DEADLINE_MS);
    return [one.key, await askSource(sources.get(one.source), one, at, signal)] as const;
  });
  return { measurements: new Map(await Promise.all(answers)), analyses: await analyses };
}
