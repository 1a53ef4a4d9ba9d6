import type { Plan, PlanWave } from '../../domain/plan.ts';
import type { ReleaseStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { ForecastOptions } from '../../planning/forecast.ts';

/** What a forecast supposes of the clusters. */
export type SupposedPace = Pick<ForecastOptions, 'podReadyMs' | 'controllerMs'>;

/** Fewer starts in a cluster say nothing about its pace. */
const FEWEST_STARTS = 5;

/**
 * The pace that a release under way has shown so far, read off the records that the daemon writes anyway; what nothing shows yet is left to
 * the forecast's assumptions. The latest wave that shows it counts. A wave that was stopped in between shows nothing.
 */
export function measuredPace(plan: Plan, status: ReleaseStatus, runs: readonly TargetRun[]): SupposedPace {
  const of = new Map(runs.map((run) => [run.target, run]));
  const shown = plan.waves.flatMap((wave, index) => {
    const state = status.waves[index];
    if (state?.startedAt == null || state.blockedMs > 0 || state.blockedSince !== null) return [];
    return [{ wave, runs: wave.targets.flatMap(({ id }) => of.get(id) ?? []) }];
  });
  const latestOf = (measure: (wave: PlanWave, runs: readonly TargetRun[]) => number | null) =>
    shown.map((one) => measure(one.wave, one.runs)).findLast((ms) => ms !== null);
  const podReadyMs = latestOf(moveMs);
  const controllerMs = latestOf(startGapMs);
  return { ...(podReadyMs == null ? {} : { podReadyMs }), ...(controllerMs == null ? {} : { controllerMs }) };
}

/** Middle time of one move of the targets that have arrived, bakes apart, ms. */
function moveMs(wave: PlanWave, runs: readonly TargetRun[]): number | null {
  const steps = new Map(wave.targets.map((target) => [target.id, target.steps.length]));
  const moves = runs.flatMap(({ target, goal, startedAt, reachedAt }) => {
    if (goal.kind !== 'promoted' || reachedAt === null) return [];
    const pauses = steps.get(target) ?? 0;
    return [Math.max(0, reachedAt - startedAt - pauses * wave.bakeStepMs) / (pauses + 1)];
  });
  return moves.toSorted((a, b) => a - b)[Math.floor(moves.length / 2)] ?? null;
}

/**
 * Time between two starts in the slowest cluster while slots were free, ms: the daemon starts as fast as a cluster's controllers take what
 * it starts, so this is what one target costs them.
 */
function startGapMs(wave: PlanWave, runs: readonly TargetRun[]): number | null {
  const clusterOf = new Map(wave.targets.map((target) => [target.id, target.cluster]));
  const first = runs.toSorted((a, b) => a.startedAt - b.startedAt).slice(0, wave.maxConcurrency);
  const starts = Map.groupBy(first, ({ target }) => clusterOf.get(target)!);
  const gaps = [...starts.values()].flatMap((ofCluster) => {
    if (ofCluster.length < FEWEST_STARTS) return [];
    return [(ofCluster.at(-1)!.startedAt - ofCluster[0]!.startedAt) / (ofCluster.length - 1)];
  });
  return gaps.length === 0 ? null : Math.max(...gaps);
}
