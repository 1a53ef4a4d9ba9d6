import { describe, expect, test } from 'vitest';
import { stableTemplate } from '../../../src/controller/stable-template.ts';
import { FIELD_MANAGER } from '../../../src/ports/kinds.ts';
import { projectRollout } from '../../../src/release/observed-target.ts';
import { digestOfTemplate } from '../../../src/release/template-digest.ts';
import { canaryOf, liveRollout, managersOf, variablesOf } from './live-rollout.ts';
import { deployTarget, type OneTarget } from './one-target.ts';
import { addStrategyField, addVariable, STRANGERS_VARIABLE } from './stranger.ts';
import type { TheWorld } from './world.ts';

const VARIABLES = ['TENANT', 'EMPTY', 'LIMIT', 'NODE'];

/** Template and strategy are replaced whole: what is live after a write is what was rendered. */
export function describeReplacedWhole(world: TheWorld): void {
  const digestsOf = async (target: OneTarget) => {
    const { templateDigest, stepsDigest } = projectRollout(await liveRollout(world(), target));
    return { templateDigest, stepsDigest };
  };

  describe.concurrent('template and strategy are replaced whole', () => {
    test('what was created is what was rendered, whatever the server fills in', async () => {
      const target = await deployTarget(world());
      const { templateDigest, stepsDigest } = target.a.targets.get(target.indexed.target.id)!;
      expect(await digestsOf(target)).toEqual({ templateDigest, stepsDigest });
    });

    test('a stranger’s fields are gone after the write of a version', async () => {
      const target = await deployTarget(world());
      await addStrategyField(world(), target);
      await addVariable(world(), target);
      expect(await variablesOf(world(), target)).toContain(STRANGERS_VARIABLE.name);
      expect(await canaryOf(world(), target)).toHaveProperty('replicaProgressThreshold');
      const stable = await target.takeAsStable();
      const { observed } = await target.reach({ kind: 'step', step: 0 }, stable);
      const { templateDigest, stepsDigest } = target.indexed;
      expect(observed).toMatchObject({ templateDigest, stepsDigest });
      expect(await variablesOf(world(), target)).toEqual(VARIABLES);
      expect(await canaryOf(world(), target)).not.toHaveProperty('replicaProgressThreshold');
    });

    test('a stranger’s fields are gone after the stable template was put back', async () => {
      const target = await deployTarget(world());
      const { run } = await target.reach({ kind: 'step', step: 0 });
      await addStrategyField(world(), target);
      await addVariable(world(), target);
      expect(await variablesOf(world(), target)).toContain(STRANGERS_VARIABLE.name);
      const { observed } = await target.reach({ kind: 'restored' }, run);
      expect(observed).toMatchObject({ currentHash: target.hash, stableHash: target.hash, phase: 'Healthy' });
      expect(await variablesOf(world(), target)).toEqual(VARIABLES);
      expect(await canaryOf(world(), target)).not.toHaveProperty('replicaProgressThreshold');
    });

    test('what was put back is the template that the cluster ran', async () => {
      const target = await deployTarget(world());
      const { run } = await target.reach({ kind: 'step', step: 0 });
      const ran = await stableTemplate(world().api, target.indexed, target.hash);
      await target.reach({ kind: 'restored' }, run);
      expect(await digestsOf(target)).toEqual({
        templateDigest: digestOfTemplate(ran),
        stepsDigest: target.indexed.stepsDigest,
      });
    });

    test('both are ours by patch, and never by apply', async () => {
      const target = await deployTarget(world());
      const { run } = await target.reach({ kind: 'step', step: 0 });
      await target.reach({ kind: 'restored' }, run);
      const live = await liveRollout(world(), target);
      for (const field of ['f:template', 'f:strategy']) {
        const ours = managersOf(live, field).filter((manager) => manager.startsWith(`${FIELD_MANAGER} `));
        expect(ours).toEqual([`${FIELD_MANAGER} Update`]);
      }
    });
  });
}
