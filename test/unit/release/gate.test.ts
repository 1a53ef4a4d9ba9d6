import { describe, expect, test } from 'vitest';
import type { PlanMeasurement, PlanWave } from '../../../src/domain/plan.ts';
import type { RowCounts, SeriesSeen } from '../../../src/domain/series-seen.ts';
import { type Gate, type Measurable, subjectOf, targetGate, waveGate } from '../../../src/release/gate.ts';
import { measurementKey, type Snapshot } from '../../../src/release/snapshot.ts';
import {
  ACME,
  ago,
  ahead,
  answer,
  aPlan,
  aSnapshot,
  GLOBEX,
  goodAnswer,
  HOOLI,
  INITECH,
  indexedTarget,
  JUDGED_AFTER_MS,
  MINUTE_MS,
  measurement,
  NEW,
  NOW,
  noAnswer,
  OLD,
  POOL,
  SECOND_MS,
} from './a-release.ts';

const readyAt = ago(5 * MINUTE_MS);
const measurable = (id = POOL, parts: Partial<Measurable> = {}): Measurable => ({
  indexed: indexedTarget(id),
  revision: NEW,
  readyAt,
  ...parts,
});

const GOOD = { good: 1000, total: 1000 };
const BAD = { good: 900, total: 1000 };
const FEW = { good: 10, total: 10 };
const ENDED: SeriesSeen = {
  newest: { kind: 'ended' },
  scrapes: 12,
  resets: 0,
  recentEvents: null,
  unseenBad: 0,
};
const GONE: RowCounts = { ...GOOD, seen: ENDED };

function atTarget(measurements: Snapshot['measurements'], one = measurable()): Gate {
  const snapshot = aSnapshot({ measurements });
  return targetGate(snapshot, snapshot.index.waves[one.indexed.waveIndex]!, one, NOW);
}

