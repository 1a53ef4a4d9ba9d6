import { afterAll, beforeAll, describe } from 'vitest';
import { type Driver, startDriver } from './driver.ts';
import { describeFenced } from './fenced.ts';
import { describeReplacedWhole } from './replaced-whole.ts';
import type { DrivenWorld, WritersWorld } from './world.ts';
import { describeWrittenOnce } from './written-once.ts';

/** Holds what we write, and what we leave to others, against a cluster. */
export function describeWhoWritesWhat(name: string, makeWorld: () => Promise<WritersWorld>): void {
  describe(name, () => {
    let made: { readonly world: WritersWorld; readonly driver: Driver } | undefined;
    const world = (): DrivenWorld => {
      if (made === undefined) throw new Error('the world was not made');
      return { api: made.world.api, clock: made.world.clock, driver: made.driver };
    };
    beforeAll(async () => {
      const fresh = await makeWorld();
      made = { world: fresh, driver: startDriver(fresh.api, fresh.clock) };
    });
    afterAll(async () => {
      await made?.driver.stop();
      await made?.world.stop();
    });
    describeReplacedWhole(world);
    describeWrittenOnce(world);
    describeFenced(world);
  });
}
