import type { Judgement } from '../analysis/judge.ts';
import type { PlanMeasurement } from '../domain/plan.ts';
import type { RowCounts } from '../domain/series-seen.ts';
import type { DecidingSample, JudgedWhom } from '../domain/target-run.ts';
import type { Instant } from '../domain/time.ts';

/** What a source answered for some rows, and when it was asked. */
export interface AnsweredRows {
  readonly at: Instant;
  readonly rows: readonly RowCounts[];
  readonly others: readonly RowCounts[];
}

/** Who is judged. */
export interface Judged {
  /** For messages. */
  readonly subject: string;
  readonly of: JudgedWhom;
}

/** What a measurement came to: rows to judge, or why there are none. */
export type Counted =
  | ({ readonly kind: 'rows' } & AnsweredRows)
  | { readonly kind: 'early'; readonly lookAt: Instant }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly message: string };

/** What was judged, or could not be. */
export type Reading =
  | (Judged & {
      readonly kind: 'read';
      readonly measurement: PlanMeasurement;
      readonly answered: AnsweredRows;
      readonly verdict: Judgement;
    })
  | ({ readonly measurement: PlanMeasurement } & Exclude<Counted, { kind: 'rows' }>);

/** A verdict on rows. */
export type JudgedReading = Extract<Reading, { kind: 'read' }>;

/** What is kept of a reading with a decision. */
export function sampleOf({ measurement, verdict, answered, of }: JudgedReading): DecidingSample {
  const { arms, kind, reason } = verdict;
  const [row, ...rows] = answered.rows;
  return {
    slo: measurement.slo,
    verdict: kind,
    good: arms.canary?.good ?? 0,
    total: arms.canary?.total ?? 0,
    objective: measurement.objective,
    basis: {
      reason,
      at: answered.at,
      of,
      stable: arms.stable,
      // what passes or fails does so by its counts
      seen: row === undefined || rows.length > 0 || kind === 'pass' || kind === 'fail' ? null : row.seen,
    },
  };
}

/** Reasons that their message says in full. */
const PLAIN: ReadonlySet<string> = new Set([
  'WithinObjective',
  'MoreBadEventsThanExplained',
  'AboveObjectiveNotSignificant',
  'TooFewRequests',
  'NoRow',
  'SourceUnavailable',
]);

/** A message. Doubts about data carry their name, by which the runbook tells more of them. */
export function named(reason: string, message: string): string {
  return PLAIN.has(reason) ? message : `${message} (${reason})`;
}

/** Verdicts whose message says how many requests were bad. */
const COMPARED: ReadonlySet<string> = new Set(['MoreBadEventsThanExplained', 'AboveObjectiveNotSignificant']);

/** `globex p95 over 500 ms for 31 % of 1 904 requests, allowed 5 %` */
export function sentence({ measurement, subject, verdict }: JudgedReading): string {
  const { measured, objective, slo } = measurement;
  if (measured.kind === 'ratio') return `${subject} ${slo}: ${verdict.message}`;
  const quantile = `p${Number((objective * 100).toFixed(3))}`;
  const bound = measured.belowSeconds < 1 ? `${measured.belowSeconds * 1000} ms` : `${measured.belowSeconds} s`;
  if (!COMPARED.has(verdict.reason)) return `${subject} ${slo}: ${verdict.message}`;
  return `${subject} ${quantile} over ${bound} for ${verdict.message.replace(' requests bad', ' requests')}`;
}