describe('a target by its own data', () => {
  const rows: readonly {
    readonly title: string;
    readonly measurements: Snapshot['measurements'];
    readonly one?: Measurable;
    readonly kind: Gate['kind'];
    readonly reason: string;
    readonly lookAt?: number;
  }[] = [
    { title: 'passes within its objective', measurements: goodAnswer(), kind: 'pass', reason: 'WithinObjective' },
    {
      title: 'fails beyond what the objective explains',
      measurements: answer({ 'T-ada': BAD, 'T-bob': BAD }),
      kind: 'fail',
      reason: 'MoreBadEventsThanExplained',
    },
    {
      title: 'is inconclusive with too few requests',
      measurements: answer({ 'T-ada': FEW, 'T-bob': FEW }),
      kind: 'inconclusive',
      reason: 'TooFewRequests',
    },
    {
      title: 'of a pool is judged on the sum',
      measurements: answer({ 'T-ada': { good: 60, total: 60 }, 'T-bob': { good: 60, total: 60 } }),
      kind: 'pass',
      reason: 'WithinObjective',
    },
    {
      title: 'of a pool fails by one tenant whose own traffic fails',
      measurements: answer({ 'T-ada': { good: 100_000, total: 100_000 }, 'T-bob': BAD }),
      kind: 'fail',
      reason: 'MoreBadEventsThanExplained',
    },
    {
      title: 'of a pool is not accused by a tenant below the minimum',
      measurements: answer({ 'T-ada': { good: 100_000, total: 100_000 }, 'T-bob': { good: 0, total: 99 } }),
      kind: 'pass',
      reason: 'WithinObjective',
    },
    {
      title: 'whose series have ended does not pass',
      measurements: answer({ 'T-ada': GONE, 'T-bob': GONE }),
      kind: 'missing',
      reason: 'SeriesVanished',
    },
    {
      title: 'of a pool does not pass where much of its traffic is in doubt',
      measurements: answer({ 'T-ada': GONE, 'T-bob': GOOD }),
      kind: 'missing',
      reason: 'SeriesVanished',
    },
    {
      title: 'fails by what was bad before its series ended',
      measurements: answer({ 'T-ada': { ...GONE, good: 900 }, 'T-bob': GOOD }),
      kind: 'fail',
      reason: 'MoreBadEventsThanExplained',
    },
    {
      title: 'of a pool is not accused by counts that are none',
      measurements: answer({ 'T-ada': { ...BAD, seen: { ...ENDED, resets: 9 } }, 'T-bob': GOOD }),
      kind: 'missing',
      reason: 'UnsteadyCounter',
    },
    {
      title: 'has no data when the clock of the source is off',
      measurements: noAnswer(ago(5 * SECOND_MS), 'ClockSkew'),
      kind: 'missing',
      reason: 'ClockSkew',
    },
    { title: 'without a row has no data', measurements: answer({}), kind: 'missing', reason: 'NoRow' },
    {
      title: 'is not proven by rows of the old revision',
      measurements: goodAnswer({ revision: OLD }),
      kind: 'missing',
      reason: 'NoRow',
    },
    {
      title: 'has no data when the source is away',
      measurements: noAnswer(),
      kind: 'missing',
      reason: 'SourceUnavailable',
    },
    {
      title: 'is not proven by an answer older than three rounds',
      measurements: goodAnswer({ at: ago(32 * SECOND_MS + 1) }),
      kind: 'missing',
      reason: 'SourceUnavailable',
    },
    {
      title: 'is proven by an answer of three rounds ago',
      measurements: goodAnswer({ at: ago(32 * SECOND_MS) }),
      kind: 'pass',
      reason: 'WithinObjective',
    },
    {
      title:
        'is not judged by an answer that reaches back before the step, and looks again when a newer one is overdue',
      measurements: answer({ 'T-ada': BAD }),
      one: measurable(POOL, { readyAt: ago(JUDGED_AFTER_MS + 5 * SECOND_MS - 1) }),
      kind: 'early',
      reason: 'TooEarly',
      lookAt: ahead(27 * SECOND_MS + 2),
    },
    {
      title: 'is judged by the first answer whose window lies behind the step',
      measurements: goodAnswer(),
      one: measurable(POOL, { readyAt: ago(JUDGED_AFTER_MS + 5 * SECOND_MS) }),
      kind: 'pass',
      reason: 'WithinObjective',
    },
    {
      title: 'is early while nothing has been answered',
      measurements: new Map(),
      one: measurable(POOL, { readyAt: NOW }),
      kind: 'early',
      reason: 'TooEarly',
      lookAt: ahead(JUDGED_AFTER_MS),
    },
    {
      title: 'lacks data when nothing was answered long after it could have been',
      measurements: new Map(),
      kind: 'missing',
      reason: 'SourceUnavailable',
    },
    {
      title: 'lacks data when the answers stay old',
      measurements: goodAnswer({ at: ago(4 * MINUTE_MS) }),
      kind: 'missing',
      reason: 'SourceUnavailable',
    },
  ];
  test.each(rows)('$title', ({ measurements, one, kind, reason, lookAt }) => {
    const gate = atTarget(measurements, one);
    expect([gate.kind, gate.reason]).toEqual([kind, reason]);
    expect(gate.lookAt).toBe(lookAt ?? null);
  });

  test('that nothing measures has no data', () => {
    const snapshot = aSnapshot({ waves: [{ measurements: [] }], measurements: goodAnswer() });
    const gate = targetGate(snapshot, snapshot.index.waves[0]!, measurable(), NOW);
    expect([gate.kind, gate.reason]).toEqual(['missing', 'NothingMeasured']);
  });

  test('in a cluster of another source is not measured by this one', () => {
    const plan = aPlan([], { clusterSources: { eu: 'another', acme: 'prom' } });
    const snapshot = aSnapshot({ plan, measurements: goodAnswer() });
    expect(targetGate(snapshot, snapshot.index.waves[0]!, measurable(), NOW).reason).toBe('NothingMeasured');
  });

  test('in doubt says by which name the runbook knows it', () => {
    const { message } = atTarget(answer({ 'T-ada': GONE, 'T-bob': GONE }));
    expect(message).toMatch(/^pool-free availability: 2 of 2 rows in doubt: 1 000 requests .* \(SeriesVanished\)$/);
    expect(atTarget(noAnswer(ago(5 * SECOND_MS), 'ClockSkew')).message).toBe('connection refused (ClockSkew)');
  });

  test('is told beside what the other version serves', () => {
    const rowsOf = (answers: Snapshot['measurements']) =>
      [...answers.values()].flatMap((state) => (state.kind === 'counts' ? [...state.rows] : []));
    const rows = new Map([
      ...rowsOf(goodAnswer()),
      ...rowsOf(answer({ 'T-ada': BAD, 'T-bob': GOOD }, { revision: OLD })),
    ]);
    const both = new Map([...goodAnswer()].map(([question, state]) => [question, { ...state, rows }]));
    expect(atTarget(both).message).toBe(
      'pool-free availability: 0 % of 2 000 requests bad, allowed 1 % (other version: 5 % of 2 000)',
    );
  });

  test('keeps the samples that decided', () => {
    expect(atTarget(answer({ 'T-ada': { good: 899.6, total: 1000.4 } })).samples).toEqual([
      {
        slo: 'availability',
        verdict: 'fail',
        good: 899.6,
        total: 1000.4,
        objective: 0.99,
        basis: {
          reason: 'MoreBadEventsThanExplained',
          at: expect.any(Number),
          of: { kind: 'tenant', tenant: 'ada' },
          stable: null,
          seen: null,
        },
      },
    ]);
  });
});

