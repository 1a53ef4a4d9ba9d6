import type { PlanWave } from '../domain/plan.ts';
import type { TargetRun } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';
import { withAnalyses } from './analyses/analysis-gate.ts';
import { analysisSamples } from './analyses/analysis-samples.ts';
import { targetBlocker } from './blockers.ts';
import { type Finding, findTarget } from './facts.ts';
import { type Gate, type Measurable, readySince, targetGate, waveGate } from './gate.ts';
import { isAhead, isReached, type Location, locate, locateRestore, revisionOf } from './location.ts';
import { nudgesSoFar } from './nudge-count.ts';
import type { ObservedTarget } from './observed-target.ts';
import type { IndexedTarget } from './plan-index.ts';
import type { Snapshot } from './snapshot.ts';

/** A target of a wave with what was found about it in this pass. */
export interface AssessedTarget {
  readonly snapshot: Snapshot;
  readonly indexed: IndexedTarget;
  /** As persisted; `null` when it has not been started. */
  readonly run: TargetRun | null;
  /** `undefined` when it has not been seen yet. */
  readonly observed: ObservedTarget | 'absent' | undefined;
  readonly location: Location | null;
  /** `null` for a target that is not started, not seen, or on its way back. */
  readonly finding: Finding | null;
  readonly measurable: Measurable | null;
  /** The run as it should be persisted; `null` when nothing changes. */
  readonly update: TargetRun | null;
}

/** Assesses every target of a wave, in plan order. */
export function assessWave(snapshot: Snapshot, waveIndex: number, now: Instant): readonly AssessedTarget[] {
  const wave = snapshot.index.waves[waveIndex]!;
  const placed = wave.targets.map((target) => place(snapshot, snapshot.index.targets.get(target.id)!));
  const measurables = placed.flatMap((one) => one.measurable ?? []);
  let pooled: Gate | null = null;
  const pool = () => (pooled ??= waveGate(snapshot, wave, measurables, now));
  return placed.map((one) => assess(one, wave, pool, now));
}

/** Targets of a wave whose present exposure can be measured. */
export function measurableTargets(snapshot: Snapshot, waveIndex: number): readonly Measurable[] {
  return snapshot.index.waves[waveIndex]!.targets.flatMap(
    ({ id }) => place(snapshot, snapshot.index.targets.get(id)!).measurable ?? [],
  );
}

/** Those that are not about to be taken back. */
export function measurablesOf(assessed: readonly AssessedTarget[]): readonly Measurable[] {
  return assessed.flatMap((one) => (one.update?.failure == null && one.measurable !== null ? [one.measurable] : []));
}

function place(snapshot: Snapshot, indexed: IndexedTarget): AssessedTarget {
  const run = snapshot.runs.get(indexed.target.id) ?? null;
  const observed = snapshot.targets.get(indexed.target.id);
  const base = { snapshot, indexed, run, observed, finding: null, measurable: null, update: null };
  if (run === null || observed === undefined || run.goal.kind === 'restored') return { ...base, location: null };
  const location = locate(run, indexed, observed, snapshot.release);
  const revision = observed === 'absent' ? run.revision : revisionOf(run, indexed, observed);
  return { ...base, location, measurable: measurableOf(run, indexed, location, revision) };
}

function measurableOf(
  run: TargetRun,
  indexed: IndexedTarget,
  location: Location,
  revision: string | null,
): Measurable | null {
  if (revision === null) return null;
  // held where somebody else brought it, its tenants are exposed there
  const readyAt = isReached(run.goal, location)
    ? readySince(run, location.kind === 'paused' ? location.pause.startedAt : null)
    : isAhead(run.goal, location) || location.kind === 'halted'
      ? run.goalAt
      : null;
  return readyAt === null ? null : { indexed, revision, readyAt };
}

