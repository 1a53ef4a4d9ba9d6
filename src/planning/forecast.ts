import type { Plan, PlanTarget, PlanWave } from '../domain/plan.ts';
import { type Instant, later } from '../domain/time.ts';
import { batches } from './batches.ts';
import { nextOpen } from './windows.ts';

/** What the arithmetic supposes. */
export interface ForecastOptions {
  readonly startAt: Instant;
  /** Time until new pods serve, ms. @default 30 000 */
  readonly podReadyMs?: number;
  /** Time that one cluster's controllers take for one move of one target, ms. @default 520 @see real-controller.md 5 */
  readonly controllerMs?: number;
  /** The same for a way back, ms. @default 830 */
  readonly controllerBackMs?: number;
}

/** When a wave starts, bakes and passes, when nothing fails and approvals come at once. */
export interface WaveForecast {
  readonly wave: string;
  readonly batches: number;
  readonly startsAt: Instant;
  /** Last target promoted. */
  readonly bakesAt: Instant;
  readonly passesAt: Instant;
  /** Time spent waiting for a window to open, ms. */
  readonly closedMs: number;
  /** Time to have every target of this and all earlier waves back on the version it had, ms: the longest that a rollback may take. */
  readonly rollbackMs: number;
}

/** A forecast is beside the plan, never in its hash. */
export interface Forecast {
  readonly startAt: Instant;
  readonly waves: readonly WaveForecast[];
  readonly endAt: Instant;
}

/** Adds up batches, moves, bakes and closed windows. */
export function forecast(plan: Plan, options: ForecastOptions): Forecast {
  const pace = {
    podReadyMs: options.podReadyMs ?? 30_000,
    controllerMs: options.controllerMs ?? 520,
    controllerBackMs: options.controllerBackMs ?? 830,
  };
  const waves: WaveForecast[] = [];
  const touched: PlanTarget[] = [];
  let at = options.startAt;
  for (const wave of plan.waves) {
    touched.push(...wave.targets);
    const next = forecastWave(wave, at, pace);
    waves.push({ ...next, rollbackMs: rollbackMs(touched, plan.rollback, pace) });
    at = next.passesAt;
  }
  return { startAt: options.startAt, waves, endAt: at };
}

interface Pace {
  readonly podReadyMs: number;
  readonly controllerMs: number;
  readonly controllerBackMs: number;
}

function forecastWave(wave: PlanWave, from: Instant, pace: Pace): Omit<WaveForecast, 'rollbackMs'> {
  let at = from;
  let closedMs = 0;
  let startsAt: Instant | null = null;
  const groups = batches(wave.targets, wave.maxConcurrency);
  const moveOnceOpen = (group: readonly PlanTarget[]): void => {
    // A window that never opens is refused by the plan.
    const open = nextOpen(wave.windows, at) ?? at;
    closedMs += open - at;
    startsAt ??= open;
    at = later(open, moveMs(group, pace.podReadyMs, pace.controllerMs));
  };
  for (const group of groups) {
    const steps = Math.max(...group.map((target) => target.steps.length));
    for (let step = 0; step < steps; step++) {
      moveOnceOpen(group);
      at = later(at, wave.bakeStepMs);
    }
    moveOnceOpen(group);
  }
  const passesAt = later(at, wave.bakeWaveMs);
  return { wave: wave.name, batches: groups.length, startsAt: startsAt ?? from, bakesAt: at, passesAt, closedMs };
}

/** Strictest tiers first, `maxConcurrency` at a time, as fast as the controllers go. */
function rollbackMs(targets: readonly PlanTarget[], rollback: Plan['rollback'], pace: Pace): number {
  return batches(rollbackOrder(targets, rollback.order), rollback.maxConcurrency)
    .map((group) => moveMs(group, pace.podReadyMs, pace.controllerBackMs))
    .reduce((sum, ms) => sum + ms, 0);
}

/** Targets in the order they are taken back. */
export function rollbackOrder(targets: readonly PlanTarget[], tiers: readonly string[]): readonly PlanTarget[] {
  return [...targets].sort((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier));
}

/** Clusters move side by side; within one, its controllers take targets one after the other. */
function moveMs(group: readonly PlanTarget[], podReadyMs: number, controllerMs: number): number {
  const perCluster = new Map<string, number>();
  for (const { cluster } of group) perCluster.set(cluster, (perCluster.get(cluster) ?? 0) + 1);
  return podReadyMs + Math.max(0, ...perCluster.values()) * controllerMs;
}
