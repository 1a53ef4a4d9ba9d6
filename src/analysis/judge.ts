import type { Arms, Counts, Verdict } from '../domain/verdict.ts';
import { binomialTail } from './binomial-tail.ts';
import { formatCount, formatShares } from './format-numbers.ts';

/** Below this chance under the objective, bad events are not called luck any more. */
export const SIGNIFICANCE_RATIO = 0.01;

/** How far `good` may exceed `total` (share of total, at least one event) before the counts are not believed. */
const EXCESS_TOLERANCE_RATIO = 0.01;

/** What a verdict needs. */
export interface JudgePolicy {
  /** Share of good events wanted, 0…1. */
  readonly objective: number;
  readonly minRequests: number;
  /** Chance under the objective below which a verdict fails, 0…1; who looks often takes a smaller one. @default 0.01 */
  readonly significanceRatio?: number;
}

/** A verdict with the numbers that made it. */
export interface Judgement extends Verdict {
  readonly arms: Arms;
}

/**
 * Turns counts of both versions into a verdict. The new version is held to its objective; what the other one served at the same time is
 * told beside it, and decides nothing.
 *
 * Counts are fractions (Prometheus extrapolates). The test needs integers: bad events are rounded down and requests up, so rounding never
 * accuses anybody. The share of bad events and `minRequests` are compared with the numbers as they came.
 */
export function judge(arms: Arms, policy: JudgePolicy): Judgement {
  return { ...judgeAlone(arms.canary, arms.stable, policy), arms };
}

/** Share of bad events that an objective allows, 0…1. 1 - 0.9 is a hair below 0.1: without rounding, exactly 10 % bad would not be within 90 %. */
export function allowedBadRatio(objective: number): number {
  return Number((1 - objective).toFixed(12));
}

function judgeAlone(counts: Counts | null, beside: Counts | null, policy: JudgePolicy): Verdict {
  const { objective, minRequests, significanceRatio = SIGNIFICANCE_RATIO } = policy;
  if (counts === null) return { kind: 'missing', reason: 'NoRow', message: 'the metric source has no data' };
  if (!areBelievable(counts)) {
    const message = `counts make no sense: ${counts.good} good of ${counts.total} requests`;
    return { kind: 'missing', reason: 'UnbelievableCounts', message };
  }
  const { total } = counts;
  if (total === 0 || total < minRequests) {
    const message = `${formatCount(Math.floor(total))} requests, at least ${formatCount(Math.max(1, minRequests))} needed`;
    return { kind: 'inconclusive', reason: 'TooFewRequests', message };
  }
  const bad = Math.max(0, total - counts.good);
  const allowedRatio = allowedBadRatio(objective);
  const [badShare, allowedShare] = formatShares(bad / total, allowedRatio);
  const message = `${badShare} of ${formatCount(Math.round(total))} requests bad, allowed ${allowedShare}${besideText(beside)}`;
  if (bad / total <= allowedRatio) return { kind: 'pass', reason: 'WithinObjective', message };
  const chance = binomialTail(Math.floor(bad), Math.ceil(total), allowedRatio);
  if (chance < significanceRatio) return { kind: 'fail', reason: 'MoreBadEventsThanExplained', message };
  const doubt = `${message}: too few to rule out chance (p = ${chance.toPrecision(2)})`;
  return { kind: 'inconclusive', reason: 'AboveObjectiveNotSignificant', message: doubt };
}

/** ` (other version: 0.1 % of 17 000)` */
function besideText(beside: Counts | null): string {
  if (beside === null || beside.total < 1 || !areBelievable(beside)) return '';
  const badRatio = Math.max(0, beside.total - beside.good) / beside.total;
  const [share] = formatShares(badRatio, badRatio);
  return ` (other version: ${share} of ${formatCount(Math.round(beside.total))})`;
}

function areBelievable({ good, total }: Counts): boolean {
  if (!Number.isFinite(good) || !Number.isFinite(total) || good < 0 || total < 0) return false;
  return good <= total + Math.max(1, total * EXCESS_TOLERANCE_RATIO);
}
