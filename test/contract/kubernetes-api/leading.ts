import { describe, expect, test, vi } from 'vitest';
import { createLeadership } from '../../../src/adapters/kubernetes/index.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { Leadership } from '../../../src/ports/leadership.ts';
import { newNamespace, valueAt } from './objects.ts';
import type { TheWorld } from './world.ts';

/** Short, so that the wait for a dead leader is; its record says a whole second. */
const LEASE_MS = 1000;
const RENEW_MS = 250;

/** Leadership over the port, against a server that really compares versions. */
export function describeLeading(world: TheWorld): void {
  const start = (namespace: string, identity: string): { leadership: Leadership; kill: () => Promise<void> } => {
    const { api, clock } = world();
    const stop = new AbortController();
    const times = { leaseMs: LEASE_MS, renewMs: RENEW_MS };
    const leadership = createLeadership({ api, namespace, name: 'hub', identity, clock, ...times });
    const run = async (): Promise<void> => {
      for await (const state of leadership.run(stop.signal)) expect(state.kind).toMatch(/leading|following/);
    };
    const done = run();
    return {
      leadership,
      kill: async () => {
        stop.abort();
        await done;
      },
    };
  };

  const untilEpoch = (leadership: Leadership, epoch: number): Promise<void> =>
    vi.waitFor(() => expect(leadership.state()).toMatchObject({ kind: 'leading', epoch }), {
      timeout: 10_000,
      interval: 10,
    });

  describe('leadership', () => {
    test('goes to a standby when its holder dies, under the next epoch', async () => {
      const namespace = await newNamespace(world().api);
      const a = start(namespace, 'a');
      await untilEpoch(a.leadership, 1);
      const b = start(namespace, 'b');
      await vi.waitFor(() => expect(b.leadership.state()).toEqual({ kind: 'following', holder: 'a' }));
      await a.kill();
      await untilEpoch(b.leadership, 2);
      expect(a.leadership.state().kind).toBe('following');
      const found = await world().api.get({ kind: kinds.lease, namespace, name: 'hub' });
      expect(valueAt(found, 'spec')).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
      await b.kill();
    });

    test('goes to one of many that ask at once, and the others know whom they follow', async () => {
      const namespace = await newNamespace(world().api);
      const identities = ['a', 'b', 'c', 'd', 'e'];
      const all = identities.map((identity) => start(namespace, identity));
      await vi.waitFor(
        () => {
          const states = all.map(({ leadership }) => leadership.state());
          const leader = identities[states.findIndex(({ kind }) => kind === 'leading')];
          const followers = states.filter(({ kind }) => kind === 'following');
          expect(followers).toEqual(Array.from({ length: 4 }, () => ({ kind: 'following', holder: leader })));
        },
        { timeout: 10_000, interval: 10 },
      );
      for (const { kill } of all) await kill();
    });

    test('is lost at once to whoever took the record, and is not taken back while that one renews', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const a = start(namespace, 'a');
      await untilEpoch(a.leadership, 1);
      const taken = { holderIdentity: 'thief', leaseTransitions: 1, renewTime: '2026-11-22T10:00:00.000000Z' };
      await api.mergePatch({ kind: kinds.lease, namespace, name: 'hub' }, { spec: taken }, { fieldManager: 'thief' });
      await vi.waitFor(() => expect(a.leadership.state()).toEqual({ kind: 'following', holder: 'thief' }), {
        timeout: 10_000,
      });
      const found = await api.get({ kind: kinds.lease, namespace, name: 'hub' });
      expect(valueAt(found, 'spec')).toMatchObject(taken);
      await a.kill();
    });

    test('goes on under the next epoch when somebody deletes the record', async () => {
      const { api } = world();
      const namespace = await newNamespace(api);
      const a = start(namespace, 'a');
      await untilEpoch(a.leadership, 1);
      await api.delete({ kind: kinds.lease, namespace, name: 'hub' });
      await untilEpoch(a.leadership, 2);
      await a.kill();
    });

    test('goes to a standby when it is released', async () => {
      const namespace = await newNamespace(world().api);
      const a = start(namespace, 'a');
      await untilEpoch(a.leadership, 1);
      const b = start(namespace, 'b');
      await a.kill();
      await a.leadership.release();
      await untilEpoch(b.leadership, 2);
      await b.kill();
    });
  });
}
