import { disown, type Holdable, takeHold } from './hold.ts';
import { movedSince, readStanding, type Standing } from './standing.ts';
import type { AdoptionSubject } from './subject.ts';
import { untilSettled } from './until-settled.ts';

/** What a proof came to. */
export type Proof =
  | { readonly kind: 'proven'; readonly standing: Standing }
  /** Nothing was written. */
  | { readonly kind: 'notGranular' }
  /** It is not adopted: what moved, in words; `isUndone`: whether the controller has seen its steps as they were. */
  | { readonly kind: 'moved'; readonly moved: readonly string[]; readonly isUndone: boolean };

/**
 * Takes hold of a Rollout behind a gate, and looks whether anything moved: revision, ReplicaSets, pods. Then its steps are as they were, whatever
 * came out; a Rollout where something moved is not adopted. A proof that dies leaves the gate, and another one takes it away.
 *
 * @throws ConflictError, TransientError, TerminalError of the API
 */
export async function proveAdoption(subject: AdoptionSubject, found: Holdable, signal: AbortSignal): Promise<Proof> {
  const before = await readStanding(subject.api, found.rollout);
  const hold = await takeHold(subject, found);
  if (hold === null) return { kind: 'notGranular' };
  let gated: Look | null = null;
  try {
    gated = await lookAgain(subject, before, signal);
  } finally {
    await hold.letGo(gated?.moved.length === 0);
  }
  const after = await lookAgain(subject, before, signal);
  const isUndone = after.isObserved;
  if (gated.moved.length > 0) return { kind: 'moved', moved: gated.moved, isUndone };
  if (after.moved.length === 0) return { kind: 'proven', standing: after.standing };
  await disown(subject);
  return { kind: 'moved', moved: after.moved, isUndone };
}

interface Look {
  readonly moved: readonly string[];
  readonly standing: Standing;
  readonly isObserved: boolean;
}

async function lookAgain(subject: AdoptionSubject, before: Standing, signal: AbortSignal): Promise<Look> {
  const { rollout, isObserved } = await untilSettled(subject, signal);
  const standing = await readStanding(subject.api, rollout);
  const moved = movedSince(before, standing);
  const silent = 'its Argo Rollouts controller has not taken the change: is it running?';
  return { moved: isObserved ? moved : [...moved, silent], standing, isObserved };
}
