import { describe, expect, it } from 'vitest';
import { questionsOf } from '../../../../src/cli/verify/ask-sources.ts';
import { judgeUnits, type Standing, worstOf } from '../../../../src/cli/verify/judgement.ts';
import { verdictTable, verifiedAnswer, verifiedSentence, verifyExitCode } from '../../../../src/cli/verify/report.ts';
import type { Verified } from '../../../../src/cli/verify/verify-fleet.ts';
import { verifyReport } from '../../../../src/cli/verify/verify-report.ts';
import { later } from '../../../../src/domain/time.ts';
import type { Counts } from '../../../../src/domain/verdict.ts';
import { NOW } from '../../planning/storefront.ts';
import { answer, REVISION, unitsOf } from './a-verification.ts';

const GOOD: Counts = { good: 10_000, total: 10_000 };
const untilAt = later(NOW, 600_000);

/** How a verification of everybody ended; some have counts of their own. */
function verified(apart: Readonly<Record<string, Counts | null>> = {}): Extract<Verified, { kind: 'judged' }> {
  const units = unitsOf();
  const runs: Standing = { kind: 'runs', revision: REVISION, image: 'app@sha256:2' };
  const standings = new Map(units.flatMap((unit) => unit.targets).map(({ id }) => [id, runs]));
  const questions = questionsOf(units);
  const answers = new Map(questions.map(({ key }) => [key, answer(units, GOOD, apart)]));
  const judged = judgeUnits(units, { standings, answers, significanceRatio: 0.01, windowMs: 120_000 });
  return {
    kind: 'judged',
    verdict: worstOf(judged),
    isStopped: false,
    begun: { units, standings, questions, notDeployed: [], sinceAt: NOW, untilAt },
    standings,
    judged,
    answers,
    look: { at: untilAt, windowMs: 600_000 },
  };
}

const failing = verified({ 'T-globex': { good: 690, total: 1000 } });
const refused: Verified = { kind: 'refused', message: 'not settled yet', targets: ['a', 'b'] };

it.each([
  ['pass', verified(), 0],
  ['fail', failing, 35],
  ['inconclusive', verified({ 'T-globex': { good: 3, total: 3 } }), 40],
  ['missing', verified({ 'T-globex': null }), 40],
  ['refused', refused, 50],
] as const)('%s has its exit code', (kind, one, code) => {
  expect(one.kind === 'judged' ? one.verdict : one.kind).toBe(kind);
  expect(verifyExitCode(one)).toBe(code);
});

describe('people are told', () => {
  it('the end in one sentence', () => {
    expect(verifiedSentence('storefront', verified())).toBe(
      'storefront: pass: 6 targets, 2 slos, from 2026-11-23T08:00:00.000Z to 2026-11-23T08:10:00.000Z',
    );
    expect(verifiedSentence('storefront', failing)).toContain(
      'storefront: FAIL: globex availability: 31 % of 1 000 requests bad, allowed 0.5 % (and 1 more)',
    );
    expect(verifiedSentence('storefront', refused)).toBe('storefront: not settled yet: a; b');
  });

  it('a row per SLO and tenant, the worst first; what does not decide stands in brackets', () => {
    const [head, first, ...rest] = verdictTable(failing.judged);
    expect(head).toMatch(/^slo +tier +whose +requests +bad +allowed +verdict/);
    expect(first).toMatch(/^availability +business +globex +1 000 +31 % +0\.5 % +FAIL +31 % of 1 000/);
    expect(rest).toContainEqual(
      expect.stringMatching(/^availability +free +pool-free \(all\) +20 000 +0 % +1 % +pass$/),
    );
    expect(rest).toContainEqual(expect.stringMatching(/^availability +free +ada +10 000 +0 % +1 % +\(pass\)$/));
  });

  it('how many rows there are more', () => {
    const many = Array.from({ length: 10 }, () => failing.judged).flat();
    expect(verdictTable(many)).toHaveLength(62);
    expect(verdictTable(many).at(-1)).toMatch(/^and \d+ more, see --output json$/);
  });
});

it('machines get targets, counts, verdicts and queries', () => {
  const answered = verifiedAnswer('storefront', 'saas-tiers', failing) as {
    readonly targets: readonly object[];
    readonly results: readonly object[];
    readonly measurements: readonly { readonly query: string }[];
  };
  expect(answered).toMatchObject({
    workload: 'storefront',
    wavePlan: 'saas-tiers',
    verdict: 'fail',
    exitCode: 35,
    since: '2026-11-23T08:00:00.000Z',
    until: '2026-11-23T08:10:00.000Z',
  });
  expect(answered.targets).toContainEqual({
    id: 'shared-eu/globex/storefront',
    tier: 'business',
    tenants: ['globex'],
    minRequests: 500,
    revision: REVISION,
    image: 'app@sha256:2',
    changedTo: null,
    trouble: null,
  });
  expect(answered.results[0]).toMatchObject({
    slo: 'availability',
    tenant: 'globex',
    counts: { good: 690, total: 1000 },
    objective: 0.995,
    verdict: 'fail',
    reason: 'MoreBadEventsThanExplained',
  });
  expect(answered.measurements.map(({ query }) => query.includes('[10m]'))).toEqual([true, true, true, true]);
});

describe('a job is told', () => {
  it('by a suite an SLO and a case for each whose verdict counts', () => {
    const { suites } = verifyReport('storefront', failing);
    expect(suites.map(({ name, cases }) => [name, cases.length])).toEqual([
      ['slo availability', 6],
      ['slo latency', 6],
    ]);
    const globex = suites[0]!.cases.find(({ name }) => name === 'globex (business)');
    expect(globex).toMatchObject({ outcome: { kind: 'failed' }, durationMs: 600_000 });
  });

  it('by a summary with what was asked', () => {
    const { markdown } = verifyReport('storefront', failing);
    expect(markdown).toMatch(/^## Verify storefront: FAIL\n/);
    expect(markdown).toMatch(/^\| availability \| business +\| globex +\|/m);
    expect(markdown).toContain('```promql');
  });

  it('that it was refused, as something nobody can say', () => {
    const { suites } = verifyReport('storefront', refused);
    expect(suites[0]!.cases[0]!.outcome).toMatchObject({ kind: 'unknown', reason: 'Refused' });
  });
});
