import { describe, expect, it } from 'vitest';
import { formatInstant, instant } from '../../../src/domain/time.ts';
import { forecast, rollbackOrder } from '../../../src/planning/forecast.ts';
import { NOW, planned, wave, wavePlan } from './storefront.ts';

const PACE = { podReadyMs: 10_000, controllerMs: 1_000, controllerBackMs: 2_000 };
const clock = (at: Parameters<typeof formatInstant>[0]) => formatInstant(at).slice(5, 19);

describe('forecast', () => {
  it('adds up batches, moves and bakes', () => {
    const waves = forecast(planned(), { startAt: NOW, ...PACE }).waves;
    // free: 4 moves of one target (11 s) and 3 bakes; business: 2 batches of 2 and 1 targets, each 3 moves and 2 bakes.
    expect(
      waves.map((one) => [one.wave, one.batches, clock(one.startsAt), clock(one.bakesAt), clock(one.passesAt)]),
    ).toEqual([
      ['free', 1, '11-23T08:00:00', '11-23T08:15:44', '11-23T08:30:44'],
      ['business', 2, '11-23T08:30:44', '11-23T08:51:53', '11-23T09:06:53'],
      ['enterprise', 1, '11-23T09:06:53', '11-23T09:22:37', '11-23T09:37:37'],
    ]);
  });

  it('waits for a window before each move, and counts the wait', () => {
    const friday = instant(Date.parse('2026-11-27T14:00:00Z'));
    const [, , enterprise] = forecast(planned(), { startAt: friday, ...PACE }).waves;
    expect(clock(enterprise?.startsAt ?? friday)).toBe('11-30T09:00:00');
    expect(enterprise?.closedMs).toBe(Date.parse('2026-11-30T09:00:00Z') - Date.parse('2026-11-27T15:06:53Z'));
  });

  it('a wave that a window cuts goes on when it opens again', () => {
    const late = instant(Date.parse('2026-11-23T13:50:00Z'));
    const [, , enterprise] = forecast(planned(), { startAt: late, ...PACE }).waves;
    expect([clock(enterprise?.startsAt ?? late), clock(enterprise?.bakesAt ?? late)]).toEqual([
      '11-23T14:56:53',
      '11-24T09:10:33',
    ]);
  });

  it('the way back covers every target so far, cluster by cluster in step', () => {
    // One, then four in shared-eu, then one more in a cluster of its own, which goes beside them.
    expect(forecast(planned(), { startAt: NOW, ...PACE }).waves.map((one) => one.rollbackMs)).toEqual([
      12_000, 18_000, 18_000,
    ]);
  });

  it('the way back is no wider than its limit', () => {
    const narrow = { ...wavePlan, rollback: { ...wavePlan.rollback, maxConcurrency: 1 } };
    const waves = forecast(planned({ wavePlan: narrow }), { startAt: NOW, ...PACE }).waves;
    expect(waves.map((one) => one.rollbackMs)).toEqual([12_000, 48_000, 60_000]);
  });

  it('a wave without steps moves once', () => {
    const plain = { ...wavePlan, waves: [wave('free', { steps: [] }), ...wavePlan.waves.slice(1)] };
    const [free] = forecast(planned({ wavePlan: plain }), { startAt: NOW, ...PACE }).waves;
    expect(clock(free?.bakesAt ?? NOW)).toBe('11-23T08:00:11');
  });
});

describe('rollbackOrder', () => {
  it('takes the strictest tier first and keeps the plan order within a tier', () => {
    const plan = planned();
    const order = rollbackOrder(
      plan.waves.flatMap((one) => one.targets),
      plan.rollback.order,
    );
    expect(order.map(({ namespace }) => namespace)).toEqual(['storefront', 'initech', 'hooli', 'globex', 'pool-free']);
  });
});
