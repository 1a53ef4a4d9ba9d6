import { expect, it } from 'vitest';
import { kinds } from '../../src/ports/kinds.ts';
import { operate } from './operated-release.ts';
import { NAMESPACE } from './simulated-world.ts';

it('a wave plan that the API server takes and nobody can use keeps no daemon from taking a release back', async () => {
  const world = await operate();
  await world.until(() => world.pausedAt('shared', 'biz-0', 0));
  const steps = [50, 10];
  await world.sim.hub.create(
    {
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'WavePlan',
      metadata: { name: 'wrong', namespace: NAMESPACE },
      spec: {
        waves: [{ name: 'all', select: { rest: true }, steps, bake: { step: '5m', wave: '5m' } }],
        rollback: { order: ['free'] },
      },
    },
    kinds.wavePlan,
    { fieldManager: 'kubectl' },
  );
  world.daemon.kill();
  world.sim.startDaemon();
  world.weather.badRatio = (tenantId) => (tenantId.includes('biz') ? 0.5 : 0.001);
  expect(await world.untilPhase('Completed', 'RolledBack')).toBe('RolledBack');
});

it('a plan of which a part is gone says so in the release, and goes on when it is put back', async () => {
  const world = await operate();
  await world.until(() => world.pausedAt('shared', 'biz-0', 0));
  const { hub } = world.sim;
  const [slice] = (await hub.list(kinds.planSlice, { namespace: NAMESPACE })).items;
  const ref = { kind: kinds.planSlice, namespace: NAMESPACE, name: slice!.metadata.name };
  await hub.delete(ref);
  world.daemon.kill();
  world.sim.startDaemon();
  await world.until(() => world.waits().some((wait) => wait.startsWith('CannotGoOn: ')));
  expect(world.waits()[0]).toBe(
    `CannotGoOn: reading the plan of app-2: PlanSlice ${ref.name} is missing, start the release again under a new name`,
  );
  const { name, namespace, labels } = slice!.metadata;
  await hub.create({ ...slice!, metadata: { name, namespace: namespace!, labels: labels ?? {} } }, kinds.planSlice, {
    fieldManager: 'kubectl',
  });
  expect(await world.untilPhase('Completed', 'RolledBack')).toBe('Completed');
  expect(world.waits()).toEqual([]);
});
