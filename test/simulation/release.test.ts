import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { type Misfortune, runSeededRelease, type SimulatedOutcome } from './seeded-release.ts';
import { seededSpec } from './seeded-spec.ts';

/** Seeds `from` … `from + count - 1`. */
const seeds = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

const everyTarget = (outcome: SimulatedOutcome) => [...new Set(Object.values(outcome.targets))];

/** What befell the release must not change how it ends. */
async function expectSameEnd(seed: number, misfortune: Misfortune): Promise<void> {
  const { adopted = false, analysed = false } = misfortune;
  const calm = await runSeededRelease(seed, { adopted, analysed });
  const outcome = await runSeededRelease(seed, misfortune);
  const about = `seed ${seed} ${JSON.stringify(misfortune)}`;
  expect({ about, violations: outcome.violations }).toEqual({ about, violations: [] });
  expect({ about, phase: outcome.phase, targets: outcome.targets }).toEqual({
    about,
    phase: calm.phase,
    targets: calm.targets,
  });
}

describe('whole releases on virtual time, the invariants checked at every write', () => {
  it.each(seeds(1, 40))('seed %i ends as its version deserves', async (seed) => {
    const outcome = await runSeededRelease(seed);
    expect(outcome.violations).toEqual([]);
    const isGood = seededSpec(seed).hurt.size === 0;
    expect(outcome.phase).toBe(isGood ? 'Completed' : 'RolledBack');
    if (isGood) expect(everyTarget(outcome)).toEqual(['b Healthy stable']);
    else expect(everyTarget(outcome).every((end) => end.endsWith('Healthy stable'))).toBe(true);
  });

  it.each(seeds(100, 24))('seed %i, killed before and after a write, ends as without', async (seed) => {
    const random = createRandom(seed);
    for (const stage of ['sent', 'done'] as const) {
      await expectSameEnd(seed, { killAt: { write: Math.floor(random() * 50), stage } });
    }
  });

  it('seed 7, killed at every write, ends as without', async () => {
    const { writes } = await runSeededRelease(7);
    for (const write of seeds(0, writes)) await expectSameEnd(7, { killAt: { write, stage: 'done' } });
  });

  it.each(seeds(200, 12))(
    'seed %i with conflicts, lost watches, timeouts and missing data ends as without',
    async (seed) => {
      await expectSameEnd(seed, { faultRatio: 0.05, darkRatio: 0.2, killAt: { write: seed % 40, stage: 'sent' } });
    },
  );

  it.each(seeds(300, 8))(
    'seed %i with a standby daemon and a freeze ends as without, and widens nothing under it',
    async (seed) => {
      await expectSameEnd(seed, { standby: true, freeze: true, killAt: { write: seed % 30, stage: 'done' } });
    },
  );

  it.each(seeds(400, 8))('seed %i with a cluster away for a minute ends as without', async (seed) => {
    await expectSameEnd(seed, { outage: true });
  });

  it.each(seeds(500, 12))(
    'seed %i, asked back by a person in any state, ends with every target as it was',
    async (seed) => {
      const askedBackAfterMs = Math.floor(createRandom(seed)() * 120_000);
      const outcome = await runSeededRelease(seed, { askedBackAfterMs, faultRatio: 0.02 });
      expect(outcome.violations).toEqual([]);
      expect({ askedBackAfterMs, phase: outcome.phase }).toEqual({ askedBackAfterMs, phase: 'RolledBack' });
      const isPartial = seededSpec(seed).hurt.size > 0;
      if (!isPartial) expect(everyTarget(outcome)).toEqual(['a Healthy stable']);
    },
  );

  it.each(seeds(600, 16))(
    'seed %i over Rollouts that others made leaves all but their images as it was',
    async (seed) => {
      const outcome = await runSeededRelease(seed, { adopted: true });
      expect(outcome.violations).toEqual([]);
      const isGood = seededSpec(seed).hurt.size === 0;
      expect(outcome.phase).toBe(isGood ? 'Completed' : 'RolledBack');
      if (isGood) expect(everyTarget(outcome)).toEqual(['b Healthy stable as its owner made it']);
      else expect(everyTarget(outcome).every((end) => end.endsWith('Healthy stable as its owner made it'))).toBe(true);
    },
  );

  it.each(seeds(700, 12))('seed %i over adopted Rollouts, killed and faulted, ends as without', async (seed) => {
    const adopted = { adopted: true };
    const calm = await runSeededRelease(seed, adopted);
    const killAt = { write: Math.floor(createRandom(seed)() * calm.writes), stage: 'done' } as const;
    for (const misfortune of [
      { ...adopted, killAt },
      { ...adopted, killAt, faultRatio: 0.05, darkRatio: 0.1 },
    ])
      await expectSameEnd(seed, misfortune);
  });

  it.each(seeds(800, 16))('seed %i, bad in what its own analysis alone sees, ends as it deserves', async (seed) => {
    const outcome = await runSeededRelease(seed, { analysed: true });
    expect(outcome.violations).toEqual([]);
    expect(outcome.phase).toBe(seededSpec(seed).hurt.size === 0 ? 'Completed' : 'RolledBack');
  });

  it.each(seeds(900, 12))('seed %i with an analysis, killed and faulted, ends as without', async (seed) => {
    const analysed = { analysed: true };
    const calm = await runSeededRelease(seed, analysed);
    const killAt = { write: Math.floor(createRandom(seed)() * calm.writes), stage: 'done' } as const;
    for (const misfortune of [
      { ...analysed, killAt },
      { ...analysed, killAt, faultRatio: 0.05, darkRatio: 0.2 },
    ])
      await expectSameEnd(seed, misfortune);
  });

  it('replays a seed exactly', async () => {
    const misfortune = { faultRatio: 0.05, darkRatio: 0.1, killAt: { write: 12, stage: 'sent' } } as const;
    expect(await runSeededRelease(11, misfortune)).toEqual(await runSeededRelease(11, misfortune));
  });
});
