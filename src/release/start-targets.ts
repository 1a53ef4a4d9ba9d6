import type { Goal, Previous, TargetRun } from '../domain/target-run.ts';
import { type Instant, later } from '../domain/time.ts';
import type { AssessedTarget } from './assess.ts';
import { type Blocker, targetBlocker } from './blockers.ts';
import { carriesVersion } from './carries-version.ts';
import { subjectOf } from './gate.ts';
import type { ObservedTarget } from './observed-target.ts';
import { HELD_START_MS, startRoom } from './pace.ts';
import type { IndexedTarget } from './plan-index.ts';
import type { Snapshot } from './snapshot.ts';

/** The targets that a pass starts, and what keeps others. */
export interface Started {
  readonly runs: readonly TargetRun[];
  readonly blocked: readonly Blocker[];
  /** When to look again though nothing changes; `null`: on the next change. */
  readonly wakeAt: Instant | null;
}

/** Fills the free slots in plan order, as its clusters digest them. First deploys wait until the version is proven on the others; what others make is not deployed. */
export function startTargets(
  snapshot: Snapshot,
  waveIndex: number,
  assessed: readonly AssessedTarget[],
  now: Instant,
): Started {
  const wave = snapshot.index.waves[waveIndex]!;
  const inFlight = assessed.filter(isInFlight).length;
  let slots = wave.maxConcurrency - inFlight;
  const isProvenElsewhere = assessed.every((one) => one.observed === 'absent' || one.run?.reachedAt != null);
  const room = startRoom(snapshot, wave.maxConcurrency, assessed, now);
  const runs: TargetRun[] = [];
  const blocked: Blocker[] = [];
  for (const one of assessed) {
    if (slots <= 0) break;
    if (one.run !== null || one.observed === undefined) continue;
    if (one.observed === 'absent' && !(isProvenElsewhere && one.indexed.ownedImages === null)) continue;
    const blocker = targetBlocker(snapshot, wave, one.indexed, now);
    if (blocker !== null) {
      blocked.push({ ...blocker, message: `${subjectOf(one.indexed)}: ${blocker.message}` });
      continue;
    }
    if (!room.take(one.indexed.target.cluster)) continue;
    runs.push(startRun(one.indexed, one.observed, snapshot.release, now));
    slots -= 1;
  }
  return { runs, blocked, wakeAt: room.isShort() ? later(now, HELD_START_MS) : null };
}

function isInFlight({ run, update }: AssessedTarget): boolean {
  const latest = update ?? run;
  return latest !== null && latest.goal.kind !== 'restored' && latest.reachedAt === null;
}

/**
 * Records what the target runs before anything is done to it. One that has this very release behind it without a record has lost it: what
 * it ran before is not known any more, and nothing is claimed about it.
 */
function startRun(
  indexed: IndexedTarget,
  observed: ObservedTarget | 'absent',
  release: string,
  now: Instant,
): TargetRun {
  const { target } = indexed;
  const isThere =
    observed !== 'absent' && carriesVersion(indexed, observed) && observed.stableHash === observed.currentHash;
  const previous: Previous =
    observed === 'absent' || (isThere && observed.release === release)
      ? { kind: 'nothing' }
      : { kind: 'revision', hash: observed.stableHash, image: observed.image };
  const skipsSteps = observed === 'absent' || isThere || target.steps.length === 0;
  const goal: Goal = skipsSteps ? { kind: 'promoted' } : { kind: 'step', step: 0 };
  return {
    target: target.id,
    goal,
    goalAt: now,
    startedAt: now,
    previous,
    revision: isThere ? observed.stableHash : null,
    reachedAt: null,
    failure: null,
    deciding: [],
    nudges: 0,
  };
}
