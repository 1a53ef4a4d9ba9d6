import {
  FINAL_PHASES,
  type ReleaseStatus,
  TIMELINE_LIMIT,
  type TimelineEntry,
  type WaitingFor,
} from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { earliest, type Instant } from '../domain/time.ts';
import { stepWave, type WaveFailure } from './admission.ts';
import { nextFreezeChange } from './blockers.ts';
import { boundedStory, boundedWaits, HOLDS, headlines, OVER } from './bounded-waits.ts';
import type { Command } from './commands.ts';
import { dispatch } from './dispatch.ts';
import { exceptFor, failedTargets, type LeftBehind, leftBehind, lostRecords } from './left-behind.ts';
import { decisionAfter, decisionOf, lateReturns, runsInScope, stepRollback, unhandledRequests } from './rollback.ts';
import type { Snapshot } from './snapshot.ts';
import { stuckCommands } from './stuck.ts';

/** What one pass decides. Writes come first; commands follow from goals that were persisted before this pass. */
export interface Decision {
  /** `null` when the summary keeps its meaning. */
  readonly status: ReleaseStatus | null;
  readonly runs: readonly TargetRun[];
  readonly commands: readonly Command[];
  /** When to decide again at the latest; `null`: on the next change. */
  readonly wakeAt: Instant | null;
}

/** Decides what happens next to a release. Pure: the same snapshot and time give the same decision. */
export function decide(snapshot: Snapshot, now: Instant): Decision {
  const isFinal = FINAL_PHASES.has(snapshot.status.phase);
  const [request] = unhandledRequests(snapshot);
  if (isFinal && request === undefined) return { status: null, runs: [], commands: [], wakeAt: null };
  const pass =
    request !== undefined
      ? takeRequest(snapshot, now)
      : snapshot.status.rollback !== null
        ? rollBack(snapshot, now)
        : goForward(snapshot, now);
  const status = isSame(snapshot.status, pass.status) ? null : pass.status;
  const changed = new Set(pass.runs.map((run) => run.target));
  const chosen = dispatch(snapshot, pass.status.rollback, changed, now);
  const wakeAt = earliest(pass.wakeAt, chosen.wakeAt, nextFreezeChange(snapshot, now));
  return { status, runs: pass.runs, commands: chosen.commands, wakeAt };
}

interface Pass {
  readonly status: ReleaseStatus;
  readonly runs: readonly TargetRun[];
  readonly wakeAt: Instant | null;
}

/** A person's request is decided first and carried out from the next pass on. */
function takeRequest(snapshot: Snapshot, now: Instant): Pass {
  const requests = unhandledRequests(snapshot);
  const { status } = snapshot;
  const rollback = decisionAfter(snapshot, requests[0]!, now);
  const story = rollback === status.rollback ? [] : [{ reason: 'RollbackDecided', message: rollback.message }];
  return {
    status: {
      ...status,
      phase: rollback === status.rollback ? status.phase : 'RollingBack',
      rollback,
      finishedAt: rollback === status.rollback ? status.finishedAt : null,
      message: rollback.message,
      handledRequests: [...status.handledRequests, requests[0]!.name],
      timeline: withStory(status.timeline, story, now),
    },
    runs: [],
    wakeAt: now,
  };
}

function goForward(snapshot: Snapshot, now: Instant): Pass {
  const { status } = snapshot;
  const waves = [...status.waves];
  const runs: TargetRun[] = [];
  const waitingFor: WaitingFor[] = [];
  const story: WaitingFor[] = [];
  const wakeTimes: (Instant | null)[] = [];
  let failure: WaveFailure | null = null;
  for (const [index, before] of status.waves.entries()) {
    const step = stepWave(snapshot, index, now);
    waves[index] = step.status;
    runs.push(...step.runs);
    waitingFor.push(...step.waitingFor);
    story.push(...step.story);
    wakeTimes.push(step.wakeAt);
    failure ??= step.failure;
    // the next wave starts only after this one has been persisted as passed
    if (failure !== null || before.phase !== 'Passed') break;
  }
  const late = lateReturns(snapshot, [...snapshot.runs.values()], now);
  const next = {
    ...status,
    waves,
    waitingFor: boundedWaits([...waitingFor, ...late, ...stuckCommands(snapshot, now)]),
  };
  if (failure !== null) return failing(next, runs, failure, story, now);
  return { status: forwardStatus(snapshot, next, story, now), runs, wakeAt: earliest(...wakeTimes) };
}

