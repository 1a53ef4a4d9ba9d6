import { beforeAll, describe, expect, test } from 'vitest';
import { TerminalError } from '../../../src/domain/errors.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { fleet, ownNamespace, planned, tenant } from '../../unit/planning/storefront.ts';
import { newHub } from './a-hub.ts';
import type { TheWorld } from './world.ts';

/** Tenants, each with a Rollout of its own, that no single object could hold. */
const MANY = 900;

/** The plan, in slices that never change. */
export function describePlans(world: TheWorld): void {
  describe('a plan', () => {
    const plan = planned();
    let large: Plan;
    beforeAll(() => {
      const tenants = Array.from({ length: MANY }, (_, index) =>
        tenant(`t-${index}`, { tier: 'business', placements: [ownNamespace('shared-eu', `ns-${index}`)] }),
      );
      large = planned({ fleet: { ...fleet, tenants: [...fleet.tenants, ...tenants] } });
    });

    test('is written once and read back, its hash verified', async () => {
      const hub = await newHub(world());
      await hub.openStore().savePlan(plan);
      const written = await hub.list(kinds.planSlice);
      await hub.openStore().savePlan(plan);
      expect(await hub.list(kinds.planSlice)).toEqual(written);
      expect(written).toHaveLength(1);
      expect(await hub.openStore().loadPlan(plan.release, plan.hash)).toEqual(plan);
    });

    test('that no object can hold is cut, and comes back whole', async () => {
      const hub = await newHub(world());
      await hub.openStore().savePlan(large);
      const slices = await hub.list(kinds.planSlice);
      expect(slices.length).toBeGreaterThan(1);
      expect(new Set(slices.map((slice) => specOf(slice).count))).toEqual(new Set([slices.length]));
      expect(await hub.openStore().loadPlan(large.release, large.hash)).toEqual(large);
    });

    test('whose writer died half-way is finished by the next', async () => {
      const hub = await newHub(world());
      await hub.openStore().savePlan(large);
      const [first] = await hub.list(kinds.planSlice);
      await hub.remove(kinds.planSlice, first!.metadata.name);
      const incomplete = hub.openStore().loadPlan(large.release, large.hash);
      await expect(incomplete).rejects.toThrow(`PlanSlice ${first!.metadata.name} is missing`);
      await expect(incomplete).rejects.toBeInstanceOf(TerminalError);
      await hub.openStore().savePlan(large);
      expect(await hub.openStore().loadPlan(large.release, large.hash)).toEqual(large);
    });

    test('never changes: a patch of a slice is refused', async () => {
      const hub = await newHub(world());
      await hub.openStore().savePlan(plan);
      const [slice] = await hub.list(kinds.planSlice);
      const ref = { kind: kinds.planSlice, namespace: hub.namespace, name: slice!.metadata.name };
      const changed = hub.api.mergePatch(ref, { spec: { part: '{}' } }, { fieldManager: 'kubectl' });
      await expect(changed).rejects.toBeInstanceOf(TerminalError);
      await expect(changed).rejects.toThrow(/never changes/);
      expect(await hub.api.get(ref)).toEqual(slice);
    });

    test('that was deleted and made anew with other gates is refused by its hash', async () => {
      const hub = await newHub(world());
      await hub.openStore().savePlan(plan);
      const [slice] = await hub.list(kinds.planSlice);
      const { name, labels } = slice!.metadata;
      const part = specOf(slice!).part.replace('"maxFailures":0', '"maxFailures":9');
      expect(part).not.toBe(specOf(slice!).part);
      await hub.remove(kinds.planSlice, name);
      await hub.create(kinds.planSlice, name, { ...specOf(slice!), part }, { labels });
      const loading = hub.openStore().loadPlan(plan.release, plan.hash);
      await expect(loading).rejects.toBeInstanceOf(TerminalError);
      await expect(loading).rejects.toThrow(`reading the plan of ${plan.release}`);
    });
  });
}

function specOf(slice: KubernetesObject): { readonly count: number; readonly part: string } {
  return slice['spec'] as { readonly count: number; readonly part: string };
}
