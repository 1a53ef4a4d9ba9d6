import { describe, expect, it } from 'vitest';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { askBack, operate, planHashOf } from './operated-release.ts';
import { HUB, NAMESPACE } from './simulated-world.ts';

const releaseRef = { kind: kinds.release, namespace: NAMESPACE, name: 'app-2' };
const rolloutIn = (namespace: string) => ({ kind: kinds.rollout, namespace, name: 'app' });
const FINAL = ['Completed', 'RolledBack'];

describe('what a person does to the records in the hub', () => {
  it('a status of a newer version is left alone, and its release is not started again', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.daemon.kill();
    await world.sim.hub.mergePatch(
      releaseRef,
      { status: { phase: 'Sideways' } },
      { fieldManager: 'newer', subresource: 'status' },
    );
    const told: string[] = [];
    world.sim.startDaemon({ report: (event) => told.push(event.type), ignored: (message) => told.push(message) });
    await world.sim.clock.advance(120_000);
    expect(world.look('shared', 'biz-0')).toBe('b Paused');
    const object = world.sim.world.store(HUB).get(releaseRef)!;
    expect(object['status']).toMatchObject({ phase: 'Sideways' });
    expect(readStatus(object['status'])).toBeNull();
    expect(told).toContainEqual(expect.stringMatching(/^ignoring Release app-2: its status/));
  });

  it('a WaveRun that cannot be read stops its release by name, not the daemon', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.daemon.kill();
    const object = world.waveRun('business');
    const status = { targets: [{ target: 'shared/biz-0/app', goal: { kind: 'evaporated' } }] };
    const ref = { kind: kinds.waveRun, namespace: NAMESPACE, name: object.metadata.name };
    await world.sim.hub.mergePatch(ref, { status }, { fieldManager: 'stranger', subresource: 'status' });
    const told: string[] = [];
    world.sim.startDaemon({
      report: (event) => {
        if (event.type === 'retrying') told.push(event.error.message);
      },
    });
    await world.sim.clock.advance(60_000);
    expect(told[0]).toMatch(/^reading the runs of app-2: WaveRun \S+ is not one that this version wrote/);
    expect(world.look('shared', 'biz-0')).toBe('b Paused');
  });

  it('a deleted release goes no further', async () => {
    const world = await operate();
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    await world.sim.hub.delete(releaseRef);
    await world.sim.clock.advance(120_000);
    expect([world.pausedAt('shared', 'biz-0', 0), world.pausedAt('shared', 'biz-1', 0)]).toEqual([true, true]);
  });
});
