import type { JsonObject } from '../domain/workload.ts';
import { gatedSteps } from './gated-steps.ts';

/** What a release writes into a Rollout that others made. */
export interface ExistingRolloutInput {
  readonly namespace: string;
  readonly rollout: string;
  /** Container → image. */
  readonly images: Readonly<Record<string, string>>;
  /** Canary weights, rising, 1…99. */
  readonly weights: readonly number[];
}

/**
 * The fields of somebody else's Rollout that a release writes, as a partial object: images of the named containers, and the canary steps.
 * An init container stands among the containers here: which list it is in, the live object tells.
 */
export function existingRollout({ namespace, rollout, images, weights }: ExistingRolloutInput): JsonObject {
  const containers = Object.keys(images)
    .sort()
    .map((name) => ({ image: images[name]!, name }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: rollout, namespace },
    spec: { strategy: { canary: { steps: gatedSteps(weights) } }, template: { spec: { containers } } },
  };
}
