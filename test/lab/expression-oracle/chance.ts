import { createRandom } from '../../simulation/random.ts';

/** Chance from a seed: the same seed gives the same expressions. */
export interface Chance {
  /** Whether something of this likelihood (0…1) happens. */
  readonly happens: (likelihood: number) => boolean;
  readonly pick: <T>(options: readonly T[]) => T;
  /** A whole number in 0…below−1. */
  readonly below: (below: number) => number;
}

/** Chance of a seed. */
export function chanceOf(seed: number): Chance {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    happens: (likelihood) => random() < likelihood,
    below,
    pick: (options) => options[below(options.length)] as (typeof options)[number],
  };
}
