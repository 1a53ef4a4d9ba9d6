import type { TargetId } from '../domain/plan.ts';
import type { RollbackDecision } from '../domain/release-status.ts';
import type { TargetRun } from '../domain/target-run.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import { mayWiden } from './blockers.ts';
import { type Command, chooseCommand } from './commands.ts';
import type { ObservedTarget } from './observed-target.ts';
import { nudgePatienceMs } from './pace.ts';
import type { Snapshot } from './snapshot.ts';

/** The commands of one pass, and when the next may be due. */
export interface Dispatch {
  readonly commands: readonly Command[];
  readonly wakeAt: Instant | null;
}

/** Commands for goals that keep standing after this pass: rollback first, most valuable tier first, bounded in width. */
export function dispatch(
  snapshot: Snapshot,
  rollback: RollbackDecision | null,
  changed: ReadonlySet<TargetId>,
  now: Instant,
): Dispatch {
  const commands: Command[] = [];
  const wakeTimes: (Instant | null)[] = [];
  const shedding = sheddingClusters(snapshot);
  let slots = snapshot.index.plan.rollback.maxConcurrency;
  for (const run of inCommandOrder(snapshot)) {
    const indexed = snapshot.index.targets.get(run.target);
    const observed = snapshot.targets.get(run.target);
    if (indexed === undefined || observed === undefined || changed.has(run.target)) continue;
    if (snapshot.clusters.get(indexed.target.cluster)?.kind !== 'fresh') continue;
    const takesSlot = run.goal.kind === 'restored' && !isShed(observed);
    if (takesSlot && slots <= 0) continue;
    if (takesSlot) slots -= 1;
    if (snapshot.inFlight.has(run.target)) continue;
    const choice = chooseCommand({
      now,
      release: snapshot.release,
      epoch: snapshot.epoch,
      indexed,
      run,
      observed,
      mayWiden: mayWiden(snapshot, rollback, indexed, now),
      patienceMs: nudgePatienceMs(snapshot.pace.get(indexed.target.cluster)),
    });
    const waits = choice.command !== null && mayWait(choice.command, run, now) && shedding.has(indexed.target.cluster);
    if (choice.command !== null && !waits) commands.push(choice.command);
    wakeTimes.push(waits ? later(run.goalAt, SHED_FIRST_MS) : choice.wakeAt);
  }
  return { commands, wakeAt: earliest(...wakeTimes) };
}

/** Templates wait this long at most for the aborts of their neighbours. */
const SHED_FIRST_MS = 60_000;

/** Whether a command only tidies up after an abort, and has not waited too long. A rollout that is InvalidSpec or paused by hand needs its template to let go. */
function mayWait({ action, basis }: Command, run: TargetRun, now: Instant): boolean {
  const isTidying = action.kind === 'restoreTemplate' && basis?.abortedAt === true && !isStuckByItself(basis);
  return isTidying && now < later(run.goalAt, SHED_FIRST_MS);
}

function isStuckByItself(observed: ObservedTarget): boolean {
  return observed.isInvalidSpec || observed.isPausedBySpec;
}

/** Aborted, and no pod of the new version is left; the old template is still to be put back. */
function isShed(observed: ObservedTarget | 'absent'): boolean {
  return observed !== 'absent' && observed.abort && observed.abortedAt && observed.updatedPods === 0;
}

/**
 * Clusters in which aborted targets still have pods of the new version. Traffic goes off everywhere before anything is tidied up: a template costs a
 * rate-limited controller several passes, which the aborts behind it would wait for.
 */
function sheddingClusters(snapshot: Snapshot): ReadonlySet<string> {
  const clusters = new Set<string>();
  for (const run of snapshot.runs.values()) {
    if (run.goal.kind !== 'restored' || run.reachedAt !== null) continue;
    const observed = snapshot.targets.get(run.target);
    if (observed === undefined || observed === 'absent' || isStuckByItself(observed)) continue;
    if (observed.abort && !isShed(observed)) clusters.add(snapshot.index.targets.get(run.target)!.target.cluster);
  }
  return clusters;
}

function inCommandOrder(snapshot: Snapshot): readonly TargetRun[] {
  const rank = (run: TargetRun) =>
    run.goal.kind === 'restored'
      ? (snapshot.index.targets.get(run.target)?.rollbackRank ?? 0)
      : Number.MAX_SAFE_INTEGER;
  const open = [...snapshot.runs.values()].filter((run) => run.reachedAt === null);
  return open.sort((a, b) => rank(a) - rank(b));
}
