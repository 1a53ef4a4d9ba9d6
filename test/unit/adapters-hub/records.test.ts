import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRun, writeRun } from '../../../src/adapters/hub/run-record.ts';
import { readStatus, writeStatus } from '../../../src/adapters/hub/status-record.ts';
import { type TargetId, targetId } from '../../../src/domain/plan.ts';
import type { ReleaseStatus, WaveStatus } from '../../../src/domain/release-status.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { type Instant, instant } from '../../../src/domain/time.ts';

const anInstant = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map((ms): Instant => instant(ms));
const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const said = { reason: fc.string(), message: fc.string() };

const aWave: fc.Arbitrary<WaveStatus> = fc.record({
  name: fc.string(),
  phase: fc.constantFrom('Waiting', 'Running', 'Baking', 'Passed', 'Failed'),
  startedAt: orNull(anInstant),
  bakingSince: orNull(anInstant),
  passedAt: orNull(anInstant),
  blockedSince: orNull(anInstant),
  blockedMs: fc.nat(),
});

const aStatus: fc.Arbitrary<ReleaseStatus> = fc.record({
  phase: fc.constantFrom(
    'Pending',
    'Running',
    'RollingBack',
    'Completed',
    'RolledBack',
    'RollbackIncomplete',
    'Refused',
  ),
  planHash: orNull(fc.string()),
  message: fc.string(),
  waves: fc.array(aWave),
  waitingFor: fc.array(fc.record(said)),
  rollback: orNull(
    fc.record({
      ...said,
      scope: fc.constantFrom('target', 'wave', 'release', 'inFlight'),
      wave: fc.nat(),
      by: orNull(fc.string()),
      decidedAt: anInstant,
    }),
  ),
  handledRequests: fc.array(fc.string()),
  timeline: fc.array(fc.record({ ...said, at: anInstant })),
  finishedAt: orNull(anInstant),
});

const aCount = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }).filter((count) => !Object.is(count, -0));
const aPhase = fc.constantFrom('Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive');

const aRun: fc.Arbitrary<TargetRun> = fc.record({
  target: fc.tuple(fc.string(), fc.string(), fc.string()).map((parts): TargetId => targetId(...parts)),
  goal: fc.oneof(
    fc.record({ kind: fc.constant('step' as const), step: fc.nat() }),
    fc.record({ kind: fc.constant('promoted' as const) }),
    fc.record({ kind: fc.constant('restored' as const) }),
  ),
  goalAt: anInstant,
  startedAt: anInstant,
  previous: fc.oneof(
    fc.record({ kind: fc.constant('revision' as const), hash: fc.string(), image: fc.string() }),
    fc.record({ kind: fc.constant('nothing' as const) }),
  ),
  revision: orNull(fc.string()),
  reachedAt: orNull(anInstant),
  failure: orNull(fc.record({ ...said, at: anInstant })),
  deciding: fc.array(
    fc.record(
      {
        slo: fc.string(),
        verdict: fc.constantFrom('pass', 'fail', 'inconclusive', 'missing'),
        good: aCount,
        total: aCount,
        objective: fc.double({ min: 0, max: 1, noNaN: true }),
        basis: fc.record({
          reason: fc.constantFrom('WithinObjective', 'StaleSamples'),
          at: anInstant,
          of: fc.oneof(
            fc.record({ kind: fc.constantFrom('target' as const, 'wave' as const) }),
            fc.record({ kind: fc.constant('tenant' as const), tenant: fc.string({ unit: 'grapheme' }) }),
          ),
          stable: orNull(fc.record({ good: aCount, total: aCount })),
          seen: orNull(
            fc.record({
              newest: fc.oneof(
                fc.record({ kind: fc.constantFrom('fresh' as const, 'ended' as const) }),
                fc.record({ kind: fc.constant('old' as const), ageMs: aCount }),
              ),
              scrapes: fc.nat(),
              resets: fc.nat(),
              recentEvents: orNull(aCount),
              unseenBad: aCount,
            }),
          ),
        }),
      },
      { requiredKeys: ['slo', 'verdict', 'good', 'total', 'objective'] },
    ),
  ),
  nudges: fc.nat(),
});

