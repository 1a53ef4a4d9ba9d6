import { describe, expect, test } from 'vitest';
import { createBackoff } from '../../../src/controller/backoff.ts';
import { ConflictError, TerminalError, TransientError } from '../../../src/domain/errors.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

const away = new TransientError('away');
const conflict = new ConflictError('stale');

/** Waits in ms after failing so often with the error. */
function waitsOf(error: Error, times: number, random = () => 1): readonly number[] {
  const clock = createVirtualClock();
  const backoff = createBackoff<string>(clock, random);
  return Array.from({ length: times }, () => {
    backoff.failed('a', error);
    return backoff.nextAt()! - clock.now();
  });
}

describe('the wait after a failure', () => {
  const rows: readonly { readonly title: string; readonly error: Error; readonly waitsMs: readonly number[] }[] = [
    { title: 'doubles from a quarter second', error: away, waitsMs: [250, 500, 1_000, 2_000] },
    { title: 'of a conflict is short', error: conflict, waitsMs: [20, 40, 80, 160] },
    { title: 'of a refusal is for people', error: new TerminalError('forbidden'), waitsMs: [30_000, 30_000] },
    {
      title: 'is what the other side asked for, if that is longer',
      error: new TransientError('slow down', { retryAfterMs: 700 }),
      waitsMs: [700, 700, 1_000],
    },
  ];
  test.each(rows)('$title', ({ error, waitsMs }) => {
    expect(waitsOf(error, waitsMs.length)).toEqual(waitsMs);
  });

  test('never grows beyond half a minute', () => {
    expect(waitsOf(away, 40).slice(7)).toEqual(Array.from({ length: 33 }, () => 30_000));
    expect(Math.max(...waitsOf(conflict, 40))).toBe(20 * 2 ** 10);
  });

  test('is spread over its upper half', () => {
    expect(waitsOf(away, 1, () => 0)).toEqual([125]);
    expect(waitsOf(away, 1, () => 0.5)).toEqual([188]);
  });
});

describe('keys', () => {
  test('wait apart from one another, and the first is told', async () => {
    const clock = createVirtualClock();
    const backoff = createBackoff<string>(clock, () => 1);
    backoff.failed('slow', away);
    backoff.failed('slow', away);
    backoff.failed('quick', away);
    expect(backoff.waiting()).toEqual(['slow', 'quick']);
    expect(backoff.nextAt()! - clock.now()).toBe(250);
    await clock.advance(250);
    expect(backoff.waiting()).toEqual(['slow']);
    expect(backoff.nextAt()! - clock.now()).toBe(250);
    await clock.advance(250);
    expect([backoff.waiting(), backoff.nextAt()]).toEqual([[], null]);
  });

  test('remember their failures until a success', async () => {
    const clock = createVirtualClock();
    const backoff = createBackoff<string>(clock, () => 1);
    backoff.failed('a', away);
    await clock.advance(10_000);
    backoff.failed('a', away);
    expect(backoff.nextAt()! - clock.now()).toBe(500);
    backoff.succeeded('a');
    expect(backoff.waiting()).toEqual([]);
    backoff.failed('a', away);
    expect(backoff.nextAt()! - clock.now()).toBe(250);
  });
});
