import type { PlanWave, TargetId } from '../domain/plan.ts';
import { type WaitingFor, type WaveStatus, waveClockMs } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { earliest, formatDuration, type Instant, later } from '../domain/time.ts';
import type { RollbackScope } from '../domain/wave-plan.ts';
import { analysesPass } from './analyses/analysis-gate.ts';
import { type AssessedTarget, assessWave, measurablesOf } from './assess.ts';
import { type Blocker, waveBlockers } from './blockers.ts';
import { subjectOf, waveGate } from './gate.ts';
import type { Snapshot } from './snapshot.ts';
import { startTargets } from './start-targets.ts';

/** A wave that cannot go on, and how far that reaches. */
export interface WaveFailure {
  readonly wave: number;
  readonly scope: RollbackScope;
  readonly reason: string;
  readonly message: string;
}

/** What one pass over a wave changes. */
export interface WaveStep {
  readonly status: WaveStatus;
  /** New or changed runs. */
  readonly runs: readonly TargetRun[];
  readonly failure: WaveFailure | null;
  readonly waitingFor: readonly WaitingFor[];
  readonly wakeAt: Instant | null;
  /** Sentences for the timeline. */
  readonly story: readonly WaitingFor[];
}

/** One pass over a wave that has started, or may start now. */
export function stepWave(snapshot: Snapshot, waveIndex: number, now: Instant): WaveStep {
  const before = snapshot.status.waves[waveIndex]!;
  const blockers = before.phase === 'Passed' ? [] : waveBlockers(snapshot, waveIndex, now);
  if (before.phase === 'Waiting' && blockers.length > 0) return held(before, blockers);
  const assessed = assessWave(snapshot, waveIndex, now);
  const advanced = assessed.flatMap(({ update }) => update ?? []);
  const failure = waveFailure(snapshot, waveIndex, assessed, now);
  if (failure !== null || before.phase === 'Passed')
    return watched(snapshot.index.waves[waveIndex]!, before, advanced, assessed, failure);
  const started =
    blockers.length === 0 ? startTargets(snapshot, waveIndex, assessed, now) : { runs: [], blocked: [], wakeAt: null };
  const status = progress(snapshot, waveIndex, assessed, blockers, now);
  const gateWait =
    status.phase === 'Baking' ? bakeWait(snapshot, waveIndex, status, now) : { wakeAt: null, waiting: [] };
  return {
    status,
    runs: [...advanced, ...started.runs],
    failure: null,
    waitingFor: oncePerReason([
      ...blockers,
      ...started.blocked,
      ...asking(snapshot.index.waves[waveIndex]!, assessed),
      ...gateWait.waiting,
    ]),
    wakeAt: earliest(
      started.wakeAt,
      gateWait.wakeAt,
      deadlineAt(snapshot, waveIndex, status, now),
      ...wakeTimes(blockers, assessed),
    ),
    story: [...storyOfWave(before, status), ...storyOfTargets(assessed)],
  };
}

function held(before: WaveStatus, blockers: readonly Blocker[]): WaveStep {
  const wakeAt = earliest(...blockers.map((blocker) => blocker.wakeAt));
  return { status: before, runs: [], failure: null, waitingFor: blockers.map(plain), wakeAt, story: [] };
}

/** A passed wave is still measured, and can still fail; a failing wave starts and advances nothing. */
function watched(
  wave: PlanWave,
  before: WaveStatus,
  updates: readonly TargetRun[],
  assessed: readonly AssessedTarget[],
  failure: WaveFailure | null,
): WaveStep {
  const status: WaveStatus = failure === null ? before : { ...before, phase: 'Failed' };
  const story = storyOfTargets(assessed);
  const runs = failure === null ? updates : updates.filter((run) => run.goal.kind === 'restored');
  return {
    status,
    runs,
    failure,
    waitingFor: failure === null ? asking(wave, assessed) : [],
    wakeAt: earliest(...assessed.map((one) => one.finding?.wakeAt ?? null)),
    story,
  };
}

function plain({ reason, message }: WaitingFor): WaitingFor {
  return { reason, message };
}

/** The first of a reason speaks for all: a freeze of 500 targets is one line. */
function oncePerReason(waiting: readonly WaitingFor[]): readonly WaitingFor[] {
  const first = new Map<string, WaitingFor>();
  for (const one of waiting) if (!first.has(one.reason)) first.set(one.reason, plain(one));
  return [...first.values()];
}

