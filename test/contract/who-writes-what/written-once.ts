import { describe, expect, test } from 'vitest';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject, ObjectRef, ResourceKind } from '../../../src/ports/kubernetes-api.ts';
import { specOf } from './live-rollout.ts';
import { deployTarget, type OneTarget, REPLICAS } from './one-target.ts';
import { scale } from './stranger.ts';
import type { TheWorld } from './world.ts';

/** What a controller other than ours puts into the selector of a Service. */
const ROUTED = { 'rollouts-pod-template-hash': 'abc' };

/** Replicas and Services are ours in the create only; objects that nobody else writes are applied. */
export function describeWrittenOnce(world: TheWorld): void {
  const supportOf = (target: OneTarget, kind: ResourceKind): ObjectRef => {
    const manifests = target.indexed.target.supportManifests.map(
      (digest) => JSON.parse(target.b.plan.manifests[digest]!) as KubernetesObject,
    );
    const found = manifests.find((object) => object.kind === kind.kind)!;
    return { kind, namespace: target.namespace, name: found.metadata.name };
  };
  const get = async (ref: ObjectRef): Promise<KubernetesObject> => {
    const live = await world().api.get(ref);
    if (live === undefined) throw new Error(`${ref.kind.kind} ${ref.name} is not there`);
    return live;
  };

  describe.concurrent('what is written once, and what is applied', () => {
    test('replicas are in the create', async () => {
      const target = await deployTarget(world());
      expect((await specOf(world(), target)).replicas).toBe(REPLICAS);
    });

    test('a person’s scale survives a release', async () => {
      const target = await deployTarget(world());
      await scale(world(), target, REPLICAS + 2);
      const { observed } = await target.reach({ kind: 'promoted' });
      expect((await specOf(world(), target)).replicas).toBe(REPLICAS + 2);
      expect(observed).toMatchObject({ wantedPods: REPLICAS + 2, readyPods: REPLICAS + 2 });
    });

    test('a person’s scale survives a rollback', async () => {
      const target = await deployTarget(world());
      const { run } = await target.reach({ kind: 'promoted' });
      await scale(world(), target, REPLICAS - 1);
      await target.reach({ kind: 'restored' }, run);
      expect((await specOf(world(), target)).replicas).toBe(REPLICAS - 1);
    });

    test('a Service is left as it is, its selector above all', async () => {
      const target = await deployTarget(world());
      const ref = supportOf(target, kinds.service);
      await world().api.mergePatch(ref, { spec: { selector: ROUTED } }, { fieldManager: 'rollouts-controller' });
      const before = await get(ref);
      await target.reach({ kind: 'step', step: 0 });
      const after = await get(ref);
      expect((after['spec'] as { selector: object }).selector).toMatchObject(ROUTED);
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    test('a Service that is gone is made again', async () => {
      const target = await deployTarget(world());
      const ref = supportOf(target, kinds.service);
      await world().api.delete(ref);
      await target.reach({ kind: 'step', step: 0 });
      expect((await get(ref))['spec']).toMatchObject({ ports: [{ port: 80, targetPort: 'http' }] });
    });

    test.for([kinds.analysisTemplate, kinds.podDisruptionBudget])(
      'a second apply of a $kind changes nothing',
      async (kind) => {
        const target = await deployTarget(world());
        const ref = supportOf(target, kind);
        const before = await get(ref);
        expect(appliedBy(before)).toHaveLength(1);
        await target.reach({ kind: 'step', step: 0 });
        const after = await get(ref);
        expect(after['spec']).toEqual(before['spec']);
        expect(after.metadata.labels).toEqual(before.metadata.labels);
        expect(after.metadata.generation).toBe(before.metadata.generation);
        expect(appliedBy(after)).toEqual(appliedBy(before));
      },
    );

    test('an applied object that a person changed is as rendered again', async () => {
      const target = await deployTarget(world());
      const ref = supportOf(target, kinds.podDisruptionBudget);
      const before = await get(ref);
      await world().api.mergePatch(ref, { spec: { maxUnavailable: 3 } }, { fieldManager: 'kubectl-edit' });
      await target.reach({ kind: 'step', step: 0 });
      expect((await get(ref))['spec']).toEqual(before['spec']);
    });
  });
}

/** What the last apply of ours left in an object: what is owned, and since when. */
function appliedBy(object: KubernetesObject): readonly unknown[] {
  const owned = (object.metadata.managedFields ?? []) as readonly { manager: string; operation: string }[];
  return owned.filter(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply');
}
