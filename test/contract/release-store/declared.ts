import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { newHub } from './a-hub.ts';
import type { TheWorld } from './world.ts';

const wave = { name: 'all', select: { rest: true }, maxConcurrency: 1, maxFailures: 0, steps: [10, 50] };
const wavePlan = (steps: readonly number[]) => ({ waves: [{ ...wave, steps }], rollback: { order: ['free'] } });

/** What a plan is made from. */
export function describeDeclared(world: TheWorld): void {
  describe('what is declared', () => {
    test('is loaded, more of it than one page too, with what the API server filled in', async () => {
      const hub = await newHub(world());
      const names = Array.from({ length: 501 }, (_, index) => `pool-${String(index).padStart(3, '0')}`);
      for (let at = 0; at < names.length; at += 50)
        await Promise.all(
          names.slice(at, at + 50).map((name) => hub.create(kinds.pool, name, { cluster: 'eu', namespace: name })),
        );
      await hub.create(kinds.wavePlan, 'good', wavePlan([10, 50]));
      const { fleet, wavePlans } = await hub.openStore().loadPlanningInput();
      expect(fleet.pools.map(({ name }) => name).sort()).toEqual(names);
      expect(wavePlans).toMatchObject([{ name: 'good', waves: [{ name: 'all', steps: [10, 50] }] }]);
    });

    test('is refused when one object of it cannot be read, by its name', async () => {
      const hub = await newHub(world());
      await hub.create(kinds.wavePlan, 'odd', wavePlan([50, 10]));
      await hub.create(kinds.pool, 'p', { cluster: 'eu', namespace: 'pool' });
      const loading = hub.openStore().loadPlanningInput();
      await expect(loading).rejects.toBeInstanceOf(InvalidInput);
      await expect(loading).rejects.toThrow('WavePlan/odd');
    });
  });
}
