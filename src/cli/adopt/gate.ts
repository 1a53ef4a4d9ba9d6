import type { JsonObject } from '../../domain/workload.ts';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { stepsOf } from './rollout-fields.ts';

/** Should the template change during a proof, the controller stops here with no pod moved. */
export const GATE: readonly JsonObject[] = [{ setWeight: 0 }, { pause: {} }];

/** Annotation, during a proof: the canary steps that stood there, as JSON. A proof that dies leaves the gate, and this. */
export const GATED = 'tidegate.dev/gated';

/** The canary steps of a Rollout as its maker left them, gate or not; `null`: none. */
export function stepsBefore(rollout: KubernetesObject): readonly JsonObject[] | null {
  const steps = stepsOf(rollout);
  const noted = rollout.metadata.annotations?.[GATED];
  if (noted === undefined || canonicalJson(steps ?? []) !== canonicalJson(GATE)) return steps;
  try {
    const parsed: unknown = JSON.parse(noted);
    return Array.isArray(parsed) ? (parsed as readonly JsonObject[]) : null;
  } catch {
    return steps; // somebody's own text: the gate is all that is known
  }
}