function wakeTimes(blockers: readonly Blocker[], assessed: readonly AssessedTarget[]): readonly (Instant | null)[] {
  return [...blockers.map((one) => one.wakeAt), ...assessed.map((one) => one.finding?.wakeAt ?? null)];
}

/** Failures beyond the budget, the wave's pooled data, or its deadline. */
function waveFailure(
  snapshot: Snapshot,
  waveIndex: number,
  assessed: readonly AssessedTarget[],
  now: Instant,
): WaveFailure | null {
  const wave = snapshot.index.waves[waveIndex]!;
  const base = { wave: waveIndex, scope: wave.onFailure };
  const failed = assessed.filter((one) => (one.update ?? one.run)?.failure != null);
  if (failed.length > wave.maxFailures) {
    const { failure } = (failed.at(-1)!.update ?? failed.at(-1)!.run)!;
    const allowed = wave.maxFailures === 0 ? '' : ` (${failed.length} failures, allowed ${wave.maxFailures})`;
    return { ...base, reason: failure!.reason, message: `wave ${wave.name} failed${allowed}: ${failure!.message}` };
  }
  const pooled = waveGate(snapshot, wave, measurablesOf(assessed), now);
  if (pooled.kind === 'fail')
    return { ...base, reason: 'SloFailed', message: `wave ${wave.name} failed: ${pooled.message}` };
  const unproven = unprovenFailure(snapshot, waveIndex, assessed, now);
  if (unproven !== null) return unproven;
  const status = snapshot.status.waves[waveIndex]!;
  if (status.phase === 'Passed' || waveClockMs(status, now) <= wave.waveDeadlineMs) return null;
  return {
    ...base,
    reason: 'DeadlineExceeded',
    message: `wave ${wave.name} failed: not done after ${formatDuration(wave.waveDeadlineMs)}`,
  };
}

function progress(
  snapshot: Snapshot,
  waveIndex: number,
  assessed: readonly AssessedTarget[],
  blockers: readonly Blocker[],
  now: Instant,
): WaveStatus {
  const before = snapshot.status.waves[waveIndex]!;
  const wave = snapshot.index.waves[waveIndex]!;
  const bakingSince = assessed.every(isSettled) ? (before.bakingSince ?? now) : null;
  const isBaked = bakingSince !== null && now >= later(bakingSince, wave.bakeWaveMs);
  const isProvenNow = isBaked && isProven(snapshot, waveIndex, assessed, now);
  const isAsking = isBaked && !isProvenNow && wave.analysis.then === 'ask' && now > dataLimitAt(wave, bakingSince);
  const isBlocked = blockers.length > 0 || isAsking || assessed.some((one) => one.finding?.next.kind === 'ask');
  const clocked = moveClock({ ...before, startedAt: before.startedAt ?? now }, isBlocked, now);
  if (bakingSince === null) return { ...clocked, phase: 'Running', bakingSince };
  return isProvenNow && !isBlocked
    ? { ...clocked, phase: 'Passed', bakingSince, passedAt: now }
    : { ...clocked, phase: 'Baking', bakingSince };
}

/** From here on a baked wave without proof is a question to a person. */
function dataLimitAt(wave: PlanWave, bakingSince: Instant): Instant {
  return later(bakingSince, wave.bakeWaveMs + wave.analysis.limitMs);
}

/** A baked wave whose data do not prove it in time, where the policy has an answer to that. */
function unprovenFailure(
  snapshot: Snapshot,
  waveIndex: number,
  assessed: readonly AssessedTarget[],
  now: Instant,
): WaveFailure | null {
  const wave = snapshot.index.waves[waveIndex]!;
  const { phase, bakingSince } = snapshot.status.waves[waveIndex]!;
  if (wave.analysis.then !== 'rollback' || phase !== 'Baking' || bakingSince === null) return null;
  if (now <= dataLimitAt(wave, bakingSince) || !assessed.every(isSettled)) return null;
  if (isProven(snapshot, waveIndex, assessed, now)) return null;
  const limit = formatDuration(wave.analysis.limitMs);
  const message = `wave ${wave.name} failed: no data proved it within ${limit} after its bake`;
  return { wave: waveIndex, scope: wave.onFailure, reason: 'DataMissing', message };
}

