import { describe, expect, test } from 'vitest';
import { createMeasurer } from '../../../src/controller/measurer.ts';
import { TerminalError, TransientError } from '../../../src/domain/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { MeasureRequest, MetricSource } from '../../../src/ports/metric-source.ts';
import type { WantedMeasurement } from '../../../src/release/wanted-measurements.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

const INTERVAL_MS = 10_000;
/** Longer than any round of these tests. */
const STOP_MS = 60_000;

const wanted = (parts: Partial<WantedMeasurement> = {}): WantedMeasurement => ({
  key: 'availability',
  source: 'prom',
  measured: { kind: 'ratio', good: 'good', total: 'all' },
  windowMs: 60_000,
  intervalMs: INTERVAL_MS,
  rows: [{ cluster: 'eu', tenantId: 'T-ada' }],
  ...parts,
});

const ROW = { cluster: 'eu', tenantId: 'T-ada', revision: 'abc', good: 9, total: 10, seen: null };

/** A clock that ends a loop which never sleeps: it would hang the test, and a daemon with it. */
function impatient(clock: Clock): Clock {
  let calls = 0;
  return {
    now() {
      calls += 1;
      if (calls > 1_000) throw new Error('asked for the time 1000 times: the loop does not sleep');
      return clock.now();
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

function measuring(measure: (request: MeasureRequest, clock: Clock) => ReturnType<MetricSource['measure']>) {
  const clock = createVirtualClock();
  const startAt = clock.now();
  const requests: { readonly atMs: number; readonly request: MeasureRequest }[] = [];
  const source: MetricSource = {
    name: 'prom',
    measure(request) {
      requests.push({ atMs: clock.now() - startAt, request });
      return measure(request, clock);
    },
  };
  let changes = 0;
  const measurer = createMeasurer(new Map([['prom', source]]), impatient(clock), () => void (changes += 1));
  const stop = new AbortController();
  const running = measurer.run(stop.signal);
  return {
    clock,
    measurer,
    requests,
    changes: () => changes,
    askedAt: () => requests.map((one) => one.atMs),
    end: async () => {
      stop.abort();
      await clock.advance(STOP_MS);
      await running;
    },
  };
}

const atOnce = async () => [ROW];

describe('rounds', () => {
  test('begin as soon as something is wanted and come at the pace of their interval', async () => {
    const { clock, measurer, askedAt, end } = measuring(atOnce);
    await clock.advance(5_000);
    measurer.want([wanted()]);
    await clock.advance(20_000);
    expect(askedAt()).toEqual([5_000, 15_000, 25_000]);
    await end();
  });

  test('of several questions keep their own pace', async () => {
    const { clock, measurer, requests, end } = measuring(atOnce);
    measurer.want([wanted(), wanted({ key: 'latency', windowMs: 1, intervalMs: 15_000 })]);
    await clock.advance(30_000);
    expect(requests.filter((one) => one.request.windowMs === 1).map((one) => one.atMs)).toEqual([0, 15_000, 30_000]);
    expect(measurer.asked()).toBe(7);
    await end();
  });

  test('do not pile up behind a slow source, and nothing spins while it is slow', async () => {
    const { clock, measurer, askedAt, end } = measuring(async (_, clock) => {
      await clock.sleep(2.5 * INTERVAL_MS);
      return [ROW];
    });
    measurer.want([wanted()]);
    await clock.advance(60_000);
    expect(askedAt()).toEqual([0, 25_000, 50_000]);
    await end();
  });

  test('end when nothing is wanted any more', async () => {
    const { clock, measurer, askedAt, end } = measuring(atOnce);
    measurer.want([wanted()]);
    await clock.advance(10_000);
    measurer.want([]);
    await clock.advance(120_000);
    expect(askedAt()).toEqual([0, 10_000]);
    await end();
  });

  test('ask for all rows at the fixed time at which they began', async () => {
    const { clock, measurer, requests, end } = measuring(atOnce);
    const startAt = clock.now();
    measurer.want([wanted()]);
    await clock.advance(1);
    const { measured, windowMs, rows } = wanted();
    expect(requests[0]?.request).toEqual({ slo: measured, windowMs, at: startAt, rows });
    await end();
  });
});

describe('an answer', () => {
  test('is kept by row and told', async () => {
    const { clock, measurer, changes, end } = measuring(atOnce);
    const startAt = clock.now();
    measurer.want([wanted()]);
    await clock.advance(1);
    expect(measurer.measurements.get('availability')).toEqual({
      kind: 'counts',
      at: startAt,
      rows: new Map([['eu|T-ada|abc', { good: 9, total: 10, seen: null }]]),
    });
    expect(changes()).toBe(1);
    await end();
  });

  test.each([
    ['an outage', new TransientError('connection refused')],
    ['a refused query', new TerminalError('parse error')],
  ])('of %s is none, with its message', async (_, error) => {
    const { clock, measurer, end } = measuring(async () => {
      throw error;
    });
    measurer.want([wanted()]);
    await clock.advance(1);
    expect(measurer.measurements.get('availability')).toMatchObject({ kind: 'unavailable', message: error.message });
    await end();
  });

  test('of a source that is not configured is none', async () => {
    const { clock, measurer, end } = measuring(atOnce);
    measurer.want([wanted({ source: 'gone' })]);
    await clock.advance(1);
    expect(measurer.measurements.get('availability')).toMatchObject({
      kind: 'unavailable',
      message: 'metric source gone is not configured',
    });
    await end();
  });

  test('replaces the one before, an outage too', async () => {
    let isAway = false;
    const { clock, measurer, end } = measuring(async () => {
      if (isAway) throw new TransientError('away');
      return [ROW];
    });
    measurer.want([wanted()]);
    await clock.advance(1);
    isAway = true;
    await clock.advance(INTERVAL_MS);
    expect(measurer.measurements.get('availability')?.kind).toBe('unavailable');
    isAway = false;
    await clock.advance(INTERVAL_MS);
    expect(measurer.measurements.get('availability')?.kind).toBe('counts');
    await end();
  });
});
