import { describe } from 'vitest';
import { madeWorld } from '../made-world.ts';
import { describeAcceptances } from './acceptances.ts';
import { describeRefusals } from './refusals.ts';
import { describeStreams } from './streams.ts';
import type { AnswersWorld } from './world.ts';

/** Holds what an API server says over HTTP against what clients read of it. */
export function describeApiAnswers(name: string, makeWorld: () => Promise<AnswersWorld>): void {
  describe(name, () => {
    const world = madeWorld(makeWorld);
    describeRefusals(world);
    describeAcceptances(world);
    describeStreams(world);
  });
}
