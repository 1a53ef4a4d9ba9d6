import type { JsonObject } from '../../domain/workload.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { Found } from './find-rollout.ts';
import { inlineTemplate, restoreReference, restoreSteps } from './inline-template.ts';
import { ownFields } from './own-fields.ts';
import { stepsOf } from './rollout-fields.ts';
import { movedSince, readStanding, type Standing } from './standing.ts';
import type { AdoptionSubject } from './subject.ts';
import { untilSettled } from './until-settled.ts';

/** What a proof came to. */
export type Proof =
  | { readonly kind: 'proven'; readonly standing: Standing }
  /** Nothing was written. */
  | { readonly kind: 'notGranular' }
  /** It is not adopted: what moved, in words; `isUndone`: whether its steps are again as they were. */
  | { readonly kind: 'moved'; readonly moved: readonly string[]; readonly isUndone: boolean };

/** What can be proven: a Rollout, with the Deployment that it takes its template from. */
export type Provable =
  | Extract<Found, { kind: 'rollout' }>
  | (Found & { kind: 'reference'; deployment: KubernetesObject });

/** Should the template change after all, the controller stops here with no pod moved. */
const GATE: readonly JsonObject[] = [{ setWeight: 0 }, { pause: {} }];

/**
 * Takes hold of a Rollout behind a gate, and looks whether anything moved: revision, ReplicaSets, pods. Then its steps are as they were, whatever
 * came out; a Rollout where something moved is not adopted.
 *
 * @throws ConflictError, TransientError, TerminalError of the API
 */
export async function proveAdoption(subject: AdoptionSubject, found: Provable, signal: AbortSignal): Promise<Proof> {
  const { rollout } = found;
  const before = await readStanding(subject.api, rollout);
  if (found.kind === 'reference') await inlineTemplate(subject, rollout, found.deployment, GATE);
  else if ((await ownFields(subject, { steps: GATE, isAdopted: true })) === 'notGranular')
    return { kind: 'notGranular' };
  const gated = await lookAgain(subject, before, signal);
  if (gated.moved.length > 0) {
    if (found.kind === 'reference') await restoreReference(subject, rollout);
    else await ownFields(subject, { steps: stepsOf(rollout), isAdopted: false });
    const { isObserved } = await untilSettled(subject, signal);
    return { kind: 'moved', moved: gated.moved, isUndone: isObserved };
  }
  if (found.kind === 'reference') await restoreSteps(subject, rollout);
  else await ownFields(subject, { steps: stepsOf(rollout), isAdopted: true });
  const { moved, standing } = await lookAgain(subject, before, signal);
  return moved.length === 0 ? { kind: 'proven', standing } : { kind: 'moved', moved, isUndone: true };
}

async function lookAgain(
  subject: AdoptionSubject,
  before: Standing,
  signal: AbortSignal,
): Promise<{ readonly moved: readonly string[]; readonly standing: Standing }> {
  const { rollout, isObserved } = await untilSettled(subject, signal);
  const standing = await readStanding(subject.api, rollout);
  const moved = movedSince(before, standing);
  return isObserved
    ? { moved, standing }
    : { moved: [...moved, 'its Argo Rollouts controller has not taken the change: is it running?'], standing };
}
