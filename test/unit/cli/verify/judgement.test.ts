import { describe, expect, it } from 'vitest';
import { questionsOf } from '../../../../src/cli/verify/ask-sources.ts';
import { type JudgedSlo, judgeUnits, type Standing, worstOf } from '../../../../src/cli/verify/judgement.ts';
import type { VerifiedUnit } from '../../../../src/cli/verify/units.ts';
import type { TargetId } from '../../../../src/domain/plan.ts';
import type { Counts } from '../../../../src/domain/verdict.ts';
import type { MeasurementState } from '../../../../src/release/snapshot.ts';
import { NOW, wavePlan } from '../../planning/storefront.ts';
import { answer, REVISION, unitsOf } from './a-verification.ts';

const GOOD: Counts = { good: 10_000, total: 10_000 };
const BAD: Counts = { good: 7_000, total: 10_000 };
const FEW: Counts = { good: 10, total: 10 };
const runs: Standing = { kind: 'runs', revision: REVISION, image: 'app' };

interface Case {
  readonly standings?: Readonly<Record<string, Standing>>;
  readonly state?: MeasurementState;
  readonly significanceRatio?: number;
}

function judged(units: readonly VerifiedUnit[], given: Case): readonly JudgedSlo[] {
  const { standings = {}, state = answer(units, GOOD), significanceRatio = 0.01 } = given;
  const known = new Map<TargetId, Standing>(
    units.flatMap((unit) => unit.targets).map(({ id }) => [id, standings[id] ?? runs]),
  );
  const answers = new Map(questionsOf(units).map(({ key }) => [key, state]));
  return judgeUnits(units, { standings: known, answers, significanceRatio, windowMs: 120_000 });
}

const rowOf = (rows: readonly JudgedSlo[], unit: string, tenant: string | null) =>
  rows.find((one) => one.slo === 'availability' && one.unit === unit && one.tenant === tenant)!;

describe('what runs everywhere', () => {
  const units = unitsOf();

  it('passes when all requests were good', () => {
    const rows = judged(units, {});
    expect(worstOf(rows)).toBe('pass');
    expect(rows.filter(({ decides }) => decides)).toHaveLength(units.length * 2);
  });

  it('fails when one tenant fails', () => {
    const rows = judged(units, { state: answer(units, GOOD, { 'T-globex': BAD }) });
    expect(worstOf(rows)).toBe('fail');
    expect(rowOf(rows, 'globex', 'globex').verdict).toMatchObject({
      kind: 'fail',
      reason: 'MoreBadEventsThanExplained',
    });
  });

  it('fails for one tenant of a pool whose neighbours hide it in the sum', () => {
    const hidden = { good: 400, total: 600 };
    const state = answer(units, { good: 1_000_000, total: 1_000_000 }, { 'T-ada': hidden });
    const rows = judged(units, { state });
    expect(rowOf(rows, 'pool-free', null).verdict.kind).toBe('pass');
    expect(rowOf(rows, 'pool-free', 'ada')).toMatchObject({ decides: true, verdict: { kind: 'fail' } });
    expect(worstOf(rows)).toBe('fail');
  });

  it('does not ask of each tenant of a pool what the pool has together', () => {
    const rows = judged(units, { state: answer(units, GOOD, { 'T-ada': FEW, 'T-bob': GOOD }) });
    expect(rowOf(rows, 'pool-free', 'ada')).toMatchObject({ decides: false, verdict: { kind: 'inconclusive' } });
    expect(worstOf(rows)).toBe('pass');
  });

  it.each([
    ['too few requests', answer(units, FEW), 'inconclusive', 'TooFewRequests'],
    ['no row', answer(units, null), 'missing', 'NoRow'],
    ['rows of another revision alone', answer(units, GOOD, {}, 'old'), 'missing', 'NoRow'],
    [
      'a source that did not answer',
      { kind: 'unavailable', at: NOW, reason: 'SourceUnavailable', message: 'prom-eu: timeout' },
      'missing',
      'SourceUnavailable',
    ],
  ] as const)('%s: no pass', (_, state, kind, reason) => {
    const rows = judged(units, { state });
    expect(worstOf(rows)).toBe(kind);
    expect(rowOf(rows, 'globex', 'globex').verdict).toMatchObject({ kind, reason });
  });

  it('is sure only to the significance that is asked for', () => {
    // 0.5 % is allowed: 13 bad of 1 000 happen by chance about once in 500 times
    const state = answer(units, GOOD, { 'T-globex': { good: 987, total: 1000 } });
    expect(worstOf(judged(units, { state }))).toBe('fail');
    expect(worstOf(judged(units, { state, significanceRatio: 0.0005 }))).toBe('inconclusive');
  });
});

describe('a target whose revision is not what it was', () => {
  const units = unitsOf();
  const globex = 'shared-eu/globex/storefront';

  it.each([
    ['changed', { kind: 'changed', revision: REVISION, image: 'app', now: 'def' }, 'inconclusive', 'RevisionChanged'],
    ['out of sight', { kind: 'unknown', message: 'cluster shared-eu: timeout' }, 'missing', 'ClusterUnreachable'],
  ] as const)('%s: no pass, whatever its numbers', (_, standing, kind, reason) => {
    const rows = judged(units, { standings: { [globex]: standing } });
    expect(rowOf(rows, 'globex', 'globex').verdict).toMatchObject({ kind, reason });
    expect(worstOf(rows)).toBe(kind);
  });
});

describe('a wave that is judged as one', () => {
  const units = unitsOf({ wavePlan });

  it('passes on the sum where each target has too few requests', () => {
    const rows = judged(units, { state: answer(units, { good: 400, total: 400 }) });
    const business = rows.filter(({ tier, slo }) => tier === 'business' && slo === 'availability');
    expect(business.map(({ tenant, decides, verdict }) => [tenant, decides, verdict.kind])).toEqual([
      [null, true, 'pass'],
      ['globex', false, 'inconclusive'],
      ['hooli', false, 'inconclusive'],
      ['initech', false, 'inconclusive'],
    ]);
  });

  it('fails for the target that fails, also while another one is out of sight', () => {
    const standings = { 'shared-eu/hooli/storefront': { kind: 'unknown', message: 'gone' } } as const;
    const rows = judged(units, { standings, state: answer(units, GOOD, { 'T-globex': BAD }) });
    expect(worstOf(rows)).toBe('fail');
  });

  it('does not pass on those that are in sight', () => {
    const standings = { 'shared-eu/hooli/storefront': { kind: 'unknown', message: 'gone' } } as const;
    expect(worstOf(judged(units, { standings }))).toBe('missing');
  });
});

it('nothing judged is no pass', () => {
  expect(worstOf([])).toBe('missing');
});

it('tenants that are asked alike share a question', () => {
  const questions = questionsOf(unitsOf());
  const asked = questions.map(({ slos, rows }) => `${slos.join()} ${rows.length}`);
  expect(asked.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['availability 7', 'latency 2', 'latency 2', 'latency 3']);
});
