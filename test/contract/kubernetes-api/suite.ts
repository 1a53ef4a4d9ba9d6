import { afterAll, beforeAll, describe } from 'vitest';
import { describeApplying } from './applying.ts';
import { describeLeading } from './leading.ts';
import { describeReading } from './reading.ts';
import type { ApiWorld } from './world.ts';
import { describeWriting } from './writing.ts';

export type { ApiWorld } from './world.ts';

/** Holds an API server, and the way it is reached, against the port `KubernetesApi`. */
export function describeKubernetesApi(name: string, makeWorld: () => Promise<ApiWorld>): void {
  describe(name, () => {
    let made: ApiWorld | undefined;
    const world = (): ApiWorld => {
      if (made === undefined) throw new Error('the world was not made');
      return made;
    };
    beforeAll(async () => {
      made = await makeWorld();
    });
    afterAll(async () => {
      await made?.stop();
    });
    describeReading(world);
    describeWriting(world);
    describeApplying(world);
    describeLeading(world);
  });
}
