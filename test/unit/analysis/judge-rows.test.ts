import { describe, expect, it } from 'vitest';
import { type JudgedRows, judgeRows } from '../../../src/analysis/judge-rows.ts';
import { aRow, BAD, GOOD, POLICY } from './some-rows.ts';

const ENDED = { newest: { kind: 'ended' }, recentEvents: null } as const;
const UNSTEADY = { resets: 6 };
const rows = (count: number, row: JudgedRows['canary'][number]) => Array.from({ length: count }, () => row);

interface Case extends Partial<JudgedRows> {
  readonly kind: string;
  readonly reason: string;
  readonly message?: unknown;
}

const cases: Readonly<Record<string, Case>> = {
  'no row is missing': { canary: [], kind: 'missing', reason: 'NoRow' },
  'rows that may be believed are summed': {
    canary: [aRow(GOOD), aRow(GOOD)],
    kind: 'pass',
    reason: 'WithinObjective',
    message: '1 % of 2 400 requests bad, allowed 5 %',
  },
  'the other version is told beside it, and decides nothing': {
    canary: [aRow(GOOD)],
    stable: [BAD, BAD],
    kind: 'pass',
    reason: 'WithinObjective',
    message: '1 % of 1 200 requests bad, allowed 5 % (other version: 30 % of 2 400)',
  },
  'a bad version is no better beside a worse one': {
    canary: [aRow(BAD)],
    stable: [{ good: 0, total: 9000 }],
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
    message: '30 % of 1 200 requests bad, allowed 5 % (other version: 100 % of 9 000)',
  },
  'too few requests of all rows together are inconclusive': {
    canary: [aRow({ good: 200, total: 200 }), aRow({ good: 200, total: 200 })],
    kind: 'inconclusive',
    reason: 'TooFewRequests',
  },
  'good data in doubt do not pass': { canary: [aRow(GOOD, ENDED)], kind: 'missing', reason: 'SeriesVanished' },
  'bad events that really were fail, though more may be hidden': {
    canary: [aRow(BAD, ENDED)],
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
  },
  'counts that are none do not fail': { canary: [aRow(BAD, UNSTEADY)], kind: 'missing', reason: 'UnsteadyCounter' },
  'beside them the others are judged, and fail': {
    canary: [aRow(GOOD, UNSTEADY), aRow(BAD)],
    kind: 'fail',
    reason: 'MoreBadEventsThanExplained',
    message: '30 % of 1 200 requests bad, allowed 5 %',
  },
  'but pass only where those in doubt are few': {
    canary: [aRow(GOOD, UNSTEADY), aRow(GOOD)],
    kind: 'missing',
    reason: 'UnsteadyCounter',
    message: expect.stringMatching(/^1 of 2 rows in doubt: a counter fell 6 times/),
  },
  'of twenty rows one may be in doubt': {
    canary: [aRow(GOOD, ENDED), ...rows(19, aRow(GOOD))],
    kind: 'pass',
    reason: 'WithinObjective',
  },
  'of nineteen none': {
    canary: [aRow(GOOD, ENDED), ...rows(18, aRow(GOOD))],
    kind: 'missing',
    reason: 'SeriesVanished',
  },
  'vanished series are missing, not too few requests': {
    canary: [aRow({ good: 30, total: 30 }, ENDED)],
    kind: 'missing',
    reason: 'SeriesVanished',
  },
  'the doubt of most events is told': {
    canary: [aRow({ good: 20, total: 20 }, ENDED), aRow(GOOD, { recentEvents: 0 })],
    kind: 'inconclusive',
    reason: 'SeriesStandStill',
  },
  'no request at all beside a busy version is a stand-still': {
    canary: [aRow({ good: 0, total: 0 }, { recentEvents: 0 })],
    stable: [{ good: 1000, total: 1000 }],
    kind: 'inconclusive',
    reason: 'SeriesStandStill',
    message:
      'no request in the window while the other version served 1 000: the new pods get no traffic, or an exporter repeats the values of dead ones',
  },
  'beside a quiet one it is a quiet tenant': {
    canary: [aRow({ good: 0, total: 0 }, { recentEvents: 0 })],
    stable: [{ good: 999, total: 999 }],
    kind: 'inconclusive',
    reason: 'TooFewRequests',
  },
  'errors that no count holds hinder a pass that they would undo': {
    canary: [aRow(GOOD, { unseenBad: 60 })],
    kind: 'inconclusive',
    reason: 'FirstErrorsUnseen',
    message:
      '1 % of 1 200 requests bad, allowed 5 %, but series appeared with 60 bad requests that no count holds: expose them at 0 from the start',
  },
  'and no other': { canary: [aRow(GOOD, { unseenBad: 40 })], kind: 'pass', reason: 'WithinObjective' },
  'unseen errors of all rows add up': {
    canary: [aRow(GOOD, { unseenBad: 60 }), aRow(GOOD, { unseenBad: 60 })],
    kind: 'inconclusive',
    reason: 'FirstErrorsUnseen',
  },
  'they make nobody fail': {
    canary: [aRow({ good: 10_000, total: 10_000 }, { unseenBad: 9000 })],
    kind: 'inconclusive',
    reason: 'FirstErrorsUnseen',
  },
};

describe('judgeRows', () => {
  it.each(Object.entries(cases))('%s', (_, { canary = [], stable = [], ...wanted }) => {
    expect(judgeRows({ canary, stable }, POLICY)).toMatchObject(wanted);
  });
});
