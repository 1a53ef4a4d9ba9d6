import { expect, test } from 'vitest';
import { questionsOf } from '../../../../src/cli/verify/ask-sources.ts';
import { judgeUnits, type Standing } from '../../../../src/cli/verify/judgement.ts';
import { progressLines } from '../../../../src/cli/verify/progress.ts';
import type { VerifiedUnit } from '../../../../src/cli/verify/units.ts';
import type { TargetId } from '../../../../src/domain/plan.ts';
import { later } from '../../../../src/domain/time.ts';
import type { Counts } from '../../../../src/domain/verdict.ts';
import { NOW } from '../../planning/storefront.ts';
import { answer, REVISION, unitsOf } from './a-verification.ts';

const runs: Standing = { kind: 'runs', revision: REVISION, image: 'app' };

function begunWith(units: readonly VerifiedUnit[], notDeployed: readonly string[] = []) {
  return {
    units,
    standings: new Map(units.flatMap((unit) => unit.targets).map(({ id }) => [id, runs])),
    questions: questionsOf(units),
    notDeployed: notDeployed as readonly TargetId[],
    sinceAt: NOW,
    untilAt: later(NOW, 600_000),
  };
}

function judgedWith(units: readonly VerifiedUnit[], globex: Counts) {
  const state = answer(units, { good: 1000, total: 1000 }, { 'T-globex': globex });
  const answers = new Map(questionsOf(units).map(({ key }) => [key, state]));
  return judgeUnits(units, {
    standings: begunWith(units).standings,
    answers,
    significanceRatio: 0.01,
    windowMs: 120_000,
  });
}

test('a log hears what changes, and once a minute that it goes on', () => {
  const said: string[] = [];
  const watch = progressLines((text) => said.push(text), 'storefront', 'UTC');
  const units = unitsOf();
  const begun = begunWith(units, ['shared-eu/new/storefront']);
  watch.settling(['a is between two revisions']);
  watch.settling(['a is between two revisions']);
  watch.began(begun, NOW);
  const few = judgedWith(units, { good: 100, total: 100 });
  for (let second = 30; second <= 120; second += 10) watch.looked(few, begun, later(NOW, second * 1000));
  watch.looked(judgedWith(units, { good: 690, total: 1000 }), begun, later(NOW, 125_000));
  expect(said).toEqual([
    'waiting for the deploy to settle: a is between two revisions',
    '08:00:00 judging storefront until 08:10:00: 6 targets, 7 tenants, 4 queries a look',
    'not deployed, left out: shared-eu/new/storefront',
    '08:00:30 30 s of 10 min: 2 inconclusive, 10 pass',
    '08:01:30 1 min 30 s of 10 min: 2 inconclusive, 10 pass',
    '08:02:05 2 min 5 s of 10 min: 2 FAIL (globex availability: 31 % of 1 000 requests bad, allowed 0.5 %), 10 pass',
  ]);
});

test('a source that cannot tell versions apart is named', () => {
  const said: string[] = [];
  const units = unitsOf().map((unit) => ({
    ...unit,
    targets: unit.targets.map((target) => ({
      ...target,
      source: { ...target.source, revision: { kind: 'none' } as const },
    })),
  }));
  progressLines((text) => said.push(text), 'storefront', 'UTC').began(begunWith(units), NOW);
  expect(said[1]).toBe("prom-eu cannot tell versions apart: an older one's requests count too");
});

test('and its rows count whatever runs', () => {
  const source = unitsOf()[0]!.targets[0]!.source;
  const units = unitsOf().map((unit) => ({
    ...unit,
    targets: unit.targets.map((target) => ({ ...target, source: { ...source, revision: { kind: 'none' } as const } })),
  }));
  const state = answer(units, { good: 1000, total: 1000 }, {}, '');
  const answers = new Map(questionsOf(units).map(({ key }) => [key, state]));
  const rows = judgeUnits(units, {
    standings: begunWith(units).standings,
    answers,
    significanceRatio: 0.01,
    windowMs: 120_000,
  });
  expect(rows.map(({ verdict }) => verdict.kind)).not.toContain('missing');
});
