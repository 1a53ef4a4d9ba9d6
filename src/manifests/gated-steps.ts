import type { JsonObject } from '../domain/workload.ts';

/** Canary steps that stop after each weight (1…99, rising). The pauses have no duration: only a resume that Tidegate sends ends one. */
export function gatedSteps(weightsPercent: readonly number[]): readonly JsonObject[] {
  return weightsPercent.flatMap((setWeight) => [{ setWeight }, { pause: {} }]);
}
