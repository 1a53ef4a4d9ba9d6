import { afterAll, beforeAll, describe } from 'vitest';
import { describeAcceptances } from './acceptances.ts';
import { describeRefusals } from './refusals.ts';
import { describeStreams } from './streams.ts';
import type { AnswersWorld } from './world.ts';

/** Holds what an API server says over HTTP against what clients read of it. */
export function describeApiAnswers(name: string, makeWorld: () => Promise<AnswersWorld>): void {
  describe(name, () => {
    let made: AnswersWorld | undefined;
    const world = (): AnswersWorld => {
      if (made === undefined) throw new Error('the world was not made');
      return made;
    };
    beforeAll(async () => {
      made = await makeWorld();
    });
    afterAll(async () => {
      await made?.stop();
    });
    describeRefusals(world);
    describeAcceptances(world);
    describeStreams(world);
  });
}
