import { describe, expect, test } from 'vitest';
import { perform } from '../../../src/controller/actor.ts';
import { ConflictError } from '../../../src/domain/errors.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { Action, Command } from '../../../src/release/commands.ts';
import { type ObservedTarget, type Pause, projectRollout } from '../../../src/release/observed-target.ts';
import { DRIVER_EPOCH } from './driver.ts';
import { liveRollout } from './live-rollout.ts';
import { deployTarget, type OneTarget } from './one-target.ts';
import type { TheWorld } from './world.ts';

const NEXT_EPOCH = DRIVER_EPOCH + 1;

/** A write of somebody whose time is over, or that was meant for another moment, is refused by the target's own API server. */
export function describeFenced(world: TheWorld): void {
  const observed = async (target: OneTarget) => projectRollout(await liveRollout(world(), target));
  const command = (target: OneTarget, action: Action, basis: ObservedTarget | null, epoch: number): Command => ({
    target: target.indexed.target.id,
    epoch,
    basis,
    action,
  });

  describe.concurrent('a write that comes too late is refused', () => {
    test('of every action, once another daemon has claimed the target', async () => {
      const target = await deployTarget(world());
      const { observed: stale } = await target.reach({ kind: 'step', step: 0 });
      const { api } = world();
      await perform(api, target.b, command(target, { kind: 'claim' }, stale, NEXT_EPOCH));
      const claimed = await observed(target);
      expect(claimed.epoch).toBe(NEXT_EPOCH);
      for (const action of everyAction(target, stale.pause!)) {
        const late = perform(api, target.b, command(target, action, stale, DRIVER_EPOCH));
        await expect(late, action.kind).rejects.toThrow(ConflictError);
        const inTime = perform(withoutEffect(api), target.b, command(target, action, claimed, NEXT_EPOCH));
        await expect(inTime, action.kind).resolves.toBeDefined();
      }
      expect({ ...(await observed(target)), resourceVersion: '' }).toEqual({ ...claimed, resourceVersion: '' });
    });

    test('where no epoch stood yet, and somebody else was first', async () => {
      const target = await deployTarget(world());
      const untouched: ObservedTarget = { ...world().driver.observed(target.indexed), epoch: null };
      await perform(world().api, target.b, command(target, { kind: 'claim' }, untouched, NEXT_EPOCH));
      const late = perform(world().api, target.b, command(target, { kind: 'claim' }, untouched, DRIVER_EPOCH));
      await expect(late).rejects.toThrow(ConflictError);
      expect((await observed(target)).epoch).toBe(NEXT_EPOCH);
    });

    test('a create of what is there already', async () => {
      const target = await deployTarget(world());
      const again = perform(world().api, target.b, command(target, { kind: 'create' }, null, DRIVER_EPOCH));
      await expect(again).rejects.toThrow(ConflictError);
      expect((await observed(target)).currentHash).toBe(target.hash);
    });

    test('a resume of step 1, at step 2', async () => {
      const target = await deployTarget(world());
      const first = await target.reach({ kind: 'step', step: 0 });
      const second = await target.reach({ kind: 'step', step: 1 }, first.run);
      const resume = (step: number, pause: Pause): Promise<unknown> =>
        perform(world().api, target.b, command(target, { kind: 'resume', step, pause }, second.observed, DRIVER_EPOCH));
      await expect(resume(0, first.observed.pause!), 'another step').rejects.toThrow(ConflictError);
      const older = { ...second.observed.pause!, startTime: '2020-01-01T00:00:00Z' };
      await expect(resume(1, older), 'another pause').rejects.toThrow(ConflictError);
      expect(await observed(target)).toMatchObject({ stepIndex: 3, pause: second.observed.pause });
      await resume(1, second.observed.pause!);
      await world().driver.drive(
        target.b,
        { ...second.run, goal: { kind: 'promoted' } },
        (seen) => seen.stepIndex === 4,
      );
    });

    test('an abort of a version that is not the current one any more', async () => {
      const target = await deployTarget(world());
      const { observed: paused, run } = await target.reach({ kind: 'step', step: 0 });
      await target.reach({ kind: 'restored' }, run);
      const late = perform(world().api, target.b, command(target, { kind: 'abort' }, paused, DRIVER_EPOCH));
      await expect(late).rejects.toThrow(ConflictError);
      expect((await observed(target)).abort).toBe(false);
    });
  });
}

function everyAction(target: OneTarget, pause: Pause): readonly Action[] {
  return [
    { kind: 'writeTemplate' },
    { kind: 'resume', step: 0, pause },
    { kind: 'abort' },
    { kind: 'restoreTemplate', hash: target.hash },
    { kind: 'promoteFull' },
    { kind: 'claim' },
    { kind: 'nudge', effect: 'abort', attempt: 1, at: target.run.goalAt },
    { kind: 'makeRoom' },
  ];
}

/** The same API, storing no patch: shows that a command would have been taken. */
function withoutEffect(api: KubernetesApi): KubernetesApi {
  return {
    ...api,
    patch: (ref, operations, options) => api.patch(ref, operations, { ...options, dryRun: true }),
    watch: (kind, options) => api.watch(kind, options),
  };
}
