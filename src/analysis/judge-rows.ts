import type { RowCounts } from '../domain/series-seen.ts';
import type { Counts, Verdict } from '../domain/verdict.ts';
import { type Doubt, doubtOf, type MeasuredWindow } from './doubts.ts';
import { formatCount } from './format-numbers.ts';
import { allowedBadRatio, type Judgement, type JudgePolicy, judge } from './judge.ts';
import { sumRows } from './sum-counts.ts';

/** What is judged together. */
export interface JudgedRows {
  /** Rows of the version in question: one a tenant and cluster. */
  readonly canary: readonly RowCounts[];
  /** Rows of the other versions of the same tenants, at the same time. */
  readonly stable: readonly Counts[];
}

/** What a verdict on rows needs. */
export interface RowsPolicy extends JudgePolicy, MeasuredWindow {}

/** Share of all events that rows in doubt may have in a sum that passes: in a large fleet some pod is always just being replaced. */
const TOLERATED_DOUBT_RATIO = 0.05;

/** Requests of the other version beside which none at all of the new one is no chance: at a weight of 1 %, e⁻¹⁰. */
const BUSY_BESIDE_REQUESTS = 1000;

/**
 * Judges rows as one, by what may be believed of them.
 *
 * Data in doubt never pass. They fail only by events that really were: rows whose counts are none are set aside, and what the others show
 * beyond the objective stands.
 */
export function judgeRows({ canary, stable }: JudgedRows, policy: RowsPolicy): Judgement {
  const read = canary.map((row) => ({ row, doubt: doubtOf(row, policy) }));
  const believed = read.filter(({ doubt }) => doubt?.against !== 'counts').map(({ row }) => row);
  const verdict = judge({ canary: sumRows(believed), stable: sumRows(stable) }, policy);
  if (verdict.kind === 'fail') return verdict;
  const doubt = weightiest(read) ?? standsStillBeside(canary, stable) ?? unseenErrors(verdict, believed, policy);
  return doubt === null ? verdict : { ...doubt, arms: verdict.arms };
}

/** The doubt of most events, where doubts have more than a few of them. */
function weightiest(read: readonly { readonly row: RowCounts; readonly doubt: Doubt | null }[]): Doubt | null {
  // rows without any event still count for something
  const weight = ({ row }: { readonly row: Counts }) => Math.max(1, row.total);
  const doubted = read.flatMap(({ row, doubt }) => (doubt === null ? [] : [{ row, doubt }]));
  const first = doubted.toSorted((a, b) => weight(b) - weight(a))[0];
  const sum = (rows: readonly { readonly row: Counts }[]) => rows.reduce((total, one) => total + weight(one), 0);
  if (first === undefined || sum(doubted) <= sum(read) * TOLERATED_DOUBT_RATIO) return null;
  if (read.length === 1) return first.doubt;
  return { ...first.doubt, message: `${doubted.length} of ${read.length} rows in doubt: ${first.doubt.message}` };
}

/** A quiet tenant has too few requests of both versions; here only the new one has none. */
function standsStillBeside(canary: readonly RowCounts[], stable: readonly Counts[]): Verdict | null {
  const beside = sumRows(stable)?.total ?? 0;
  const own = sumRows(canary);
  if (own === null || own.total > 0 || beside < BUSY_BESIDE_REQUESTS) return null;
  const message = `no request in the window while the other version served ${formatCount(Math.round(beside))}: the new pods get no traffic, or an exporter repeats the values of dead ones`;
  return { kind: 'inconclusive', reason: 'SeriesStandStill', message };
}

/** A series that appears with its first errors hides them from every count: a pass must hold with them too. */
function unseenErrors(verdict: Verdict, rows: readonly RowCounts[], policy: RowsPolicy): Verdict | null {
  const counts = sumRows(rows);
  const unseen = rows.reduce((sum, { seen }) => sum + (seen?.unseenBad ?? 0), 0);
  if (verdict.kind !== 'pass' || counts === null || unseen === 0) return null;
  const bad = Math.max(0, counts.total - counts.good) + unseen;
  if (bad / (counts.total + unseen) <= allowedBadRatio(policy.objective)) return null;
  const message = `${verdict.message}, but series appeared with ${formatCount(Math.round(unseen))} bad requests that no count holds: expose them at 0 from the start`;
  return { kind: 'inconclusive', reason: 'FirstErrorsUnseen', message };
}
