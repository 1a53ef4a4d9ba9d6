import { expect, test } from 'vitest';
import { createWakeup } from '../../../src/controller/wakeup.ts';
import { later } from '../../../src/domain/time.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

/** A loop that waits; `ended` holds how long each wait took, ms. */
function waiting() {
  const clock = createVirtualClock();
  const wakeup = createWakeup(clock);
  const stop = new AbortController();
  const startAt = clock.now();
  const ended: number[] = [];
  return {
    clock,
    wakeup,
    stop,
    ended,
    startAt,
    wait: (forMs: number | null) => {
      const until = forMs === null ? null : later(clock.now(), forMs);
      return wakeup.wait(until, stop.signal).then(() => void ended.push(clock.now() - startAt));
    },
  };
}

test('a wait ends at its instant', async () => {
  const { clock, wait, ended } = waiting();
  void wait(500);
  await clock.advance(499);
  expect(ended).toEqual([]);
  await clock.advance(1);
  expect(ended).toEqual([500]);
});

test('a wake ends it before that', async () => {
  const { clock, wait, wakeup, ended } = waiting();
  void wait(null);
  await clock.advance(10);
  wakeup.wake();
  await clock.advance(0);
  expect(ended).toEqual([10]);
});

test('a wake before the wait is not lost, and counts once', async () => {
  const { clock, wait, wakeup, ended } = waiting();
  wakeup.wake();
  wakeup.wake();
  await wait(500);
  expect(ended).toEqual([0]);
  void wait(500);
  await clock.advance(499);
  expect(ended).toEqual([0]);
});

test('an instant that is over is not waited for', async () => {
  const { wait, ended } = waiting();
  await wait(-1);
  expect(ended).toEqual([0]);
});

test('no wait is longer than a minute', async () => {
  const { clock, wait, ended } = waiting();
  void wait(null);
  void wait(3_600_000);
  await clock.advance(60_000);
  expect(ended).toEqual([60_000, 60_000]);
});

test('the signal ends it, and what comes after it', async () => {
  const { clock, wait, stop, ended } = waiting();
  void wait(null);
  stop.abort();
  await clock.advance(0);
  await wait(500);
  expect(ended).toEqual([0, 0]);
  expect(clock.sleeping).toBe(0);
});
