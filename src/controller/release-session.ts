import { ConflictError, isAdapterError, TerminalError, TransientError } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan.ts';
import { FINAL_PHASES, type ReleaseStatus } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { HubState, ReleaseStore, RunRecord } from '../ports/release-store.ts';
import { wantedAnalyses } from '../release/analyses/wanted-analyses.ts';
import { mayWiden } from '../release/blockers.ts';
import type { Command } from '../release/commands.ts';
import { type Decision, decide } from '../release/decide.ts';
import type { PlanIndex } from '../release/plan-index.ts';
import type { PreflightState, Snapshot } from '../release/snapshot.ts';
import { type WantedMeasurement, wantedMeasurements } from '../release/wanted-measurements.ts';
import { perform, refOf } from './actor.ts';
import { createAnalyst } from './analyst.ts';
import { createBackoff } from './backoff.ts';
import type { ClusterObserver } from './cluster-observer.ts';
import { createMeasurer } from './measurer.ts';
import { preflightWave } from './preflight.ts';
import { createWakeup } from './wakeup.ts';

/** What a session tells its daemon; for logs, metrics and the simulator's invariants. */
export type SessionEvent =
  | { readonly type: 'decided'; readonly snapshot: Snapshot; readonly decision: Decision; readonly at: Instant }
  | { readonly type: 'sent'; readonly command: Command; readonly at: Instant }
  | { readonly type: 'refused'; readonly command: Command; readonly error: Error; readonly at: Instant };

/** Everything a session works with. */
export interface SessionWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: ReleaseStore;
  readonly clusters: ReadonlyMap<string, ClusterObserver>;
  readonly sources: ReadonlyMap<string, MetricSource>;
  readonly hub: () => HubState;
  readonly busy: () => ReadonlyMap<TargetId, string>;
  /** `null` once leadership is lost or about to be. */
  readonly epoch: () => number | null;
  readonly report: (event: SessionEvent) => void;
}

/** Commands under way at once in one cluster. */
const COMMANDS_PER_CLUSTER = 16;
/** Changes that come together are decided on together. */
const COALESCE_MS = 5;
/** A new session waits this long for the first list of every cluster before it calls one unreachable. */
const FIRST_LIST_MS = 5_000;
/** A preflight with errors is looked at again. */
const PREFLIGHT_AGAIN_MS = 10_000;

