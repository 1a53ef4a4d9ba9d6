import { describe, expect, it } from 'vitest';
import { instant, later } from '../../../../src/domain/time.ts';
import { createAlarms } from '../../../../src/sandbox/clock/alarms.ts';
import { createTimeHeap } from '../../../../src/sandbox/clock/heap.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';

const START = instant(1_000_000);

describe('a virtual clock', () => {
  it('ends sleeps in the order of their instants, equal ones in the order of asking', async () => {
    const clock = createVirtualClock(START);
    const order: string[] = [];
    for (const [name, ms] of [
      ['late', 50],
      ['first', 10],
      ['second', 10],
      ['at once', 0],
    ] as const) {
      void clock.sleep(ms).then(() => order.push(`${name} ${clock.now() - START}`));
    }
    await clock.advance(100);
    expect(order).toEqual(['at once 0', 'first 10', 'second 10', 'late 50']);
    expect(clock.now()).toBe(START + 100);
  });

  it('does not end what is due after the goal', async () => {
    const clock = createVirtualClock(START);
    let isOver = false;
    void clock.sleep(11).then(() => {
      isOver = true;
    });
    await clock.advance(10);
    expect([isOver, clock.sleeping]).toEqual([false, 1]);
    await clock.advance(1);
    expect([isOver, clock.sleeping]).toEqual([true, 0]);
  });

  it('lets what a sleep wakes go on before the next one ends', async () => {
    const clock = createVirtualClock(START);
    const order: string[] = [];
    void clock.sleep(10).then(async () => {
      await clock.sleep(5);
      order.push('chained');
    });
    void clock.sleep(20).then(() => order.push('later'));
    await clock.advance(20);
    expect(order).toEqual(['chained', 'later']);
  });

  it('stops at the very moment a predicate holds', async () => {
    const clock = createVirtualClock(START);
    let count = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(10);
        count += 1;
      }
    };
    void work();
    expect(await clock.runUntil(() => count === 3)).toBe(true);
    expect(clock.now()).toBe(START + 30);
  });

  it('says so when a predicate does not hold until the limit', async () => {
    const clock = createVirtualClock(START);
    expect(await clock.runUntil(() => false, later(START, 500))).toBe(false);
    expect(clock.now()).toBe(START + 500);
  });

  it('ends an aborted sleep at once, without moving time, and forgets it', async () => {
    const clock = createVirtualClock(START);
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal);
    stop.abort();
    await sleep;
    expect([clock.now(), clock.sleeping]).toEqual([START, 0]);
    expect(await clock.runUntil(() => false)).toBe(false);
    expect(clock.now()).toBe(START);
    await clock.sleep(1000, stop.signal);
  });

  it('keeps a hundred thousand sleeps in order', async () => {
    const clock = createVirtualClock(START);
    const woken: number[] = [];
    for (let index = 0; index < 100_000; index++) {
      const ms = (index * 7919) % 1000;
      void clock.sleep(ms).then(() => woken.push(ms));
    }
    await clock.advance(1000);
    expect(woken).toHaveLength(100_000);
    expect(woken.every((ms, index) => index === 0 || ms >= woken[index - 1]!)).toBe(true);
  });
});

describe('alarms', () => {
  it('ring in order, on time, unless they are taken back', async () => {
    const clock = createVirtualClock(START);
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    alarms.after(30, () => rung.push(`c ${clock.now() - START}`));
    alarms.after(10, () => rung.push(`a ${clock.now() - START}`));
    const cancel = alarms.after(20, () => rung.push('never'));
    alarms.after(10, () => alarms.after(5, () => rung.push(`b ${clock.now() - START}`)));
    cancel();
    await clock.advance(100);
    expect(rung).toEqual(['a 10', 'b 15', 'c 30']);
  });

  it('never ring at once, nor after a stop', async () => {
    const clock = createVirtualClock(START);
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    alarms.after(0, () => rung.push('soon'));
    expect(rung).toEqual([]);
    await clock.advance(0);
    expect(rung).toEqual(['soon']);
    alarms.after(10, () => rung.push('never'));
    alarms.stop();
    await clock.advance(100);
    expect(rung).toEqual(['soon']);
    expect(clock.sleeping).toBe(0);
  });
});

describe('the heap of instants', () => {
  it('refuses to give what it does not have', () => {
    expect(() => createTimeHeap().take()).toThrow(RangeError);
    expect(createTimeHeap().nextAt()).toBeNull();
  });
});
