import type { Verdict, VerdictKind } from '../domain/verdict.ts';

/** Worse is higher. `missing` is worse than `inconclusive`: data that came say more than none. */
const badness: Readonly<Record<VerdictKind, number>> = { pass: 0, inconclusive: 1, missing: 2, fail: 3 };

/** The verdict that decides over several SLOs or targets: fail > missing > inconclusive > pass, the first of the worst; none at all is `missing`. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  const [first, ...others] = verdicts;
  if (first === undefined) return { kind: 'missing', reason: 'NothingMeasured', message: 'no SLO was measured' };
  return others.reduce((worst, verdict) => (badness[verdict.kind] > badness[worst.kind] ? verdict : worst), first);
}