/** The loop of one release. */
export interface ReleaseSession {
  readonly release: string;
  readonly index: PlanIndex;
  status(): ReleaseStatus;
  runs(): ReadonlyMap<TargetId, TargetRun>;
  /** Something changed: look again. */
  wake(): void;
  /**
   * Runs until the signal aborts or leadership is lost.
   *
   * @throws ConflictError when another writer was first; start a new session from the store.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the session of a planned release. */
export function createReleaseSession(
  world: SessionWorld,
  index: PlanIndex,
  initial: ReleaseStatus,
  record: RunRecord,
): ReleaseSession {
  const { clock } = world;
  const release = index.plan.release;
  const wakeup = createWakeup(clock);
  const measurer = createMeasurer(world.sources, clock, () => wakeup.wake());
  const analyst = createAnalyst(world.sources, clock, () => wakeup.wake());
  const inFlight = new Set<TargetId>();
  const backoff = createBackoff<TargetId>(clock, world.random);
  const preflight = new Map<number, PreflightState>();
  /** Waves whose findings are to be made anew; the old ones stand until then, or the status would flap. */
  const preflightAgain = new Set<number>();
  const refusals = new Map<TargetId, string>();
  const runs = new Map(record.runs.map((run) => [run.target, run]));
  const startedAt = clock.now();
  let status = initial;
  /** The status as it is or is about to be persisted. */
  let intended = initial;
  let lastWanted: { readonly started: number; readonly measurements: readonly WantedMeasurement[] } | null = null;

  function assemble(epoch: number): Snapshot {
    const hub = world.hub();
    return {
      release,
      index,
      status,
      runs,
      epoch,
      targets: observedTargets(index, world.clusters),
      clusters: new Map([...world.clusters].map(([name, observer]) => [name, observer.state()])),
      pace: new Map([...world.clusters].map(([name, observer]) => [name, observer.pace()])),
      measurements: measurer.measurements,
      analyses: analyst.states,
      preflight,
      approvals: hub.approvals.filter((one) => one.release === release),
      freezes: hub.freezes,
      requests: hub.requests,
      tenantLabels: hub.tenantLabels,
      refusals,
      busy: world.busy(),
      inFlight: new Set([...inFlight, ...backoff.waiting()]),
    };
  }

  function send(command: Command): void {
    const indexed = index.targets.get(command.target)!;
    const observer = world.clusters.get(indexed.target.cluster)!;
    inFlight.add(command.target);
    const sent = { kind: command.action.kind, at: clock.now() };
    world.report({ type: 'sent', command, at: sent.at });
    void perform(observer.api, index, command, () => mayProceed(command))
      .then((object) => {
        backoff.succeeded(command.target);
        refusals.delete(command.target);
        observer.note(object, sent);
      })
      .catch(async (error: unknown) => {
        if (!isAdapterError(error)) throw error;
        world.report({ type: 'refused', command, error, at: clock.now() });
        backoff.failed(command.target, error);
        if (error instanceof TerminalError) refusals.set(command.target, error.message);
        if (error instanceof ConflictError) await lookAgain(observer, indexed.target.id);
      })
      .finally(() => {
        inFlight.delete(command.target);
        wakeup.wake();
      });
  }

  /** Whether a new version may still be written, on what is known by now. */
  function mayProceed(command: Command): boolean {
    const epoch = world.epoch();
    if (epoch !== command.epoch) return false;
    return mayWiden(assemble(epoch), intended.rollback, index.targets.get(command.target)!, clock.now());
  }

  /** A conflict means that our view is old. */
  async function lookAgain(observer: ClusterObserver, target: TargetId): Promise<void> {
    try {
      const object = await observer.api.get(refOf(index.targets.get(target)!));
      if (object !== undefined) observer.note(object);
    } catch (error) {
      if (!isAdapterError(error)) throw error;
    }
  }

  function sendAll(commands: readonly Command[]): void {
    const width = new Map<string, number>();
    for (const target of inFlight) count(width, index.targets.get(target)!.target.cluster);
    for (const command of commands) {
      const { cluster } = index.targets.get(command.target)!.target;
      if ((width.get(cluster) ?? 0) >= COMMANDS_PER_CLUSTER) continue;
      count(width, cluster);
      send(command);
    }
  }

  async function persist(decision: Decision): Promise<void> {
    if (decision.status !== null) {
      intended = decision.status;
      await world.store.saveStatus(release, decision.status);
      status = decision.status;
    }
    if (decision.runs.length === 0) return;
    await record.save(decision.runs);
    for (const run of decision.runs) runs.set(run.target, run);
  }

  /** The wave that waits for a preflight now; `null` when none does. */
  function waveToPreflight(snapshot: Snapshot): number | null {
    const waveIndex = status.waves.findIndex((wave) => wave.phase !== 'Passed');
    if (waveIndex === -1 || status.rollback !== null) return null;
    if (preflight.has(waveIndex) && !preflightAgain.has(waveIndex)) return null;
    if (status.waves[waveIndex]!.phase !== 'Waiting') return null;
    const { targets } = index.waves[waveIndex]!;
    // what another release moves is not worth looking at yet
    if (targets.some((target) => snapshot.busy.has(target.id))) return null;
    const isListed = targets.every((target) => snapshot.targets.has(target.id));
    return isListed || clock.now() - startedAt > FIRST_LIST_MS ? waveIndex : null;
  }

  function startPreflight(snapshot: Snapshot, signal: AbortSignal): void {
    const waveIndex = waveToPreflight(snapshot);
    if (waveIndex === null) return;
    preflightAgain.delete(waveIndex);
    if (!preflight.has(waveIndex)) preflight.set(waveIndex, { kind: 'pending' });
    void preflightWave(world, snapshot, waveIndex, signal).then(async (findings) => {
      preflight.set(waveIndex, { kind: 'done', findings });
      wakeup.wake();
      if (!findings.some((finding) => finding.severity === 'error')) return;
      await clock.sleep(PREFLIGHT_AGAIN_MS, signal);
      preflightAgain.add(waveIndex);
      wakeup.wake();
    });
  }

  /** What is wanted depends on which targets have been started, and on nothing else that changes. */
  function wanted(snapshot: Snapshot): readonly WantedMeasurement[] {
    if (lastWanted?.started !== runs.size)
      lastWanted = { started: runs.size, measurements: wantedMeasurements(snapshot) };
    return lastWanted.measurements;
  }

  function firstListAt(): Instant | null {
    const at = later(startedAt, FIRST_LIST_MS + 1);
    return at > clock.now() ? at : null;
  }

  async function loop(signal: AbortSignal): Promise<void> {
    const storeBackoff = createBackoff<'store'>(clock, world.random);
    while (!signal.aborted) {
      const epoch = world.epoch();
      if (epoch === null) return;
      const now = clock.now();
      const snapshot = assemble(epoch);
      startPreflight(snapshot, signal);
      measurer.want(FINAL_PHASES.has(status.phase) ? [] : wanted(snapshot));
      analyst.want(FINAL_PHASES.has(status.phase) ? [] : wantedAnalyses(snapshot));
      const decision = decide(snapshot, now);
      world.report({ type: 'decided', snapshot, decision, at: now });
      sendAll(decision.commands);
      const isChange = decision.status !== null || decision.runs.length > 0;
      if (isChange && (await isPersisted(decision, storeBackoff))) continue;
      await wakeup.wait(earliest(decision.wakeAt, backoff.nextAt(), storeBackoff.nextAt(), firstListAt()), signal);
      await clock.sleep(COALESCE_MS, signal);
    }
  }

  /** An unreachable hub loses nothing: the decision is made again. */
  async function isPersisted(
    decision: Decision,
    storeBackoff: ReturnType<typeof createBackoff<'store'>>,
  ): Promise<boolean> {
    if (storeBackoff.waiting().length > 0) return false;
    try {
      await persist(decision);
      storeBackoff.succeeded('store');
      return true;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      storeBackoff.failed('store', error);
      return false;
    }
  }

  return {
    release,
    index,
    status: () => status,
    runs: () => runs,
    wake: () => wakeup.wake(),
    async run(signal) {
      const ended = new AbortController();
      const all = AbortSignal.any([signal, ended.signal]);
      const measuring = Promise.all([measurer.run(all), analyst.run(all)]);
      try {
        await loop(all);
      } finally {
        ended.abort();
        await measuring;
      }
    },
  };
}

function observedTargets(index: PlanIndex, clusters: ReadonlyMap<string, ClusterObserver>): Snapshot['targets'] {
  const targets = new Map();
  for (const [id, { target }] of index.targets) {
    const observed = clusters.get(target.cluster)?.target(id);
    if (observed !== undefined) targets.set(id, observed);
  }
  return targets;
}

function count(width: Map<string, number>, cluster: string): void {
  width.set(cluster, (width.get(cluster) ?? 0) + 1);
}
