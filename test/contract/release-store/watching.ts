import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/ports/kinds.ts';
import { aStatus, PASSED, RUNNING } from '../../unit/release/a-release.ts';
import { follow, newHub, RELEASE_SPEC } from './a-hub.ts';
import type { TheWorld } from './world.ts';

const PLAN_HASH = 'c0ffee00'.repeat(8);

/** What a daemon hears of its hub. */
export function describeWatching(world: TheWorld): void {
  describe('the hub', () => {
    test('is given only once every kind has been listed, empty or not', async () => {
      const hub = await newHub(world());
      const following = follow(hub.openStore());
      await following.until(() => true);
      expect(following.seen[0]).toEqual({
        releases: [],
        hub: { approvals: [], freezes: [], requests: [], tenantLabels: new Map() },
      });
      await following.stop();
    });

    test('is given whole, in order of names, after every change', async () => {
      const hub = await newHub(world());
      const expected = { annotations: { 'tidegate.dev/expect-plan': 'abc' } };
      await hub.create(kinds.release, 'b', RELEASE_SPEC, expected);
      await hub.create(kinds.release, 'a', RELEASE_SPEC);
      const labels = { region: 'eu' };
      await hub.create(kinds.tenant, 'acme', { tier: 'free', placements: [{ pool: 'p' }] }, { labels });
      const following = follow(hub.openStore());
      const first = await following.until(({ releases }) => releases.length === 2);
      expect(first.releases.map((one) => [one.spec.name, one.status, one.expectedPlan])).toEqual([
        ['a', null, null],
        ['b', null, 'abc'],
      ]);
      expect(first.hub.tenantLabels).toEqual(new Map([['acme', labels]]));
      await hub.create(kinds.freeze, 'f', { scope: { all: true }, reason: 'r', by: 'lab-admin' });
      await hub.create(kinds.rollback, 'r', { release: 'a', scope: 'wave', reason: 'r', by: 'lab-admin' });
      await hub.create(kinds.approval, 'ok', { release: 'a', planHash: PLAN_HASH, wave: 'free', by: 'lab-admin' });
      const acted = await following.until(
        ({ hub: { freezes, requests, approvals } }) => freezes.length + requests.length + approvals.length === 3,
      );
      expect(acted.hub).toMatchObject({
        approvals: [{ name: 'ok', release: 'a', by: 'lab-admin' }],
        freezes: [{ name: 'f', scope: { kind: 'all' }, from: null, until: null }],
        requests: [{ name: 'r', scope: 'wave' }],
      });
      await hub.remove(kinds.freeze, 'f');
      await hub.remove(kinds.release, 'b');
      await following.until(({ releases, hub: { freezes } }) => releases.length === 1 && freezes.length === 0);
      await following.stop();
    });

    test('tells of a status as it was saved, nulls and instants included', async () => {
      const hub = await newHub(world());
      await hub.create(kinds.release, 'a', RELEASE_SPEC);
      const status = aStatus([PASSED, RUNNING], { message: 'wave business is running' });
      const following = follow(hub.openStore());
      await hub.openStore().saveStatus('a', status);
      const { releases } = await following.until((view) => (view.releases[0]?.status ?? null) !== null);
      expect(releases[0]?.status).toEqual(status);
      await following.stop();
    });

    test('leaves out what cannot be read, says which, and goes on', async () => {
      const hub = await newHub(world());
      const freeze = { scope: { all: true }, reason: 'r', by: 'lab-admin' };
      const backwards = { from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' };
      await hub.create(kinds.freeze, 'odd', { ...freeze, ...backwards });
      await hub.create(kinds.freeze, 'good', freeze);
      const following = follow(hub.openStore());
      const { hub: seen } = await following.until(({ hub: { freezes } }) => freezes.length > 0);
      expect(seen.freezes.map(({ name }) => name)).toEqual(['good']);
      expect(hub.reported).toEqual(['ignoring Freeze/odd spec.until: a freeze must end after it starts']);
      await following.stop();
    });

    test('leaves out a Release whose status another version wrote: it would be started again', async () => {
      const hub = await newHub(world());
      await hub.create(kinds.release, 'newer', RELEASE_SPEC);
      await hub.create(kinds.release, 'ours', RELEASE_SPEC);
      const ref = { kind: kinds.release, namespace: hub.namespace, name: 'newer' };
      const write = { fieldManager: 'tidegate', subresource: 'status' } as const;
      await hub.api.mergePatch(ref, { status: { phase: 'Levitating', message: 'm' } }, write);
      const following = follow(hub.openStore());
      const { releases } = await following.until((view) => view.releases.length > 0);
      expect(releases.map(({ spec }) => spec.name)).toEqual(['ours']);
      expect(hub.reported).toHaveLength(1);
      expect(hub.reported[0]).toContain('ignoring Release newer');
      await following.stop();
    });

    test('keeps to its namespace', async () => {
      const [hub, other] = [await newHub(world()), await newHub(world())];
      await other.create(kinds.release, 'theirs', RELEASE_SPEC);
      await hub.create(kinds.release, 'ours', RELEASE_SPEC);
      const following = follow(hub.openStore());
      const { releases } = await following.until((view) => view.releases.length > 0);
      expect(releases.map(({ spec }) => spec.name)).toEqual(['ours']);
      await following.stop();
    });
  });
}
