import type { AdoptionFinding } from '../../release/ownership.ts';

/**
 * Where a Rollout stands: `adopted` already, `adoptable` by a proof, `proven` just now, `refused` until what is found is mended, or `moved`:
 * the proof failed.
 */
export type AdoptionOutcome = 'adopted' | 'adoptable' | 'proven' | 'refused' | 'moved';

/** Findings that a proof mends. */
const MENDED_BY_PROOF: ReadonlySet<string> = new Set(['NotAdopted', 'ForeignWriter', 'WorkloadRef']);

/** Where a Rollout stands by what was found. */
export function outcomeOf(
  findings: readonly AdoptionFinding[],
): Extract<AdoptionOutcome, 'adopted' | 'adoptable' | 'refused'> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return 'adopted';
  return errors.every(({ reason }) => MENDED_BY_PROOF.has(reason)) ? 'adoptable' : 'refused';
}

/** Whether a release can go into it, now or after a proof. */
export function isFit(outcome: AdoptionOutcome): boolean {
  return outcome === 'adopted' || outcome === 'adoptable' || outcome === 'proven';
}
