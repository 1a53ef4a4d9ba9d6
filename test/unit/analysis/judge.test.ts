import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/analysis/judge.ts';
import type { Counts } from '../../../src/domain/verdict.ts';

interface Case {
  readonly counts: Counts | null;
  readonly objective?: number;
  readonly minRequests?: number;
  readonly kind: string;
  readonly reason: string;
  readonly message?: string;
}

const cases: Readonly<Record<string, Case>> = {
  'no row is missing, never a pass': { counts: null, kind: 'missing', reason: 'NoRow' },
  'no traffic is inconclusive even when no minimum is asked': {
    counts: { good: 0, total: 0 },
    minRequests: 0,
    kind: 'inconclusive',
    reason: 'TooFewRequests',
    message: '0 requests, at least 1 needed',
  },
  'every request bad but too few of them accuses nobody': {
    counts: { good: 0, total: 499.6 },
    kind: 'inconclusive',
    reason: 'TooFewRequests',
    message: '499 requests, at least 500 needed',
  },
  'the minimum itself is enough': { counts: { good: 500, total: 500 }, kind: 'pass', reason: 'WithinObjective' },
  'exactly the allowed share passes': {
    counts: { good: 900, total: 1000 },
    objective: 0.9,
    kind: 'pass',
    reason: 'WithinObjective',
    message: '10 % of 1 000 requests bad, allowed 10 %',
  },
  'far above the objective fails with the numbers against the limit': {
    counts: { good: 1310, total: 1904 },
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
    message: '31.2 % of 1 904 requests bad, allowed 5 %',
  },
  'one unlucky request does not fail a strict objective': {
    counts: { good: 499, total: 500 },
    objective: 0.999,
    kind: 'inconclusive',
    reason: 'AboveObjectiveNotSignificant',
    message: '0.2 % of 500 requests bad, allowed 0.1 %: too few to rule out chance (p = 0.39)',
  },
  'three bad of 500 at 99.9 % are still luck (1.4 %)': {
    counts: { good: 497, total: 500 },
    objective: 0.999,
    kind: 'inconclusive',
    reason: 'AboveObjectiveNotSignificant',
  },
  'four bad of 500 at 99.9 % are not (0.2 %)': {
    counts: { good: 496, total: 500 },
    objective: 0.999,
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
  },
  'a fraction of a bad event is rounded in favour of the accused': {
    counts: { good: 496.1, total: 500 },
    objective: 0.999,
    kind: 'inconclusive',
    reason: 'AboveObjectiveNotSignificant',
  },
  'a fraction of a request too: 38 bad are significant in 508, not in 509': {
    counts: { good: 470.2, total: 508.4 },
    kind: 'inconclusive',
    reason: 'AboveObjectiveNotSignificant',
  },
  'the same 38 in 508 fail': {
    counts: { good: 469.8, total: 508 },
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
  },
  'one event too many good is always extrapolation': {
    counts: { good: 2.9, total: 2 },
    minRequests: 2,
    kind: 'pass',
    reason: 'WithinObjective',
  },
  'shares that look alike are shown with the digits that differ': {
    counts: { good: 8_997_000, total: 10_000_000 },
    objective: 0.9,
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
    message: '10.03 % of 10 000 000 requests bad, allowed 10 %',
  },
  'a hair more good than all events is extrapolation': {
    counts: { good: 1000.4, total: 1000 },
    kind: 'pass',
    reason: 'WithinObjective',
    message: '0 % of 1 000 requests bad, allowed 5 %',
  },
  'many more good than all events are not believed': {
    counts: { good: 1100, total: 1000 },
    kind: 'missing',
    reason: 'UnbelievableCounts',
  },
  'NaN is not believed': { counts: { good: Number.NaN, total: 1000 }, kind: 'missing', reason: 'UnbelievableCounts' },
  'infinity is not believed': {
    counts: { good: 0, total: Number.POSITIVE_INFINITY },
    kind: 'missing',
    reason: 'UnbelievableCounts',
  },
  'negative counts are not believed': {
    counts: { good: -1, total: 1000 },
    kind: 'missing',
    reason: 'UnbelievableCounts',
  },
  'an objective of 1 allows nothing': {
    counts: { good: 999, total: 1000 },
    objective: 1,
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
    message: '0.1 % of 1 000 requests bad, allowed 0 %',
  },
};

describe('judge', () => {
  it.each(Object.entries(cases))('%s', (_, { counts, objective = 0.95, minRequests = 500, ...wanted }) => {
    const verdict = judge({ canary: counts, stable: null }, { objective, minRequests });
    expect(verdict).toMatchObject(wanted);
    expect(verdict.message).not.toBe('');
  });
});
