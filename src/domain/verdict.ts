/** What the data say: four different things. */
export type VerdictKind = 'pass' | 'fail' | 'inconclusive' | 'missing';

/** Events of one revision in one window. `0 ≤ good ≤ total`; fractions come from Prometheus' extrapolation. */
export interface Counts {
  readonly good: number;
  readonly total: number;
}

/** What both versions served in the same window; `null`: no data. */
export interface Arms {
  /** The version that is judged. */
  readonly canary: Counts | null;
  /** Every other version of the same tenants; `null` too where versions cannot be told apart. */
  readonly stable: Counts | null;
}

/** A judgement with the numbers that made it. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** PascalCase constant: `WithinObjective`, `MoreBadEventsThanExplained`, `TooFewRequests`, `NoRow`, `StaleSamples`, `SourceUnavailable` … */
  readonly reason: string;
  readonly message: string;
}
