import { describe } from 'vitest';
import { madeWorld } from '../made-world.ts';
import { describeApplying } from './applying.ts';
import { describeLeading } from './leading.ts';
import { describeReading } from './reading.ts';
import type { ApiWorld } from './world.ts';
import { describeWriting } from './writing.ts';

export type { ApiWorld } from './world.ts';

/** Holds an API server, and the way it is reached, against the port `KubernetesApi`. */
export function describeKubernetesApi(name: string, makeWorld: () => Promise<ApiWorld>): void {
  describe(name, () => {
    const world = madeWorld(makeWorld);
    describeReading(world);
    describeWriting(world);
    describeApplying(world);
    describeLeading(world);
  });
}
