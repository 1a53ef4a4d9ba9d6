import { assertNever } from '../domain/assert-never.ts';
import type { TargetId } from '../domain/plan.ts';
import type { RollbackDecision, WaitingFor } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import type { RollbackRequest } from '../domain/wave-plan.ts';
import { judgeDelayMs } from '../planning/check-wave.ts';
import type { WaveFailure } from './admission.ts';
import { assessWave } from './assess.ts';
import { type Measurable, waveGate } from './gate.ts';
import { newerEpoch } from './newer-epoch.ts';
import { nudgesSoFar } from './nudge-count.ts';
import type { Snapshot } from './snapshot.ts';

/** Rounds of measuring after which a rollback ends even though too little traffic proves the SLOs back. */
const VERIFY_ROUNDS = 5;

/** The rollback that a failed wave calls for. */
export function decisionOf(failure: WaveFailure, now: Instant): RollbackDecision {
  return { ...failure, by: null, decidedAt: now };
}

/** Requests of people that have not been acted on yet, in order of name. */
export function unhandledRequests(snapshot: Snapshot): readonly RollbackRequest[] {
  const handled = new Set(snapshot.status.handledRequests);
  return snapshot.requests.filter((request) => request.release === snapshot.release && !handled.has(request.name));
}

const BREADTH: readonly RollbackDecision['scope'][] = ['target', 'inFlight', 'wave', 'release'];

/** The decision that holds after a request: a wider one replaces a narrower one, never the other way round. */
export function decisionAfter(snapshot: Snapshot, request: RollbackRequest, now: Instant): RollbackDecision {
  const { rollback } = snapshot.status;
  const isWider = rollback === null || BREADTH.indexOf(request.scope) > BREADTH.indexOf(rollback.scope);
  if (!isWider) return rollback;
  const message = `${request.by} asked to roll back (${request.scope}): ${request.reason}`;
  return {
    scope: request.scope,
    wave: currentWave(snapshot),
    reason: 'Requested',
    message,
    by: request.by,
    decidedAt: now,
  };
}

/** The last that has started: the one after it has nothing to take back. */
function currentWave(snapshot: Snapshot): number {
  return Math.max(
    0,
    snapshot.status.waves.findLastIndex((wave) => wave.startedAt !== null),
  );
}

/** Started targets that the decision takes back. */
export function runsInScope(snapshot: Snapshot, decision: RollbackDecision): readonly TargetRun[] {
  return [...snapshot.runs.values()].filter((run) => isInScope(snapshot, decision, run));
}

/** Whatever the scope, what is in flight goes back: a stopped release leaves nothing half way. */
function isInScope(snapshot: Snapshot, decision: RollbackDecision, run: TargetRun): boolean {
  if (run.goal.kind === 'restored' || run.reachedAt === null) return true;
  switch (decision.scope) {
    case 'release':
      return true;
    case 'wave':
      return snapshot.index.targets.get(run.target)?.waveIndex === decision.wave;
    case 'inFlight':
    case 'target':
      return false;
    default:
      return assertNever(decision.scope);
  }
}

/** One pass over a rollback. */
export interface RollbackStep {
  readonly runs: readonly TargetRun[];
  /** `moving` until every reachable target is back, `verifying` until the SLOs are. */
  readonly state: 'moving' | 'verifying' | 'done';
  readonly waitingFor: readonly WaitingFor[];
  readonly wakeAt: Instant | null;
}

/** Sets the goals of the scope, takes note of what is back, and judges the end. */
export function stepRollback(snapshot: Snapshot, decision: RollbackDecision, now: Instant): RollbackStep {
  const scope = runsInScope(snapshot, decision);
  const sentBack = scope.filter((run) => run.goal.kind !== 'restored').map((run) => toRestored(snapshot, run, now));
  const returned = snapshot.index.waves.flatMap((_, index) =>
    assessWave(snapshot, index, now).flatMap(({ run, update }) =>
      run?.goal.kind === 'restored' && update !== null ? [update] : [],
    ),
  );
  const runs = [...sentBack, ...returned];
  const open = scope.filter((run) => run.goal.kind !== 'restored' || run.reachedAt === null);
  if (open.length > 0 || runs.length > 0) {
    return {
      runs,
      state: 'moving',
      waitingFor: lateReturns(snapshot, open, now),
      wakeAt: overdueAt(snapshot, open, now),
    };
  }
  return { runs, ...verifyRestored(snapshot, scope, now) };
}

