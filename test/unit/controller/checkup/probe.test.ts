import { expect, test } from 'vitest';
import { kinds } from '../../../../src/ports/kinds.ts';
import type { World } from '../../../../src/sandbox/world.ts';
import { brief, CLUSTER, lookAt, PLACE } from './a-checked-cluster.ts';

/** Ends all controllers, and starts Argo's again. */
function stopReplicas(world: World): void {
  world.stop();
  world.argo(CLUSTER).start();
}

const probed = async (look: Parameters<typeof lookAt>[0] = {}) => {
  const { findings, store } = await lookAt({ ...look, probe: true });
  const names = store.list(kinds.rollout, { namespace: PLACE }).items.map(({ metadata }) => metadata.name);
  return { findings: findings.filter(({ check }) => check === 'probe'), names };
};

test('the probe measures both controllers, and leaves nothing behind', async () => {
  const { findings, names } = await probed();
  expect(brief(findings)).toEqual(['ok probe ControllerQuick', 'ok probe ReplicaSetsQuick']);
  expect(findings[0]!.message).toMatch(
    /^Argo Rollouts: change to effect \d+ ms at p50, \d+ ms at most, over 11 changes/,
  );
  expect(names).toEqual(['storefront']);
});

test('a probe that nobody takes tells so after twenty seconds, and is deleted', async () => {
  const { findings, names } = await probed({ plant: ({ world }) => world.argo(CLUSTER).stop() });
  expect(brief(findings)).toEqual(['error probe ControllerSilent']);
  expect(findings[0]!.message).toBe('a new Rollout had no effect within 20 seconds');
  expect(names).toEqual(['storefront']);
});

test('a controller-manager that takes no ReplicaSet is told by its name', async () => {
  const { findings, names } = await probed({ plant: ({ world }) => stopReplicas(world) });
  expect(brief(findings)).toEqual(['error probe ManagerSilent']);
  expect(findings[0]!.remedy).toContain('controller-manager');
  expect(names).toEqual(['storefront']);
});

test('a probe that could not be deleted again is not begun', async () => {
  const writes: string[] = [];
  const may = ({ verb }: { verb: string }) => verb !== 'delete';
  const { findings } = await probed({
    client: {
      user: { token: '', name: 'someone', groups: [], may },
      onCall: ({ verb, name }) => void (verb === 'create' && name !== null && writes.push(name)),
    },
  });
  expect(brief(findings)).toEqual(['error probe ProbeNotAllowed']);
  expect(findings[0]!.message).toContain(`may not delete rollouts in ${PLACE}`);
  expect(writes).toEqual([]);
});