const aRunWithAnalyses: fc.Arbitrary<TargetRun> = fc
  .tuple(
    aRun,
    fc.array(
      fc.record(
        {
          analysis: fc.string(),
          metric: fc.string(),
          phase: aPhase,
          count: fc.nat(),
          failed: fc.nat(),
          value: fc.string(),
          at: orNull(anInstant),
          basis: fc.record({
            phase: aPhase,
            inconclusive: fc.nat(),
            error: fc.nat(),
            consecutiveError: fc.nat(),
            consecutiveSuccess: fc.nat(),
            readings: fc.array(
              fc.record({
                at: anInstant,
                phase: fc.constantFrom('Successful', 'Failed', 'Inconclusive'),
                value: fc.string({ unit: 'grapheme' }),
              }),
            ),
          }),
        },
        { requiredKeys: ['analysis', 'metric', 'phase', 'count', 'failed', 'value', 'at'] },
      ),
    ),
    fc.nat(),
  )
  .map(([run, analyses, samplesDropped]) => ({ ...run, analyses, samplesDropped }));

/** As it comes back from an API server: JSON, and without the members that are null. */
function stored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => (member === null ? undefined : member));
}

describe('a status', () => {
  test('comes back from the object as it was, nulls dropped or not', () => {
    fc.assert(
      fc.property(aStatus, (status) => {
        expect(readStatus(JSON.parse(JSON.stringify(writeStatus(status))))).toEqual(status);
        expect(readStatus(stored(writeStatus(status)))).toEqual(status);
      }),
    );
  });

  test('that the daemon did not write is none', () => {
    for (const other of [undefined, null, {}, { phase: 'Odd' }]) expect(readStatus(other)).toBeNull();
  });

  test('names the wave at hand for kubectl', () => {
    const wave = (name: string, phase: WaveStatus['phase']) => ({ name, phase, ...blank });
    const blank = { startedAt: null, bakingSince: null, passedAt: null, blockedSince: null, blockedMs: 0 };
    const status = fc.sample(aStatus, 1)[0]!;
    const waves = [wave('free', 'Passed'), wave('business', 'Running'), wave('enterprise', 'Waiting')];
    expect(writeStatus({ ...status, waves })).toMatchObject({ wave: 'business' });
    expect(writeStatus({ ...status, waves: waves.slice(0, 1) })).not.toHaveProperty('wave');
  });
});

describe('a run', () => {
  test('comes back from the object as it was, nulls dropped or not', () => {
    fc.assert(
      fc.property(fc.oneof(aRun, aRunWithAnalyses), (run) => {
        expect(readRun(JSON.parse(JSON.stringify(writeRun(run))))).toEqual(run);
        expect(readRun(stored(writeRun(run)))).toEqual(run);
      }),
    );
  });

  test('of a version that counted no nudges has none', () => {
    const { nudges: _, ...older } = writeRun(fc.sample(aRun, 1)[0]!);
    expect(readRun(older).nudges).toBe(0);
  });

  test('of a version that kept rounded counts alone is read as it was', () => {
    const sample = { slo: 'availability', verdict: 'fail', good: 900, total: 1000, objective: 0.99 } as const;
    const run = { ...fc.sample(aRun, 1)[0]!, deciding: [sample] };
    expect(readRun(JSON.parse(JSON.stringify(writeRun(run)))).deciding).toEqual([sample]);
  });

  test('whose basis is not one of ours is refused', () => {
    const run = writeRun({ ...fc.sample(aRun, 1)[0]!, deciding: [] });
    const sample = { slo: 'a', verdict: 'pass', good: 1, total: 1, objective: 0.9, basis: 'because' };
    expect(() => readRun({ ...run, deciding: [sample] })).toThrow('no basis of a verdict: because');
  });

  test('that Tidegate did not write is refused', () => {
    expect(() => readRun({ target: 'a/b/c' })).toThrow('goal');
  });
});
