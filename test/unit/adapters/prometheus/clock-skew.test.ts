import { describe, expect, test } from 'vitest';
import { refuseSkewed, skewMs, skewToleranceMs } from '../../../../src/adapters/prometheus/clock-skew.ts';
import { TransientError } from '../../../../src/domain/errors.ts';
import { instant } from '../../../../src/domain/time.ts';

const ASKED = Date.parse('2026-03-01T12:00:00.500Z');
/** An answer that said its time so many ms after the question, and came two seconds after it. */
const said = (afterMs: number) => ({ headers: { date: new Date(ASKED + afterMs).toUTCString() } });
const times = { askedAt: instant(ASKED), answeredAt: instant(ASKED + 2_000) };

describe('the clock of a source', () => {
  test.each([
    ['the same', 0, 0],
    ['said as the answer came', 2_000, 0],
    ['within the second that its header names', -500, 0],
    ['ahead by less than the answer took', 1_000, 0],
    ['half a minute ahead, less what the answer took', 30_000, 27_500],
    ['half a minute behind, less the second that its header names', -30_000, -29_501],
    ['five minutes behind', -300_000, -299_501],
  ])('%s', (_, afterMs, wanted) => {
    expect(skewMs(said(afterMs), times)).toBe(wanted);
  });

  test.each([undefined, 'soon', 7])('of a header that says %s is not known', (date) => {
    expect(skewMs({ headers: { date } }, times)).toBe(0);
  });

  test('may be off by a scrape interval, and by two seconds at least', () => {
    expect(skewToleranceMs({ scrapeIntervalMs: 15_000 })).toBe(15_000);
    expect(skewToleranceMs({ scrapeIntervalMs: 100 })).toBe(2_000);
  });

  test('is refused when it is further off, with what to do', () => {
    expect(() => refuseSkewed(said(12_000), times, 10_000, 'query source eu')).not.toThrow();
    const refuse = (afterMs: number) => () => refuseSkewed(said(afterMs), times, 10_000, 'query source eu');
    expect(refuse(330_500)).toThrow(TransientError);
    expect(refuse(330_500)).toThrow(
      'query source eu: its clock is 5m29s ahead of ours, 10s are tolerated: its samples cannot be told older or newer than a step, synchronise the clocks (NTP)',
    );
    expect(refuse(-30_500)).toThrow('its clock is 29.5s behind ours');
  });
});
