import { formatDuration, type Instant } from '../domain/time.ts';
import type { AssessedTarget } from './assess.ts';
import { isAhead, isReached } from './location.ts';
import type { ObservedTarget } from './observed-target.ts';
import { STUCK_AFTER_MS } from './pending.ts';
import type { Snapshot } from './snapshot.ts';

/** How a cluster's controllers keep up; measured from what is seen of its Rollouts anyway. Percentiles are `null` until there is a sample. */
export interface ClusterPace {
  /** Generation first seen, or nudged → taken by the controller, ms. */
  readonly lagP50Ms: number | null;
  readonly lagP90Ms: number | null;
  /** Command of ours sent → its effect seen, ms. */
  readonly effectP90Ms: number | null;
  /** Template sent → the first pause of it, ms. */
  readonly toPauseP50Ms: number | null;
  /** Rollouts of releases whose controller still owes an answer; one that owes it for longer than a minute is stuck, and no measure of the pace. */
  readonly waiting: number;
  /** Answers within the last window, see `paceWindowMs`. */
  readonly answeredLately: number;
  /** Samples behind the percentiles of the lag. */
  readonly samples: number;
}

/** An idle controller answers within a fraction of it. */
const SHORTEST_WINDOW_MS = 500;
/** A lag beyond it is a queue, wherever the cluster is. */
const LONGEST_WINDOW_MS = 4_000;
/** How much longer than an idle controller a busy one may take. */
const BUSY_FACTOR = 4;

/** The lag that a cluster may have while more is given to it, ms. @param quickestMs its shortest lag so far: far away, it is long for an idle one too */
export function paceWindowMs(quickestMs: number): number {
  return Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, BUSY_FACTOR * quickestMs));
}

/** A held start is looked at again after so long, if nothing happens before. */
export const HELD_START_MS = 2_000;

/** What one look at a cluster's Rollouts tells of its pace: what waits, and no more. */
export function paceAtAGlance(observed: readonly ObservedTarget[]): ClusterPace {
  const waiting = observed.filter((one) => one.release !== null && owedAnswer(one) !== null).length;
  const unknown = { lagP50Ms: null, lagP90Ms: null, effectP90Ms: null, toPauseP50Ms: null };
  return { ...unknown, waiting, answeredLately: 0, samples: 0 };
}

/** What the controller owes, as the object itself shows: a look at a generation, the effect of a status command, or nothing. */
export function owedAnswer(observed: ObservedTarget): 'generation' | 'command' | null {
  if (!observed.isObserved) return 'generation';
  const isResuming = observed.pause === null && observed.controllerPause;
  return isResuming || (observed.abort && !observed.abortedAt) ? 'command' : null;
}

/**
 * How many targets of a cluster may wait for its controller while another is started: as many as it answered within the last window, at
 * least one, at most `maxConcurrency`. By Little's law those that wait are the controller's rate times its lag, and those that were
 * answered are its rate times the window: so more is started exactly as long as the lag is shorter than the window. An idle controller
 * answers each start within a fraction of the window, and the width doubles with every answer; one at its limit gets a new target for each
 * that it takes, and its queue stays a window long, whatever its limit is and however long pods take. One that answers nothing has one
 * target more, not a hundred. No state is kept beside what is seen. Ways back are not held.
 */
export function admittedWidth(pace: ClusterPace, maxConcurrency: number): number {
  return Math.min(maxConcurrency, Math.max(1, pace.answeredLately));
}

/** The starts that the clusters of a wave still have room for. */
export interface StartRoom {
  /** Takes a place in the cluster; `false` when it is at its pace. */
  take(cluster: string): boolean;
  /** Whether a place was asked for in vain. */
  isShort(): boolean;
}

/** Room in each cluster at the beginning of a pass. A cluster whose pace nobody measures has no bound but `maxConcurrency`. */
export function startRoom(
  snapshot: Snapshot,
  maxConcurrency: number,
  assessed: readonly AssessedTarget[],
  now: Instant,
): StartRoom {
  const waiting = new Map<string, number>();
  for (const one of assessed) {
    const { cluster } = one.indexed.target;
    if (isOnItsWay(one, now)) waiting.set(cluster, (waiting.get(cluster) ?? 0) + 1);
  }
  let isShort = false;
  return {
    take(cluster) {
      const pace = snapshot.pace.get(cluster);
      const here = waiting.get(cluster) ?? 0;
      if (pace !== undefined && here + pace.waiting >= admittedWidth(pace, maxConcurrency)) {
        isShort = true;
        return false;
      }
      waiting.set(cluster, here + 1);
      return true;
    },
    isShort: () => isShort,
  };
}

/** Whether a decision about the target has not come to its object yet. */
function isOnItsWay({ snapshot, indexed, run, update, location }: AssessedTarget, now: Instant): boolean {
  if (run === null || run.goal.kind === 'restored' || update?.goal.kind === 'restored') return false;
  if (update !== null && update.goalAt !== run.goalAt) return true;
  if (snapshot.refusals.has(indexed.target.id) || now - run.goalAt > STUCK_AFTER_MS) return false;
  if (location?.kind !== 'paused') return location?.kind === 'unwritten' || location?.kind === 'absent';
  return !isReached(run.goal, location) && !isAhead(run.goal, location);
}

/** A controller may be this much slower than most of its answers before a nudge is worth a pass of it. */
const PATIENCE_FACTOR = 2;
/** However slow it is, a lost command is not left alone for longer. */
const MOST_PATIENCE_MS = 8_000;

/** How long a controller is left to itself at least before a command counts as lost, ms: a nudge sooner is one more pass for one that has a queue. */
export function nudgePatienceMs(pace: ClusterPace | undefined): number {
  return Math.min(MOST_PATIENCE_MS, PATIENCE_FACTOR * (pace?.lagP90Ms ?? 0));
}

/** One sentence on why a cluster is given nothing more for now. */
export function paceMessage(cluster: string, { waiting, lagP50Ms }: ClusterPace): string {
  const lag = lagP50Ms === null ? '' : `, lag ${formatDuration(lagP50Ms)}`;
  return `cluster ${cluster} is at its pace: ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for its controller${lag}`;
}
