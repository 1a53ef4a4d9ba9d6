/** What the data say: four different things. */
export type VerdictKind = 'pass' | 'fail' | 'inconclusive' | 'missing';

/** Events of one revision in one window. `0 ≤ good ≤ total`; fractions come from Prometheus' extrapolation. */
export interface Counts {
  readonly good: number;
  readonly total: number;
}

/** A judgement with the numbers that made it. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** PascalCase constant: `WithinObjective`, `MoreBadEventsThanExplained`, `TooFewRequests`, `NoRow`, `SourceUnavailable` … */
  readonly reason: string;
  readonly message: string;
}
