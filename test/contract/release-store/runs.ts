import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import type { TargetId } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { fleet, ownNamespace, planned, tenant } from '../../unit/planning/storefront.ts';
import { aRun } from '../../unit/release/a-release.ts';
import { newHub } from './a-hub.ts';
import type { TheWorld } from './world.ts';

/** More targets than one WaveRun holds. */
const MORE_THAN_ONE_RUN = 120;

/** The records of targets: one writer at a time. */
export function describeRuns(world: TheWorld): void {
  describe('runs', () => {
    const tenants = Array.from({ length: MORE_THAN_ONE_RUN }, (_, index) =>
      tenant(`t-${index}`, { tier: 'business', placements: [ownNamespace('shared-eu', `ns-${index}`)] }),
    );
    const plan = planned({ fleet: { ...fleet, tenants: [...fleet.tenants, ...tenants] } });
    const targets = plan.waves[1]!.targets.map(({ id }) => id);
    const [first, second] = targets as [TargetId, TargetId];

    test('come back in plan order, to the millisecond', async () => {
      const hub = await newHub(world());
      const record = await hub.openStore().openRuns(plan);
      expect(record.runs).toEqual([]);
      const reached = aRun(first, {
        reachedAt: instant(1_700_000_000_123),
        failure: { reason: 'Degraded', message: 'told by Argo', at: instant(1_700_000_000_001) },
      });
      await record.save([aRun(second)]);
      await record.save([reached]);
      expect((await hub.openStore().openRuns(plan)).runs).toEqual([reached, aRun(second)]);
    });

    test('of a large wave are written part by part: what did not change is not touched', async () => {
      const hub = await newHub(world());
      const record = await hub.openStore().openRuns(plan);
      await record.save(targets.map((id) => aRun(id)));
      const before = await hub.list(kinds.waveRun);
      expect(before).toHaveLength(2);
      await record.save([aRun(targets.at(-1)!, { revision: 'next' })]);
      const after = await hub.list(kinds.waveRun);
      expect(after.filter((one, index) => version(one) !== version(before[index])).map(nameOf)).toEqual([
        nameOf(before[1]!),
      ]);
      expect((await hub.openStore().openRuns(plan)).runs).toHaveLength(targets.length);
    });

    test('lose a failure that is over', async () => {
      const hub = await newHub(world());
      const record = await hub.openStore().openRuns(plan);
      await record.save([aRun(first, { failure: { reason: 'Degraded', message: 'm', at: instant(1) } })]);
      await record.save([aRun(first)]);
      expect((await hub.openStore().openRuns(plan)).runs).toEqual([aRun(first)]);
    });

    test('that another writer saved first are a conflict, and theirs stay', async () => {
      const hub = await newHub(world());
      const ours = await hub.openStore().openRuns(plan);
      await ours.save([aRun(first)]);
      const theirs = await hub.openStore().openRuns(plan);
      await theirs.save([aRun(first, { revision: 'theirs' })]);
      await expect(ours.save([aRun(first, { revision: 'ours' })])).rejects.toBeInstanceOf(ConflictError);
      expect((await hub.openStore().openRuns(plan)).runs).toEqual([aRun(first, { revision: 'theirs' })]);
    });

    test('that another writer began first are a conflict', async () => {
      const hub = await newHub(world());
      const ours = await hub.openStore().openRuns(plan);
      const theirs = await hub.openStore().openRuns(plan);
      await theirs.save([aRun(first, { revision: 'theirs' })]);
      await expect(ours.save([aRun(first)])).rejects.toBeInstanceOf(ConflictError);
    });

    test('that no version of ours wrote are refused, by the name of their object', async () => {
      const hub = await newHub(world());
      await (await hub.openStore().openRuns(plan)).save([aRun(first)]);
      const [object] = await hub.list(kinds.waveRun);
      const ref = { kind: kinds.waveRun, namespace: hub.namespace, name: nameOf(object!) };
      const odd = { status: { targets: [{ target: first, goal: { kind: 'teleported' } }] } };
      await hub.api.mergePatch(ref, odd, { fieldManager: 'kubectl', subresource: 'status' });
      const opening = hub.openStore().openRuns(plan);
      await expect(opening).rejects.toBeInstanceOf(TerminalError);
      await expect(opening).rejects.toThrow(nameOf(object!));
    });
  });
}

function nameOf(object: { readonly metadata: { readonly name: string } }): string {
  return object.metadata.name;
}

function version(object: { readonly metadata: { readonly resourceVersion?: string } } | undefined): string {
  return object?.metadata.resourceVersion ?? '';
}