function assess(one: AssessedTarget, wave: PlanWave, pool: () => Gate, now: Instant): AssessedTarget {
  const { snapshot, indexed, run, observed, location, measurable } = one;
  if (run?.goal.kind === 'restored') return { ...one, update: restoredUpdate(one, now) };
  if (run === null || observed === undefined || location === null) return one;
  let gate: Gate | null = null;
  const finding = findTarget({
    now,
    indexed,
    wave,
    run,
    observed,
    location,
    cluster: snapshot.clusters.get(indexed.target.cluster) ?? { kind: 'stale', sinceAt: now, message: 'not seen yet' },
    epoch: snapshot.epoch,
    blocker: targetBlocker(snapshot, wave, indexed, now),
    gate: () => (gate ??= gateOf(snapshot, wave, measurable, pool, now)),
  });
  return { ...one, finding, update: forwardUpdate(one, finding, now) };
}

/** The target's own failure speaks first; otherwise the wave's data where the policy lets them. */
function gateOf(
  snapshot: Snapshot,
  wave: PlanWave,
  measurable: Measurable | null,
  pool: () => Gate,
  now: Instant,
): Gate {
  if (measurable === null)
    return { kind: 'early', reason: 'TooEarly', message: 'not measurable yet', lookAt: null, samples: [] };
  return withAnalyses(sloGate(snapshot, wave, measurable, pool, now), snapshot, measurable, now);
}

function sloGate(snapshot: Snapshot, wave: PlanWave, measurable: Measurable, pool: () => Gate, now: Instant): Gate {
  const own = targetGate(snapshot, wave, measurable, now);
  if (own.kind === 'fail' || own.kind === 'early') return own;
  const { scope, onInsufficient } = wave.analysis;
  const mayUseWave = scope === 'wave' || (onInsufficient === 'useWave' && own.reason === 'TooFewRequests');
  if (!mayUseWave) return own;
  const pooled = pool();
  // a wave that fails is the wave's failure, not this target's
  return pooled.kind === 'fail' ? { ...pooled, kind: 'inconclusive', reason: 'WaveFails' } : pooled;
}

/** What changes in the record of a target on its way forward. */
function forwardUpdate(one: AssessedTarget, { next, reason, message }: Finding, now: Instant): TargetRun | null {
  const run = one.run!;
  const observed = one.observed as ObservedTarget | 'absent';
  const revision = observed === 'absent' ? run.revision : revisionOf(run, one.indexed, observed);
  const seen = revision === run.revision ? run : { ...run, revision };
  const nudges = nudgesSoFar(run, observed);
  if (next.kind === 'fail') {
    const decided = { goal: { kind: 'restored' }, goalAt: now, deciding: next.deciding, nudges } as const;
    return { ...withSamples(one, seen), ...decided, reachedAt: null, failure: { reason, message, at: now } };
  }
  if (next.kind === 'advance')
    return { ...withSamples(one, seen), goal: next.goal, goalAt: now, deciding: next.deciding, nudges };
  if (next.kind === 'settled' && run.reachedAt === null) return { ...seen, reachedAt: now, nudges };
  return seen === run ? null : seen;
}

/** The run with the analyses of this decision, and nothing of the one before. */
function withSamples({ snapshot, measurable }: AssessedTarget, run: TargetRun): TargetRun {
  const { samplesDropped: _dropped, analyses: _before, ...bare } = run;
  const analyses = analysisSamples(snapshot, measurable);
  return analyses.length === 0 ? bare : { ...bare, analyses };
}

function restoredUpdate({ snapshot, indexed, run, observed }: AssessedTarget, now: Instant): TargetRun | null {
  if (run === null || run.reachedAt !== null || observed === undefined) return null;
  if (snapshot.clusters.get(indexed.target.cluster)?.kind === 'stale' || snapshot.inFlight.has(indexed.target.id))
    return null;
  const location = locateRestore(run, indexed, observed, snapshot.release);
  const isEnd = location.kind === 'nothingBefore' || location.kind === 'absent' || location.kind === 'superseded';
  // the epoch must be ours: a write of an older daemon may still be on its way
  const isBack = location.kind === 'restored' && observed !== 'absent' && observed.epoch === snapshot.epoch;
  return isEnd || isBack ? { ...run, reachedAt: now, nudges: nudgesSoFar(run, observed) } : null;
}
