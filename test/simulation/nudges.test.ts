import { describe, expect, it } from 'vitest';
import { type Misfortune, runSeededRelease } from './seeded-release.ts';

/** Slow enough that many effects are overdue. */
const slow: Misfortune = { reconcileMs: 1_500 };

describe('the records tell every nudge that a cluster saw', () => {
  it.each<[string, Misfortune]>([
    ['of a daemon that lives', {}],
    ['though the daemon is killed', { killAt: { write: 12, stage: 'done' } }],
    ['though requests fail', { faultRatio: 0.05 }],
    ['though a person asks for everything back', { askedBackAfterMs: 40_000 }],
  ])('%s', async (_, misfortune) => {
    for (const seed of [1, 6]) {
      const { landed, recorded } = (await runSeededRelease(seed, { ...slow, ...misfortune })).nudges;
      expect({ seed, recorded }).toEqual({ seed, recorded: landed });
      expect(landed).toBeGreaterThan(0);
    }
  });
});
