import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../../src/adapters/clock/system-clock.ts';

const LONG_MS = 2 ** 31 + 1000;

describe('the system clock', () => {
  it('sleeps at least as long as it is asked to', async () => {
    const from = performance.now();
    await createSystemClock().sleep(20);
    expect(performance.now() - from).toBeGreaterThanOrEqual(20);
  });

  it('ends a sleep at once when its signal aborts, and does not begin one with an aborted signal', async () => {
    const clock = createSystemClock();
    const stop = new AbortController();
    const sleep = clock.sleep(LONG_MS, stop.signal);
    stop.abort();
    await sleep;
    await clock.sleep(LONG_MS, stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });

  it('does not cut a sleep short that is longer than a timer can be', async () => {
    const stop = new AbortController();
    let isOver = false;
    const sleep = createSystemClock()
      .sleep(LONG_MS, stop.signal)
      .then(() => {
        isOver = true;
      });
    await createSystemClock().sleep(5);
    expect(isOver).toBe(false);
    stop.abort();
    await sleep;
  });

  it('tells the time of day', () => {
    expect(Math.abs(createSystemClock().now() - Date.now())).toBeLessThan(1000);
  });
});
