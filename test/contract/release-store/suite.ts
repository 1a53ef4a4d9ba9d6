import { afterAll, beforeAll, describe } from 'vitest';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import { describeDeclared } from './declared.ts';
import { describePlans } from './plans.ts';
import { describeRuns } from './runs.ts';
import { describeStatuses } from './statuses.ts';
import { describeWatching } from './watching.ts';
import type { HubWorld } from './world.ts';

/** Holds the release store over an API server against the port `ReleaseStore`. */
export function describeReleaseStore(name: string, makeWorld: () => Promise<HubWorld>): void {
  describe(name, () => {
    let made: HubWorld | undefined;
    const world = (): HubWorld => {
      if (made === undefined) throw new Error('the world was not made');
      return made;
    };
    beforeAll(async () => {
      made = await makeWorld();
      const definitions = installedObjects('unused').filter(({ kind }) => kind === 'CustomResourceDefinition');
      await install(made.api, made.clock, definitions);
    });
    afterAll(async () => {
      await made?.stop();
    });
    describePlans(world);
    describeRuns(world);
    describeStatuses(world);
    describeWatching(world);
    describeDeclared(world);
  });
}
