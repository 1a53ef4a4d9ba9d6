import { describe, expect, test } from 'vitest';
import { later } from '../../../src/domain/time.ts';
import { type Contender, createLeaseWorld } from './lease-world.ts';

const leaders = (contenders: readonly Contender[]): number =>
  contenders.filter((contender) => contender.leadership.state().kind === 'leading').length;

describe('leadership by a Lease', () => {
  test('the first to come leads under epoch 1, the others follow it', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(100);
    const b = world.join('b');
    await world.clock.advance(60_000);
    expect(a.leadership.state()).toMatchObject({ kind: 'leading', epoch: 1 });
    expect(b.leadership.state()).toEqual({ kind: 'following', holder: 'a' });
    expect(a.told).toHaveLength(1);
    expect(b.told).toHaveLength(1);
    expect(world.lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  test('of two that come in the same instant one leads', async () => {
    const world = createLeaseWorld();
    const both = [world.join('a'), world.join('b')];
    await world.clock.advance(10_000);
    expect(leaders(both)).toBe(1);
  });

  test('a standby takes over within 20 seconds of a kill, under the next epoch', async () => {
    for (let killedAtMs = 5000; killedAtMs < 11_000; killedAtMs += 250) {
      const world = createLeaseWorld();
      const a = world.join('a');
      await world.clock.advance(100);
      const b = world.join('b');
      await world.clock.advance(killedAtMs);
      a.kill();
      const limit = later(world.clock.now(), 20_000);
      const tookOver = await world.clock.runUntil(() => b.leadership.state().kind === 'leading', limit);
      expect(tookOver, `killed at ${killedAtMs} ms`).toBe(true);
      expect(b.leadership.state()).toMatchObject({ epoch: 2 });
    }
  });

  test.each(['down', 'hangs', 'write answers lost'] as const)(
    'a leader with its network %s has stopped before another starts',
    async (network) => {
      const world = createLeaseWorld();
      const a = world.join('a');
      await world.clock.advance(100);
      const b = world.join('b');
      await world.clock.advance(7000);
      a.network = network;
      for (let passedMs = 0; passedMs < 60_000; passedMs += 100) {
        await world.clock.advance(100);
        expect(leaders([a, b])).toBeLessThanOrEqual(1);
      }
      expect(a.leadership.state().kind).toBe('following');
      if (network !== 'write answers lost') expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
    },
  );

  test('a leader tells that it stopped, even while its request hangs', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(7000);
    a.network = 'hangs';
    await world.clock.advance(10_000);
    expect(a.told.map((state) => state.kind)).toEqual(['leading', 'following']);
  });

  test('a leader that was away shortly goes on under its epoch', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(7000);
    a.network = 'down';
    await world.clock.advance(12_000);
    expect(a.leadership.state().kind).toBe('following');
    a.network = 'fine';
    await world.clock.advance(3000);
    expect(a.leadership.state()).toMatchObject({ kind: 'leading', epoch: 1 });
  });

  test('a leader that was away for long follows whoever took over', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(100);
    const b = world.join('b');
    await world.clock.advance(7000);
    a.network = 'down';
    await world.clock.advance(40_000);
    a.network = 'fine';
    await world.clock.advance(5000);
    expect(a.leadership.state()).toEqual({ kind: 'following', holder: 'b' });
    expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
  });

  test('what it took while the answer was lost is its own', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    a.network = 'write answers lost';
    await world.clock.advance(1000);
    expect(world.lease()?.spec).toMatchObject({ holderIdentity: 'a' });
    expect(a.leadership.state().kind).toBe('following');
    a.network = 'fine';
    await world.clock.advance(3000);
    expect(a.leadership.state()).toMatchObject({ kind: 'leading', epoch: 1 });
  });

  test('a released lease is taken at the next look, and the old leader never acts on', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(100);
    const b = world.join('b');
    await world.clock.advance(7000);
    a.kill();
    await a.leadership.release();
    expect(a.leadership.state().kind).toBe('following');
    await world.clock.advance(2000);
    expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
  });

  test('what is taken while it is released is given back', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    a.network = 'slow';
    await world.clock.advance(500);
    a.kill();
    await a.leadership.release();
    await world.clock.advance(3000);
    await a.done;
    expect(a.leadership.state()).toEqual({ kind: 'following', holder: null });
    expect(world.lease()?.spec).not.toHaveProperty('holderIdentity');
    const b = world.join('b');
    await world.clock.advance(100);
    expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
  });

  test('a new process with an old name waits, and leads under a new epoch', async () => {
    const world = createLeaseWorld();
    world.join('a').kill();
    await world.clock.advance(100);
    const again = world.join('a');
    await world.clock.advance(14_000);
    expect(again.leadership.state().kind).toBe('following');
    await world.clock.advance(2000);
    expect(again.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
  });

  test("expiry does not look at the other side's clock", async () => {
    const world = createLeaseWorld();
    world.join('a').kill();
    await world.clock.advance(100);
    const past = '2001-01-01T00:00:00.000000Z';
    world.edit((lease) => ({ ...lease, spec: { ...(lease.spec as object), renewTime: past, acquireTime: past } }));
    const b = world.join('b');
    await world.clock.advance(14_900);
    expect(b.leadership.state().kind).toBe('following');
    await world.clock.advance(1000);
    expect(b.leadership.state().kind).toBe('leading');
  });

  test("a record's own duration is waited for when it is longer, up to a minute", async () => {
    const world = createLeaseWorld();
    world.join('a', { leaseMs: 3_600_000 }).kill();
    await world.clock.advance(100);
    const b = world.join('b');
    await world.clock.advance(59_000);
    expect(b.leadership.state().kind).toBe('following');
    await world.clock.advance(2000);
    expect(b.leadership.state().kind).toBe('leading');
  });

  test('a label that a stranger puts on the Lease costs nothing', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(6000);
    world.edit((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { team: 'x' } } }));
    await world.clock.advance(30_000);
    expect(a.told).toHaveLength(1);
    expect(a.leadership.state()).toMatchObject({ kind: 'leading', epoch: 1 });
  });

  test('the epoch never falls, even when the Lease is deleted', async () => {
    const world = createLeaseWorld();
    world.join('a').kill();
    await world.clock.advance(100);
    const b = world.join('b');
    await world.clock.advance(20_000);
    expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 2 });
    world.edit(() => undefined);
    await world.clock.advance(20_000);
    expect(b.leadership.state()).toMatchObject({ kind: 'leading', epoch: 3 });
  });

  test('an API server that refuses right after its start, its roles unread, is asked again', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    await world.clock.advance(7000);
    a.network = 'refuses';
    await world.clock.advance(12_000);
    a.network = 'fine';
    await world.clock.advance(3000);
    expect(a.leadership.state()).toMatchObject({ kind: 'leading', epoch: 1 });
  });

  test('who is refused for a whole lease, or was never let, gives up', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    const refused = expect(a.done).rejects.toThrow('not allowed (403)');
    await world.clock.advance(7000);
    a.network = 'refuses';
    await world.clock.advance(20_000);
    await refused;
    await expect(world.join('b', {}, 'refuses').done).rejects.toThrow('not allowed (403)');
  });

  test('nothing is left open after the end', async () => {
    const world = createLeaseWorld();
    const a = world.join('a');
    const b = world.join('b');
    await world.clock.advance(7000);
    a.kill();
    b.kill();
    await Promise.all([a.done, b.done]);
    expect(world.clock.sleeping).toBe(0);
  });
});
