import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { differenceOf } from '../scenarios/difference.ts';
import { type ConnectedWorld, connectToLab } from '../scenarios/lab-world.ts';
import { loadScenarios, runScenario } from '../scenarios/runner.ts';
import { argoOf } from './lab-control.ts';

const lab = inject('lab');

describe.skipIf(lab === null)('the real controller still shows the recorded milestones', () => {
  let world: ConnectedWorld;

  beforeAll(async () => {
    if (lab) world = await connectToLab({ kubeconfigPath: lab.kubeconfigPath, argo: argoOf(lab) });
  });

  afterAll(() => world.close());

  for (const scenario of loadScenarios()) {
    // on a busy machine a watch may see two states as one: a difference counts when it is there twice
    test(scenario.name, { retry: 1 }, async () => {
      const seen = await runScenario(world, scenario);
      expect(differenceOf(scenario, seen) ?? 'same').toBe('same');
    });
  }
});
