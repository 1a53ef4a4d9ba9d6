import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { differenceOf } from '../scenarios/difference.ts';
import { type ConnectedWorld, connectToLab } from '../scenarios/lab-world.ts';
import { isSolitary, loadScenarios, runScenario, type Scenario } from '../scenarios/runner.ts';
import { argoOf } from './lab-control.ts';

const lab = inject('lab');
const scenarios = loadScenarios();

/** On a busy machine a watch may see two states as one: a difference counts when it is there twice. */
const retry = 1;

describe.skipIf(lab === null)('the real controller still shows the recorded milestones', () => {
  let world: ConnectedWorld;

  beforeAll(async () => {
    if (lab) world = await connectToLab({ kubeconfigPath: lab.kubeconfigPath, argo: argoOf(lab) });
  });

  afterAll(() => world.close());

  const check = async (scenario: Scenario) => {
    expect(differenceOf(scenario, await runScenario(world, scenario)) ?? 'same').toBe('same');
  };

  describe.concurrent('side by side', () => {
    for (const scenario of scenarios.filter((one) => !isSolitary(one))) {
      test(scenario.name, { retry }, () => check(scenario));
    }
  });

  describe('alone', () => {
    for (const scenario of scenarios.filter(isSolitary)) {
      test(scenario.name, { retry }, () => check(scenario));
    }
  });
});
