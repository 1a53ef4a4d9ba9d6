import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { stockLimits } from '../../../src/sandbox/argo/controller.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { stockReplicasLimit } from '../../../src/sandbox/replicas/controller.ts';
import { createWorld, type WorldOptions } from '../../../src/sandbox/world.ts';
import { pausedAtFirstStep } from './one-rollout.ts';

const us = { fieldManager: 'tidegate' };

/** Deploys so many Rollouts of two pods and answers how long it took until all of them were at their first pause. */
async function firstPauseMs(count: number, options: Partial<WorldOptions>): Promise<number> {
  const clock = createVirtualClock();
  const world = createWorld({ clusters: ['eu'], ...options, clock });
  const store = world.store('eu');
  world.start();
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, kinds.namespace, us);
  const rollout = (name: string, image: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
    },
  });
  const phases = (phase: string) => {
    const { items } = store.list(kinds.rollout, { namespace: null });
    return items.filter((item) => (item['status'] as { phase?: string } | undefined)?.phase === phase).length;
  };
  for (let index = 0; index < count; index++) store.create(rollout(`app-${index}`, 'app:v1'), kinds.rollout, us);
  expect(await clock.runUntil(() => phases('Healthy') === count)).toBe(true);
  await clock.advance(60_000);
  const from = clock.now();
  for (let index = 0; index < count; index++) {
    const ref = { kind: kinds.rollout, namespace: 'shop', name: `app-${index}` };
    const path = '/spec/template/spec/containers/0/image';
    store.jsonPatch(ref, [{ op: 'replace', path, value: 'app:v2' }], us);
  }
  expect(await clock.runUntil(() => phases('Paused') === count)).toBe(true);
  return clock.now() - from;
}

describe('a world', () => {
  it('knows its clusters only', () => {
    const world = createWorld({ clock: createVirtualClock(), clusters: ['hub', 'eu'] });
    expect(world.api('eu').cluster).toBe('eu');
    expect(() => world.store('mars')).toThrow(new RangeError('there is no cluster mars in this world'));
  });

  it('answers nothing from a cluster that is out of reach, while its controller goes on', async () => {
    const one = await pausedAtFirstStep();
    const api = one.world.api('eu');
    await one.advance(1000);
    one.resume();
    one.world.setReachable('eu', false);
    await expect(api.get(one.ref)).rejects.toThrow(TransientError);
    await one.advance(2000);
    one.world.setReachable('eu', true);
    const rollout = await api.get(one.ref);
    expect(rollout?.['status']).toMatchObject({ phase: 'Paused', currentStepIndex: 3 });
  });

  it('stands still after a stop, and goes on after a start', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.world.stop();
    one.image('app:v1');
    await one.advance(5000);
    expect(one.status().observedGeneration).toBe('2');
    expect(one.clock.sleeping).toBe(0);
    one.world.start();
    await one.until((status) => status.phase === 'Healthy' && status.observedGeneration === '3');
  });

  it('replays identically', async () => {
    const [first, second] = [await pausedAtFirstStep(), await pausedAtFirstStep()];
    expect(second.seen).toEqual(first.seen);
    expect(second.clock.now()).toBe(first.clock.now());
  });
});

describe('the rate limits of an installation that nobody tuned', () => {
  it('make a wave of a hundred slow, as was measured; without them it is done in a second', async () => {
    const quick = await firstPauseMs(100, {});
    expect(quick).toBeLessThan(1500);
    const slow = await firstPauseMs(100, {
      argo: { rateLimit: stockLimits },
      replicas: { rateLimit: stockReplicasLimit },
    });
    expect(slow).toBeGreaterThan(15_000);
    expect(slow).toBeLessThan(90_000);
  });
});