function toRestored(snapshot: Snapshot, run: TargetRun, now: Instant): TargetRun {
  const nudges = nudgesSoFar(run, snapshot.targets.get(run.target));
  return { ...run, goal: { kind: 'restored' }, goalAt: now, reachedAt: null, nudges };
}

function deadlineMsOf(snapshot: Snapshot, target: TargetId): number {
  const waveIndex = snapshot.index.targets.get(target)?.waveIndex ?? 0;
  return snapshot.index.waves[waveIndex]!.targetDeadlineMs;
}

function isOverdue(snapshot: Snapshot, run: TargetRun, now: Instant): boolean {
  return run.goal.kind === 'restored' && now > later(run.goalAt, deadlineMsOf(snapshot, run.target));
}

function overdueAt(snapshot: Snapshot, open: readonly TargetRun[], now: Instant): Instant | null {
  const ends = open.map((run) => later(run.goalAt, deadlineMsOf(snapshot, run.target) + 1));
  return earliest(...ends.filter((at) => at > now));
}

/** Targets that ought to be back by now, by name. */
export function lateReturns(snapshot: Snapshot, runs: readonly TargetRun[], now: Instant): readonly WaitingFor[] {
  const late = runs.filter((run) => run.reachedAt === null && isOverdue(snapshot, run, now));
  return late.map((run) => {
    const cluster = snapshot.clusters.get(snapshot.index.targets.get(run.target)?.target.cluster ?? '');
    const refusal = snapshot.refusals.get(run.target);
    const cause =
      cluster?.kind === 'stale'
        ? cluster.message
        : (refusal ?? newerEpoch(snapshot.targets.get(run.target), snapshot.epoch));
    const why = cause === null ? ', look at its pods and events' : `: ${cause}`;
    return { reason: 'RollbackPending', message: `${run.target} is not back yet${why}` };
  });
}

/** Whether the SLOs hold again on the revisions that were put back. */
function verifyRestored(snapshot: Snapshot, scope: readonly TargetRun[], now: Instant): Omit<RollbackStep, 'runs'> {
  const gates = snapshot.index.waves.flatMap((wave, waveIndex) => {
    const measurables = scope.flatMap((run) => restoredMeasurable(snapshot, run, waveIndex));
    if (measurables.length === 0) return [];
    const lastAt = measurables.map((one) => one.readyAt).reduce((a, b) => (a > b ? a : b));
    const source = Math.max(0, ...snapshot.index.plan.sources.map((one) => one.scrapeIntervalMs));
    const limitAt = later(
      lastAt,
      judgeDelayMs(wave.analysis.windowMs, source) + VERIFY_ROUNDS * wave.analysis.intervalMs,
    );
    return [{ wave, limitAt, gate: waveGate(snapshot, wave, measurables, now) }];
  });
  const open = gates.filter(({ gate, limitAt }) => gate.kind !== 'pass' && now < limitAt);
  if (open.length > 0) {
    const wakeAt = earliest(...open.flatMap(({ gate, limitAt }) => [gate.lookAt, limitAt]));
    return { state: 'verifying', waitingFor: [], wakeAt };
  }
  const failed = gates.filter(({ gate }) => gate.kind === 'fail');
  const waitingFor = failed.map(({ gate }) => ({
    reason: 'SloNotRestored',
    message: `still failing on the old version: ${gate.message}`,
  }));
  return { state: 'done', waitingFor, wakeAt: null };
}

function restoredMeasurable(snapshot: Snapshot, run: TargetRun, waveIndex: number): readonly Measurable[] {
  const indexed = snapshot.index.targets.get(run.target);
  if (indexed === undefined || indexed.waveIndex !== waveIndex) return [];
  if (run.reachedAt === null || run.previous.kind === 'nothing') return [];
  return [{ indexed, revision: run.previous.hash, readyAt: run.reachedAt }];
}