describe('the worst SLO speaks', () => {
  const latency = measurement('free', {
    key: 'latency/free@prom',
    slo: 'latency',
    objective: 0.95,
    measured: { kind: 'latency', histogram: 'seconds', belowSeconds: 0.5 },
  });
  const slow: PlanMeasurement = { ...latency, measured: { kind: 'latency', histogram: 'seconds', belowSeconds: 2 } };

  function twoSlos(second: PlanMeasurement, secondAnswer: Snapshot['measurements']): Gate {
    const waves = [{ measurements: [measurement('free'), second] }];
    const blank = aSnapshot({ waves });
    const wave = blank.index.waves[0]!;
    const measurements = new Map(goodAnswer());
    for (const state of secondAnswer.values()) measurements.set(measurementKey(second, wave), state);
    return targetGate({ ...blank, measurements }, wave, measurable(), NOW);
  }

  test.each([
    ['fail', answer({ 'T-ada': BAD, 'T-bob': BAD })],
    ['missing', noAnswer()],
    ['inconclusive', answer({ 'T-ada': FEW })],
    ['pass', goodAnswer()],
  ] as const)('%s beside a pass', (kind, second) => {
    expect(twoSlos(latency, second).kind).toBe(kind);
  });

  test('a latency is told as people say it', () => {
    expect(twoSlos(latency, answer({ 'T-ada': BAD, 'T-bob': BAD })).message).toBe(
      'ada p95 over 500 ms for 10 % of 1 000 requests, allowed 5 %',
    );
    expect(twoSlos(slow, answer({ 'T-ada': BAD, 'T-bob': BAD })).message).toContain('ada p95 over 2 s');
    expect(twoSlos(slow, answer({ 'T-ada': FEW })).message).toBe('pool-free latency: 10 requests, at least 100 needed');
  });
});

