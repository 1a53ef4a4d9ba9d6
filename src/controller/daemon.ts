import { InvalidInput, isAdapterError, TerminalError } from '../domain/errors.ts';
import type { Cluster, MetricSourceSpec } from '../domain/fleet.ts';
import type { TargetId } from '../domain/plan.ts';
import { FINAL_PHASES } from '../domain/release-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { Connections, HubState, ReleaseStore, StoredRelease } from '../ports/release-store.ts';
import { cannotGoOn } from '../release/cannot-go-on.ts';
import { indexPlan } from '../release/plan-index.ts';
import type { ClusterState } from '../release/snapshot.ts';
import { type ClusterObserver, observeCluster } from './cluster-observer.ts';
import { planNewRelease } from './new-release.ts';
import { createReleaseSession, type ReleaseSession, type SessionEvent } from './release-session.ts';
import { createSourceBook, type SourceEvent } from './source-book.ts';

/** What the daemon tells; composition turns it into logs and metrics. */
export type DaemonEvent =
  | SessionEvent
  | SourceEvent
  | { readonly type: 'leading'; readonly epoch: number }
  | { readonly type: 'following'; readonly holder: string | null }
  | { readonly type: 'sessionStarted' | 'sessionEnded'; readonly release: string }
  | { readonly type: 'retrying'; readonly release: string; readonly error: Error }
  /** What the hub has, on every change. */
  | {
      readonly type: 'releasesSeen';
      readonly releases: readonly StoredRelease[];
      readonly tenantLabels: HubState['tenantLabels'];
    }
  /** A cluster has become fresh, or has ceased to be. */
  | { readonly type: 'clusterState'; readonly cluster: string; readonly state: ClusterState }
  /** Its targets wait; every other cluster goes on. */
  | { readonly type: 'clusterUnusable'; readonly cluster: string; readonly error: Error };

/** Everything the daemon works with. */
export interface DaemonWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: ReleaseStore;
  readonly leadership: Leadership;
  /** @throws TerminalError when its access cannot be used. */
  readonly connect: (cluster: Cluster) => KubernetesApi;
  readonly openSource: (source: MetricSourceSpec) => MetricSource;
  readonly report: (event: DaemonEvent) => void;
}

const RETRY_MS = 1_000;
/** What cannot work as it is, is mended by people. */
const REFUSED_RETRY_MS = 30_000;

/** Leads or follows until the signal aborts; releases leadership at the end. */
export async function runDaemon(world: DaemonWorld, signal: AbortSignal): Promise<void> {
  let term: AbortController | null = null;
  let leading: Promise<void> = Promise.resolve();
  for await (const state of world.leadership.run(signal)) {
    term?.abort();
    await leading;
    if (state.kind === 'following') {
      world.report({ type: 'following', holder: state.holder });
      continue;
    }
    world.report({ type: 'leading', epoch: state.epoch });
    term = new AbortController();
    leading = lead(world, AbortSignal.any([signal, term.signal]));
  }
  term?.abort();
  await leading;
  await world.leadership.release();
}

/** One term of leadership. */
async function lead(world: DaemonWorld, signal: AbortSignal): Promise<void> {
  const term = createTerm(world, signal);
  for await (const state of world.store.watch(signal)) term.take(state.releases, state.hub);
  await term.ended();
}

