import type { DaemonEvent } from '../../controller/daemon.ts';
import type { SessionEvent } from '../../controller/release-session.ts';
import type { TargetId } from '../../domain/plan.ts';
import type { ReleasePhase } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';
import type { LeadershipState } from '../../ports/leadership.ts';
import type { StoredRelease } from '../../ports/release-store.ts';
import type { Snapshot } from '../../release/snapshot.ts';
import { stuckCommands } from '../../release/stuck.ts';
import type { Freshness } from '../freshness.ts';
import type { MetricSet } from './metric-set.ts';
import { showPace } from './show-pace.ts';

/** The last that is known of releases. */
export interface ReleasesSeen {
  take(event: DaemonEvent): void;
  /** Sets the gauges of releases, waves, targets and commands. */
  show(metrics: MetricSet, now: Instant): void;
}

type Decided = Extract<SessionEvent, { readonly type: 'decided' }>;
type TargetState = 'waiting' | 'moving' | 'promoted' | 'goingBack' | 'back';

const PHASES: readonly ReleasePhase[] = [
  'Pending',
  'Running',
  'RollingBack',
  'Completed',
  'RolledBack',
  'RollbackIncomplete',
  'Refused',
];
const TARGET_STATES: readonly TargetState[] = ['waiting', 'moving', 'promoted', 'goingBack', 'back'];

/** Keeps the last decision of every release under way: what a scrape shows is worked out when there is one. */
export function createReleasesSeen(): ReleasesSeen {
  let stored: readonly StoredRelease[] | null = null;
  const decided = new Map<string, Decided>();
  return {
    take(event) {
      if (event.type === 'decided') decided.set(event.snapshot.release, event);
      else if (event.type === 'sessionEnded') decided.delete(event.release);
      else if (event.type === 'releasesSeen') stored = event.releases;
      else if (event.type === 'following') {
        stored = null;
        decided.clear();
      }
    },
    show(metrics, now) {
      showPhases(metrics, stored);
      const snapshots = [...decided.values()].map(({ snapshot }) => snapshot);
      metrics.targets.reset();
      metrics.waits.reset();
      for (const snapshot of snapshots) {
        showTargets(metrics, snapshot);
        const { release, status } = snapshot;
        for (const { reason } of status.waitingFor) metrics.waits.inc({ release, reason });
      }
      showStuck(metrics, snapshots, now);
      // what is seen of a cluster is the same for every release
      showPace(metrics, new Map(snapshots.flatMap(({ pace }) => [...pace])));
    },
  };
}

function showPhases({ releases }: MetricSet, stored: readonly StoredRelease[] | null): void {
  releases.reset();
  if (stored === null) return;
  for (const phase of PHASES) releases.set({ phase }, 0);
  for (const { status } of stored) releases.inc({ phase: status?.phase ?? 'Pending' });
}

function showTargets({ targets }: MetricSet, { release, index, runs }: Snapshot): void {
  for (const wave of index.waves) {
    for (const state of TARGET_STATES) targets.set({ release, wave: wave.name, state }, 0);
    for (const { id } of wave.targets) targets.inc({ release, wave: wave.name, state: stateOf(id, runs) });
  }
}

/** A cluster in which nothing is stuck shows 0, so that its alert ends. */
function showStuck({ stuck }: MetricSet, snapshots: readonly Snapshot[], now: Instant): void {
  stuck.reset();
  for (const { clusters } of snapshots) for (const cluster of clusters.keys()) stuck.set({ cluster }, 0);
  for (const snapshot of snapshots) {
    for (const { reason, cluster } of stuckCommands(snapshot, now))
      if (reason === 'CommandStuck') stuck.inc({ cluster });
  }
}

function stateOf(target: TargetId, runs: ReadonlyMap<TargetId, TargetRun>): TargetState {
  const run = runs.get(target);
  if (run === undefined) return 'waiting';
  if (run.goal.kind === 'restored') return run.reachedAt === null ? 'goingBack' : 'back';
  return run.reachedAt === null ? 'moving' : 'promoted';
}

/** Sets the gauges of leadership. */
export function showLeadership({ leading, epoch }: MetricSet, state: LeadershipState): void {
  leading.set(state.kind === 'leading' ? 1 : 0);
  epoch.set(state.kind === 'leading' ? state.epoch : 0);
}

/** Sets the gauges of clusters and metric sources. */
export function showFreshness({ clusterFresh, sourceFresh }: MetricSet, { clusters, sources }: Freshness): void {
  clusterFresh.reset();
  for (const [cluster, message] of clusters) clusterFresh.set({ cluster }, message === null ? 1 : 0);
  sourceFresh.reset();
  for (const [source, message] of sources) sourceFresh.set({ source }, message === null ? 1 : 0);
}
