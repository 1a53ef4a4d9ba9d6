import { describe, expect, it } from 'vitest';
import { type Asked, createPatience } from '../../src/adapters/prometheus/grouped-patience.ts';
import type { Sample } from '../../src/adapters/prometheus/instant-query.ts';
import { TerminalError, TransientError } from '../../src/domain/errors.ts';
import { instant, later } from '../../src/domain/time.ts';
import { createVirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';

const samples: readonly Sample[] = [{ labels: {}, value: 1 }];
const busy = (retryAfterMs: number | null = null) => new TransientError('answered 429', { retryAfterMs });

/** A server that gives these answers in turn, the last one for ever, and what it was asked when, s after the start. */
function scripted(...script: readonly (readonly Sample[] | Error)[]) {
  const clock = createVirtualClock();
  const startAt = clock.now();
  const askedAt: number[] = [];
  const ask = createPatience(
    () => {
      const answer = script[Math.min(askedAt.length, script.length - 1)]!;
      askedAt.push((clock.now() - startAt) / 1000);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    (work) => work(),
    { clock, random: () => 0.999_999 },
  );
  const settled: Asked[] = [];
  const patience = (deadlineMs = 60_000, signal = new AbortController().signal) => {
    const deadlineAt = later(startAt, deadlineMs);
    return { at: startAt, deadlineAt, signal };
  };
  return {
    clock,
    askedAt,
    settled,
    begin: (deadlineMs?: number, signal?: AbortSignal) =>
      ask(() => 'x', patience(deadlineMs, signal)).then((asked) => settled.push(asked)),
  };
}

describe('asking with patience', () => {
  it('tries again, each time later, up to five times', async () => {
    const world = scripted(busy());
    const done = world.begin();
    await world.clock.advance(60_000);
    await done;
    expect(world.askedAt).toEqual([0, 0.25, 0.75, 1.75, 3.75]);
    expect(world.settled).toEqual([{ kind: 'missing', reason: 'Unanswered', message: 'answered 429' }]);
  });

  it('takes the first answer', async () => {
    const world = scripted(busy(), samples);
    const done = world.begin();
    await world.clock.advance(60_000);
    await done;
    expect(world.settled).toEqual([{ kind: 'samples', samples }]);
  });

  it('waits as long as the server wants, all queries together', async () => {
    const world = scripted(busy(20_000), samples);
    const first = world.begin();
    await world.clock.advance(1000);
    const second = world.begin();
    await world.clock.advance(18_000);
    expect(world.askedAt).toEqual([0]);
    await world.clock.advance(60_000);
    await Promise.all([first, second]);
    expect(world.askedAt).toEqual([0, 20, 20]);
  });

  it('gives up at once where the server wants to be left alone beyond the deadline', async () => {
    const world = scripted(busy(120_000));
    await world.begin();
    expect(world.askedAt).toEqual([0]);
    expect(world.settled[0]).toMatchObject({ kind: 'missing', reason: 'Unanswered' });
  });

  it('does not ask again for a part of the data', async () => {
    const world = scripted(new TransientError('partial answer: a store is away', { reason: 'PartialAnswer' }));
    await world.begin();
    expect(world.askedAt).toEqual([0]);
    expect(world.settled[0]).toMatchObject({ kind: 'missing', reason: 'PartialAnswer' });
  });

  it('does not ask again what is refused', async () => {
    const world = scripted(new TerminalError('answered 400: parse error'));
    await world.begin();
    expect(world.settled).toEqual([{ kind: 'refused', message: 'answered 400: parse error' }]);
  });

  it('ends with the round while it waits', async () => {
    const world = scripted(busy());
    const round = new AbortController();
    const done = world.begin(60_000, round.signal);
    await world.clock.advance(100);
    round.abort();
    await done;
    expect(world.settled[0]).toMatchObject({ kind: 'missing', reason: 'DeadlineExceeded' });
  });

  it('does not hide a mistake of our own', async () => {
    await expect(scripted(new RangeError('a bug')).begin()).rejects.toThrow('a bug');
  });

  it('is as of the time of the round', async () => {
    const asked: number[] = [];
    const clock = createVirtualClock();
    const ask = createPatience(
      (_, at) => {
        asked.push(at);
        return Promise.resolve(samples);
      },
      (work) => work(),
      { clock, random: () => 0 },
    );
    const { signal } = new AbortController();
    await ask(() => 'x', { at: instant(5), deadlineAt: later(clock.now(), 1000), signal });
    expect(asked).toEqual([5]);
  });
});