describe('a wave by the data of all its targets', () => {
  const business = [GLOBEX, HOOLI, INITECH].map((id) => measurable(id));

  function atWave(
    measurements: Snapshot['measurements'],
    measurables: readonly Measurable[] = business,
    wave: Partial<PlanWave> = {},
  ): Gate {
    const snapshot = aSnapshot({ waves: [{}, wave], measurements });
    return waveGate(snapshot, snapshot.index.waves[1]!, measurables, NOW);
  }

  test('passes on the sum though each alone has too few requests', () => {
    const some = { good: 40, total: 40 };
    const gate = atWave(answer({ 'T-globex': some, 'T-hooli': some, 'T-initech': some }));
    expect([gate.kind, gate.samples[0]?.total]).toEqual(['pass', 120]);
  });

  test('fails on the sum', () => {
    const gate = atWave(answer({ 'T-globex': { good: 700, total: 1000 }, 'T-hooli': GOOD, 'T-initech': GOOD }));
    expect(gate).toMatchObject({ kind: 'fail', reason: 'MoreBadEventsThanExplained' });
    expect(gate.message).toBe('wave business availability: 10 % of 3 000 requests bad, allowed 1 %');
  });

  test('counts only targets whose data are ripe', () => {
    const ripe = [measurable(GLOBEX), measurable(HOOLI, { readyAt: ago(SECOND_MS) })];
    expect(atWave(answer({ 'T-globex': GOOD, 'T-hooli': BAD }), ripe)).toMatchObject({ kind: 'pass' });
  });

  test('is early when no target is ripe, and looks when the first will be', () => {
    const young = [measurable(GLOBEX, { readyAt: ago(SECOND_MS) }), measurable(HOOLI, { readyAt: ago(2 * SECOND_MS) })];
    expect(atWave(goodAnswer(), young)).toMatchObject({
      kind: 'early',
      lookAt: ahead(JUDGED_AFTER_MS - 2 * SECOND_MS),
    });
  });

  test('has nothing to say without a measurable target', () => {
    expect(atWave(goodAnswer(), [])).toMatchObject({ kind: 'missing', reason: 'NothingMeasured' });
  });

  test('believes nothing while one of its sources is away', () => {
    const own = measurement('business', { key: 'availability/business@other', source: 'other' });
    const plan = aPlan([{}, { targets: aPlan().waves[1]!.targets, measurements: [measurement('business'), own] }], {
      clusterSources: { eu: 'prom', us: 'other' },
    });
    const snapshot = aSnapshot({ plan, measurements: goodAnswer() });
    const wave = snapshot.index.waves[1]!;
    const abroad = { ...indexedTarget(HOOLI), target: { ...indexedTarget(HOOLI).target, cluster: 'us' } };
    const members = [measurable(GLOBEX), measurable(HOOLI, { indexed: abroad })];
    expect(waveGate(snapshot, wave, members, NOW)).toMatchObject({ kind: 'missing', reason: 'SourceUnavailable' });
    expect(waveGate(snapshot, wave, [measurable(GLOBEX)], NOW).kind).toBe('pass');
  });
});

test('a target is called after its tenant, a pool after its namespace', () => {
  expect([POOL, GLOBEX, ACME].map((id) => subjectOf(indexedTarget(id)))).toEqual(['pool-free', 'globex', 'acme']);
});

describe('a gate that was judged', () => {
  const wave = aSnapshot().index.waves[1]!;
  const measurable = { indexed: indexedTarget(GLOBEX), revision: NEW, readyAt: ago(10 * MINUTE_MS) };
  const measurements = goodAnswer();

  test('is the very same while its answers are, and no older than they may be', () => {
    const first = targetGate(aSnapshot({ measurements }), wave, measurable, NOW);
    expect(first.kind).toBe('pass');
    expect(targetGate(aSnapshot({ measurements }), wave, measurable, ahead(SECOND_MS))).toBe(first);
    expect(targetGate(aSnapshot({ measurements }), wave, measurable, ahead(MINUTE_MS)).kind).toBe('missing');
    expect(targetGate(aSnapshot({ measurements }), wave, measurable, NOW)).toEqual(first);
  });

  test.each([
    ['with a new answer', { measurements: answer({ 'T-globex': { good: 1, total: 1000 } }) }, measurable, 'fail'],
    ['with another revision', {}, { ...measurable, revision: OLD }, 'missing'],
    ['with a step that began later', {}, { ...measurable, readyAt: ago(SECOND_MS) }, 'early'],
  ])('is judged anew %s', (_, parts, other, kind) => {
    targetGate(aSnapshot({ measurements }), wave, measurable, NOW);
    expect(targetGate(aSnapshot({ measurements, ...parts }), wave, other, NOW).kind).toBe(kind);
  });

  test('of a wave is judged anew with other members', () => {
    const counts = answer({ 'T-globex': { good: 1000, total: 1000 }, 'T-hooli': { good: 1, total: 1000 } });
    const hooli = { ...measurable, indexed: indexedTarget(HOOLI) };
    const gateOf = (...members: readonly (typeof measurable)[]) =>
      waveGate(aSnapshot({ measurements: counts }), wave, members, NOW).kind;
    expect([gateOf(measurable), gateOf(measurable, hooli), gateOf(measurable)]).toEqual(['pass', 'fail', 'pass']);
  });
});
