import { expect, test } from 'vitest';
import { createMeasurer } from '../../../src/controller/measurer.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

/** Looks at the clock that ten intervals may take; a loop that spins takes any number. */
const LOOKS_LIMIT = 200;

test('a source that never answers is asked once, and the loop does not spin meanwhile', async () => {
  const clock = createVirtualClock();
  let looks = 0;
  let asked = 0;
  const counting = {
    ...clock,
    now: () => {
      looks += 1;
      if (looks > LOOKS_LIMIT) throw new RangeError('the loop spins');
      return clock.now();
    },
  };
  const hung: MetricSource = {
    name: 'prometheus',
    measure: () => {
      asked += 1;
      return new Promise(() => {});
    },
  };
  const measurer = createMeasurer(new Map([['prometheus', hung]]), counting, () => {});
  const stop = new AbortController();
  measurer.want([
    {
      key: 'latency',
      source: 'prometheus',
      measured: { kind: 'latency', histogram: 'http_request_duration_seconds', belowSeconds: 0.5 },
      windowMs: 2_500,
      intervalMs: 500,
      rows: [{ cluster: 'shared-eu', tenantId: 'T-1' }],
    },
  ]);
  const run = measurer.run(stop.signal);
  const ended = run.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  await clock.advance(5_000);
  expect(asked).toBe(1);
  expect(await Promise.race([ended, Promise.resolve('runs')])).toBe('runs');
});