/** The wave's own gate: the data of all its targets, pooled or one by one as the policy says. */
function isProven(snapshot: Snapshot, waveIndex: number, assessed: readonly AssessedTarget[], now: Instant): boolean {
  const wave = snapshot.index.waves[waveIndex]!;
  if (measurablesOf(assessed).length === 0) return assessed.every((one) => one.run?.goal.kind === 'restored');
  if (waveGate(snapshot, wave, measurablesOf(assessed), now).kind !== 'pass') return false;
  if (!analysesPass(snapshot, measurablesOf(assessed), now)) return false;
  if (wave.analysis.scope === 'wave') return true;
  return assessed.every((one) => one.finding?.next.kind !== 'settled' || one.finding.next.gate.kind === 'pass');
}

function bakeWait(snapshot: Snapshot, waveIndex: number, status: WaveStatus, now: Instant) {
  const wave = snapshot.index.waves[waveIndex]!;
  const bakedAt = later(status.bakingSince!, wave.bakeWaveMs);
  if (now < bakedAt) return { wakeAt: bakedAt, waiting: [] };
  const limitAt = dataLimitAt(wave, status.bakingSince!);
  const isLate = now > limitAt;
  const message = `wave ${wave.name} is on the new version and waits for data that prove it`;
  return { wakeAt: isLate ? null : later(limitAt, 1), waiting: isLate ? [{ reason: 'DataMissing', message }] : [] };
}

function isSettled({ run, finding, indexed, snapshot }: AssessedTarget): boolean {
  if (run === null || run.reachedAt === null) return false;
  if (run.goal.kind === 'restored') return true;
  return finding?.next.kind === 'settled' && snapshot.clusters.get(indexed.target.cluster)?.kind !== 'stale';
}

/** The wave's clock stands while it is blocked. */
function moveClock(wave: WaveStatus, isBlocked: boolean, now: Instant): WaveStatus {
  if (isBlocked === (wave.blockedSince !== null)) return wave;
  if (isBlocked) return { ...wave, blockedSince: now };
  return { ...wave, blockedSince: null, blockedMs: wave.blockedMs + (now - wave.blockedSince!) };
}

function deadlineAt(snapshot: Snapshot, waveIndex: number, status: WaveStatus, now: Instant): Instant | null {
  if (status.phase === 'Passed' || status.blockedSince !== null) return null;
  const leftMs = snapshot.index.waves[waveIndex]!.waveDeadlineMs - waveClockMs(status, now);
  return later(now, Math.max(0, leftMs) + 1);
}

/** Holds that people want to hear of though nobody has to act. */
const NOTABLE_HOLDS: ReadonlySet<string> = new Set(['DataMissing', 'Frozen', 'WindowClosed', 'ClusterUnreachable']);

/** What persons should know or act on, told once per reason so that the text stays put. */
function asking(wave: PlanWave, assessed: readonly AssessedTarget[]): readonly WaitingFor[] {
  const byReason = new Map<string, TargetId[]>();
  for (const { finding, indexed } of assessed) {
    if (finding === null || (finding.next.kind !== 'ask' && !NOTABLE_HOLDS.has(finding.reason))) continue;
    byReason.set(finding.reason, [...(byReason.get(finding.reason) ?? []), indexed.target.id]);
  }
  return [...byReason].map(([reason, ids]) => {
    const more = ids.length > 1 ? ` and ${ids.length - 1} more` : '';
    return { reason, message: `wave ${wave.name}: ${ids[0]}${more} (${reason})` };
  });
}

function storyOfWave(before: WaveStatus, after: WaveStatus): readonly WaitingFor[] {
  if (before.phase === after.phase) return [];
  if (after.phase === 'Running' && before.phase === 'Waiting')
    return [{ reason: 'WaveStarted', message: `wave ${after.name} starts` }];
  if (after.phase === 'Baking')
    return [{ reason: 'WaveBaking', message: `wave ${after.name} is on the new version and bakes` }];
  return after.phase === 'Passed' ? [{ reason: 'WavePassed', message: `wave ${after.name} passed` }] : [];
}

function storyOfTargets(assessed: readonly AssessedTarget[]): readonly WaitingFor[] {
  return assessed.flatMap(({ update, run, indexed }) => {
    const failure = update?.failure ?? null;
    if (failure === null || run?.failure != null) return [];
    return [{ reason: failure.reason, message: `${subjectOf(indexed)} failed: ${failure.message}` }];
  });
}