/** The decision is persisted in this pass; its goals follow in the next. */
function failing(
  status: ReleaseStatus,
  runs: readonly TargetRun[],
  failure: WaveFailure,
  story: readonly WaitingFor[],
  now: Instant,
): Pass {
  const rollback = decisionOf(failure, now);
  const entries = [...story, { reason: 'RollbackDecided', message: failure.message }];
  return {
    status: {
      ...status,
      phase: 'RollingBack',
      rollback,
      waitingFor: [],
      message: failure.message,
      timeline: withStory(status.timeline, entries, now),
    },
    runs: runs.filter((run) => run.goal.kind === 'restored'),
    wakeAt: now,
  };
}

function forwardStatus(
  snapshot: Snapshot,
  next: ReleaseStatus,
  story: readonly WaitingFor[],
  now: Instant,
): ReleaseStatus {
  const before = snapshot.status;
  const isDone = next.waves.every((wave) => wave.phase === 'Passed');
  const end = exceptFor('every wave passed', isDone ? failedTargets(snapshot) : []);
  const ending = isDone ? [{ reason: 'Completed', message: end }] : [];
  const current = next.waves.find((wave) => wave.phase !== 'Passed');
  const waits = newlyWaiting(before.waitingFor, next.waitingFor);
  return {
    ...next,
    phase: isDone ? 'Completed' : next.waves.every((wave) => wave.phase === 'Waiting') ? 'Pending' : 'Running',
    message: isDone ? end : (next.waitingFor[0]?.message ?? `wave ${current?.name} is ${current?.phase.toLowerCase()}`),
    timeline: withStory(before.timeline, [...story, ...waits, ...ending], now),
    finishedAt: isDone ? now : null,
  };
}

function rollBack(snapshot: Snapshot, now: Instant): Pass {
  const { status } = snapshot;
  const step = stepRollback(snapshot, status.rollback!, now);
  const isDone = step.state === 'done';
  const left = isDone
    ? [...leftBehind(snapshot, runsInScope(snapshot, status.rollback!)), ...lostRecords(snapshot)]
    : [];
  const waitingFor = boundedWaits([...step.waitingFor, ...notRestored(left), ...stuckCommands(snapshot, now)]);
  const isIncomplete = step.waitingFor.some((one) => one.reason === 'RollbackPending');
  const phase = isDone ? 'RolledBack' : isIncomplete ? 'RollbackIncomplete' : 'RollingBack';
  const sentence = left.length === 0 ? 'every target of the scope' : 'the scope';
  const end = exceptFor(`${sentence} is back on the version it had`, left);
  const ending = isDone ? [{ reason: 'RolledBack', message: end }] : [];
  const story = [...newlyWaiting(status.waitingFor, waitingFor), ...ending];
  return {
    status: {
      ...status,
      phase,
      waitingFor,
      timeline: withStory(status.timeline, story, now),
      finishedAt: isDone ? now : null,
    },
    runs: step.runs,
    wakeAt: step.wakeAt,
  };
}

function notRestored(left: readonly LeftBehind[]): readonly WaitingFor[] {
  if (left.length === 0) return [];
  return [{ reason: 'NotRestored', message: exceptFor('everything is back, look by hand at what is not', left) }];
}

/** Waits that come and go within seconds are no news. */
const QUIET: ReadonlySet<string> = new Set(['PreflightPending']);

/** The same release with other waits, and a story that tells of those that are new and over. */
export function waitingAnew(status: ReleaseStatus, waitingFor: readonly WaitingFor[], now: Instant): ReleaseStatus {
  const story = newlyWaiting(status.waitingFor, waitingFor);
  const message = waitingFor[0]?.message ?? status.message;
  return { ...status, waitingFor, message, timeline: withStory(status.timeline, story, now) };
}

function newlyWaiting(before: readonly WaitingFor[], after: readonly WaitingFor[]): readonly WaitingFor[] {
  const known = new Set(before.map((one) => one.reason));
  const present = new Set(after.map((one) => one.reason));
  const over = headlines(before).filter((one) => !present.has(one.reason) && !QUIET.has(one.reason));
  return [
    ...headlines(after)
      .filter((one) => !known.has(one.reason) && !QUIET.has(one.reason))
      .map((one) => ({ reason: one.reason, message: `${HOLDS}${one.message}` })),
    ...over.map((one) => ({ reason: `${one.reason}${OVER}`, message: `goes on after ${one.reason}` })),
  ];
}

function withStory(
  timeline: readonly TimelineEntry[],
  story: readonly WaitingFor[],
  now: Instant,
): readonly TimelineEntry[] {
  if (story.length === 0) return timeline;
  return boundedStory([...timeline, ...story.map((entry) => ({ at: now, ...entry }))], TIMELINE_LIMIT);
}

function isSame(a: ReleaseStatus, b: ReleaseStatus): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
