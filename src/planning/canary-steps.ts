import type { PlanStep } from '../domain/plan.ts';

/** New pods of all pods. */
interface Split {
  readonly canary: number;
  readonly total: number;
}

/**
 * The share (0…100, integer) that `weightPercent` (1…99) really gives on `replicas` pods without a traffic router: Argo takes the
 * nearest number of pods, ties up, may add one pod, and leaves neither side empty.
 *
 * @see argo-rollouts.md 3.3
 */
export function effectivePercent(weightPercent: number, replicas: number): number {
  const { canary, total } = nearestSplit(weightPercent, replicas);
  return Math.round((100 * canary) / total);
}

/** Declared weights (rising) with their effect; one that gives no more traffic than the step before is merged into that. */
export function canarySteps(weightsPercent: readonly number[], replicas: number): readonly PlanStep[] {
  const steps: PlanStep[] = [];
  for (const weightPercent of weightsPercent) {
    const step = { weightPercent, effectivePercent: effectivePercent(weightPercent, replicas) };
    if (step.effectivePercent > (steps.at(-1)?.effectivePercent ?? 0)) steps.push(step);
  }
  return steps;
}

function nearestSplit(weightPercent: number, replicas: number): Split {
  const exact = (replicas * weightPercent) / 100;
  // Of two that are equally near the first is taken, so the higher number stands first.
  const candidates: Split[] = [];
  for (const total of [replicas, replicas + 1]) {
    const up = Math.ceil(exact);
    const down = Math.floor(exact);
    if (total > replicas || up < replicas) candidates.push({ canary: up, total });
    if (down > 0) candidates.push({ canary: down, total });
  }
  return candidates.reduce((best, next) =>
    distance(next, weightPercent) < distance(best, weightPercent) ? next : best,
  );
}

function distance(split: Split, weightPercent: number): number {
  return Math.abs(weightPercent - (100 * split.canary) / split.total);
}
