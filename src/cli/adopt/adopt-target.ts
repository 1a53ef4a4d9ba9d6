import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { projectRollout } from '../../release/observed-target.ts';
import { type AdoptionFinding, adoptionFindings, otherWriters } from '../../release/ownership.ts';
import { type AdoptionOutcome, outcomeOf } from './adoption-outcome.ts';
import { adoptionWarnings } from './adoption-warnings.ts';
import type { Found } from './find-rollout.ts';
import type { Holdable } from './hold.ts';
import { proveAdoption } from './prove-adoption.ts';
import type { AdoptionSubject } from './subject.ts';

/** How the adoption of one Rollout went. */
export interface AdoptionResult {
  readonly outcome: AdoptionOutcome;
  /** Pods that it wants. */
  readonly replicas: number;
  readonly findings: readonly AdoptionFinding[];
}

/** Judges a Rollout, and with `isProven` takes hold of it where it is fit. */
export async function adoptTarget(
  subject: AdoptionSubject,
  found: Extract<Found, { rollout: unknown }>,
  { isProven, signal }: { readonly isProven: boolean; readonly signal: AbortSignal },
): Promise<AdoptionResult> {
  const findings = findingsOf(subject, found);
  const seen = { replicas: projectRollout(found.rollout).wantedPods };
  const outcome = outcomeOf(findings);
  const others = otherWriters(found.rollout, subject.containers);
  if (!isProven || outcome === 'refused')
    return { ...seen, outcome, findings: outcome === 'adopted' ? [...findings, ...others] : findings };
  const proof = await proveAdoption(subject, provable(found), signal);
  const rest = findings.filter(({ severity }) => severity === 'warning');
  switch (proof.kind) {
    case 'proven':
      return { ...seen, outcome: 'proven', findings: [...rest, ...others] };
    case 'notGranular':
      return { ...seen, outcome: 'refused', findings: [...rest, notGranular(found.rollout)] };
    case 'moved': {
      const undone = proof.isUndone ? 'its canary steps are as they were' : 'its canary steps may not be as they were';
      const message = `it moved while its fields were taken hold of: ${proof.moved.join(', ')}; ${undone}`;
      return { ...seen, outcome: 'moved', findings: [...rest, { severity: 'error', reason: 'Moved', message }] };
    }
  }
}

/** Of a Rollout that can never be adopted as it is, the rest does not matter. */
function findingsOf(subject: AdoptionSubject, found: Extract<Found, { rollout: unknown }>): readonly AdoptionFinding[] {
  const judged = adoptionFindings(found.rollout, subject.containers, subject.command);
  if (judged.some(({ reason }) => reason === 'BlueGreen')) return judged;
  return [...judged, ...adoptionWarnings(found, subject)];
}

/** `adoptionWarnings` refuses a reference without its Deployment. */
function provable(found: Extract<Found, { rollout: unknown }>): Holdable {
  if (found.kind === 'rollout') return found;
  return { ...found, deployment: found.deployment! };
}

function notGranular({ metadata }: KubernetesObject): AdoptionFinding {
  const message = `applying images and steps to the Rollout ${metadata.name} would replace more than them, nothing was written: its cluster's Rollout definition keeps containers as one list, bring the definitions of Argo Rollouts to 1.9`;
  return { severity: 'error', reason: 'NotGranular', message };
}