/** What lives for one term: connections, sessions, the last state of the hub. */
function createTerm(world: DaemonWorld, signal: AbortSignal) {
  const clusters = new Map<string, ClusterObserver>();
  const told = new Map<string, string>();
  /** How each cluster is reached, and what ends that. */
  const ways = new Map<string, { readonly access: string; readonly end: AbortController }>();
  const book = createSourceBook({ ...world, store: { loadConnections } });
  const sessions = new Map<string, { readonly session: ReleaseSession; readonly end: AbortController }>();
  const work = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  let releases: readonly StoredRelease[] = [];
  let hub: HubState = { approvals: [], freezes: [], requests: [], tenantLabels: new Map() };

  const wakeAll = () => {
    for (const { session } of sessions.values()) session.wake();
  };

  function track(task: Promise<void>): void {
    running.add(task);
    void task.finally(() => running.delete(task));
  }

  /** What is declared now; clusters that are new, or reached in another way than before, are connected to at once. */
  async function loadConnections(): Promise<Connections> {
    const connections = await world.store.loadConnections();
    for (const cluster of connections.clusters) {
      const before = ways.get(cluster.name);
      if (before?.access === JSON.stringify(cluster.access)) continue;
      before?.end.abort();
      connectTo(cluster);
    }
    return connections;
  }

  /** A cluster that cannot be used leaves the others alone. */
  function connectTo(cluster: Cluster): void {
    const end = new AbortController();
    try {
      const observer = observeCluster(world.connect(cluster), world.clock, world.random, () => {
        tellState(observer);
        wakeAll();
      });
      clusters.set(cluster.name, observer);
      ways.set(cluster.name, { access: JSON.stringify(cluster.access), end });
      track(observer.run(AbortSignal.any([signal, end.signal])));
    } catch (error) {
      if (!(error instanceof TerminalError || error instanceof InvalidInput)) throw error;
      world.report({ type: 'clusterUnusable', cluster: cluster.name, error });
    }
  }

  /** A cluster that stays away is told of once, and again when it does so in another way. */
  function tellState(observer: ClusterObserver): void {
    const { cluster } = observer;
    const state = observer.state();
    const text = state.kind === 'fresh' ? state.kind : state.message;
    if (told.get(cluster) === text) return;
    told.set(cluster, text);
    world.report({ type: 'clusterState', cluster, state });
  }

  /** Targets of releases that came earlier and are not finished. */
  function busyFor(release: string): ReadonlyMap<TargetId, string> {
    const busy = new Map<TargetId, string>();
    const rank = new Map(
      releases.map((one) => [one.spec.name, `${String(one.createdAt).padStart(16, '0')} ${one.spec.name}`]),
    );
    for (const [name, { session }] of sessions) {
      if (name === release || FINAL_PHASES.has(session.status().phase)) continue;
      if ((rank.get(name) ?? '') > (rank.get(release) ?? '')) continue;
      for (const target of session.index.targets.keys()) busy.set(target, name);
    }
    return busy;
  }

  function epoch(): number | null {
    const state = world.leadership.state();
    return state.kind === 'leading' && !signal.aborted ? state.epoch : null;
  }

  async function openSession(release: StoredRelease): Promise<void> {
    const { name } = release.spec;
    const { status } = release;
    book.take(await loadConnections());
    if (status === null) return planNewRelease(world.store, release, releases, world.clock);
    if (status.planHash === null) return;
    const plan = await world.store.loadPlan(name, status.planHash);
    const record = await world.store.openRuns(plan);
    const end = new AbortController();
    const { clock, random, store, report } = world;
    const busy = () => busyFor(name);
    const session = createReleaseSession(
      { clock, random, store, report, clusters, sources: book.sources, hub: () => hub, busy, epoch },
      indexPlan(plan),
      status,
      record,
    );
    sessions.set(name, { session, end });
    world.report({ type: 'sessionStarted', release: name });
    try {
      await session.run(AbortSignal.any([signal, end.signal]));
    } finally {
      sessions.delete(name);
      wakeAll();
      world.report({ type: 'sessionEnded', release: name });
    }
  }

  /** What people must mend stands where they look; a hub that does not take it is told of elsewhere. */
  async function tellRefusal({ spec, status }: StoredRelease, { message }: Error): Promise<void> {
    const told = status === null ? null : cannotGoOn(status, message, world.clock.now());
    if (told === null) return;
    try {
      await world.store.saveStatus(spec.name, told);
    } catch (error) {
      if (!isAdapterError(error)) throw error;
      world.report({ type: 'retrying', release: spec.name, error });
    }
  }

  /** Runs the work of a release; a fault is looked at again from the store. */
  async function attend(name: string): Promise<void> {
    while (!signal.aborted) {
      const release = releases.find((one) => one.spec.name === name);
      if (release === undefined || !needsWork(release, hub)) return;
      try {
        await openSession(release);
        // the store's watch brings the new status; until then this release looks as before
        await world.clock.sleep(RETRY_MS / 10, signal);
      } catch (error) {
        if (!isAdapterError(error)) throw error;
        world.report({ type: 'retrying', release: name, error });
        if (error instanceof TerminalError) await tellRefusal(release, error);
        await world.clock.sleep(error instanceof TerminalError ? REFUSED_RETRY_MS : RETRY_MS, signal);
      }
    }
  }

  track(book.run(() => sessions.size > 0, signal));
  return {
    take(nextReleases: readonly StoredRelease[], nextHub: HubState): void {
      releases = nextReleases;
      hub = nextHub;
      world.report({ type: 'releasesSeen', releases, tenantLabels: hub.tenantLabels });
      // what was deleted, or cannot be read any more, goes no further
      const names = new Set(releases.map((one) => one.spec.name));
      for (const [name, { end }] of sessions) if (!names.has(name)) end.abort();
      for (const release of releases) {
        const { name } = release.spec;
        if (!needsWork(release, hub)) sessions.get(name)?.end.abort();
        else if (!work.has(name)) {
          const task = attend(name).finally(() => work.delete(name));
          work.set(name, task);
          track(task);
        }
      }
      wakeAll();
    },
    async ended(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** A finished release is left alone until a person asks for a rollback. */
function needsWork(release: StoredRelease, hub: HubState): boolean {
  if (release.status === null || !FINAL_PHASES.has(release.status.phase)) return true;
  if (release.status.planHash === null) return false;
  const handled = new Set(release.status.handledRequests);
  return hub.requests.some((request) => request.release === release.spec.name && !handled.has(request.name));
}
