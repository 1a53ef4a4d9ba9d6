import type { PlanWave, TargetId } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';

/** The targets of a wave by what has become of them. */
export interface WaveCount {
  readonly targets: number;
  /** Promoted and healthy. */
  readonly promoted: number;
  readonly inFlight: number;
  readonly goingBack: number;
  /** Back on the version they had. */
  readonly back: number;
  readonly failed: number;
  readonly notStarted: number;
}

/** Counts the targets of a wave. */
export function countWave(wave: PlanWave, runs: ReadonlyMap<TargetId, TargetRun>): WaveCount {
  const started = wave.targets.flatMap((target) => runs.get(target.id) ?? []);
  const returning = started.filter((run) => run.goal.kind === 'restored');
  const forward = started.filter((run) => run.goal.kind !== 'restored');
  return {
    targets: wave.targets.length,
    promoted: forward.filter((run) => run.reachedAt !== null).length,
    inFlight: forward.filter((run) => run.reachedAt === null).length,
    goingBack: returning.filter((run) => run.reachedAt === null).length,
    back: returning.filter((run) => run.reachedAt !== null).length,
    failed: started.filter((run) => run.failure !== null).length,
    notStarted: wave.targets.length - started.length,
  };
}
