import { suggestion } from '../config/nearest-name.ts';
import type { Plan } from '../domain/plan.ts';
import type { JsonObject } from '../domain/workload.ts';
import { stampOwnership } from '../manifests/labels.ts';
import { manifestOf } from '../release/plan-index.ts';
import { badArgument } from './failure.ts';

/** What a release writes for one target, in the order it is written. */
export interface RenderedTarget {
  readonly id: string;
  readonly wave: string;
  readonly objects: readonly JsonObject[];
}

/** The objects of every target of a plan, or of one. @throws InvalidInput for a target that the plan does not have */
export function renderedTargets(plan: Plan, only: string | undefined): readonly RenderedTarget[] {
  const all = plan.waves.flatMap((wave) => wave.targets.map((target) => ({ wave: wave.name, target })));
  const chosen = only === undefined ? all : all.filter(({ target }) => target.id === only);
  if (only !== undefined && chosen.length === 0) {
    const known = all.map(({ target }) => target.id);
    throw badArgument(`--target: release ${plan.release} has no target "${only}"${suggestion(only, known)}`);
  }
  return chosen.map(({ wave, target }) => {
    const support = target.supportManifests.map((digest) => manifestOf(plan, digest));
    const rollout = manifestOf(plan, target.rolloutManifest);
    const ownership = { release: plan.release, planHash: plan.hash, wave };
    // an adopted Rollout's labels are its owner's
    const written = plan.source === 'existing' ? rollout : stampOwnership(rollout, ownership);
    return { id: target.id, wave, objects: [...support, written] };
  });
}
