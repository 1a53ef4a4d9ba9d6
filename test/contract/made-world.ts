import { afterAll, beforeAll } from 'vitest';

/** Makes the world of a suite before its first test, and stops it after the last; call it inside `describe`. */
export function madeWorld<World extends { stop(): Promise<void> }>(makeWorld: () => Promise<World>): () => World {
  let made: World | undefined;
  beforeAll(async () => {
    made = await makeWorld();
  });
  afterAll(async () => {
    await made?.stop();
  });
  return () => {
    if (made === undefined) throw new Error('the world was not made');
    return made;
  };
}
