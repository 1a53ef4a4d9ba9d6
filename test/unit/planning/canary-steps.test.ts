import { describe, expect, it } from 'vitest';
import { canarySteps, effectivePercent } from '../../../src/planning/canary-steps.ts';

describe('effectivePercent is what Argo gives without a router', () => {
  // [replicas, weight, new pods, all pods]
  const splits: readonly [number, number, number, number][] = [
    [1, 10, 1, 2],
    [2, 10, 1, 3],
    [4, 10, 1, 5],
    [1, 99, 1, 2],
    [10, 1, 1, 11],
    [10, 18, 2, 11],
    [10, 19, 2, 11],
    [10, 20, 2, 10],
    [10, 23, 2, 10],
    [10, 24, 3, 11],
    [10, 25, 3, 11],
    [10, 99, 10, 11],
    [5, 10, 1, 6],
    [5, 20, 1, 5],
    [5, 25, 1, 5],
    [100, 37, 37, 100],
    [4, 45, 2, 4],
    [5, 55, 3, 5],
  ];
  it.each(splits)('%i pods at %i %%: %i of %i', (replicas, weight, canary, total) => {
    expect(effectivePercent(weight, replicas)).toBe(Math.round((100 * canary) / total));
  });

  it('is never nothing and never everything, and never falls when the weight rises', () => {
    for (let replicas = 1; replicas <= 60; replicas++) {
      let before = 1;
      for (let weight = 1; weight <= 99; weight++) {
        const effective = effectivePercent(weight, replicas);
        expect(effective, `${replicas} pods at ${weight} %`).toBeGreaterThanOrEqual(before);
        expect(effective).toBeLessThanOrEqual(99);
        before = effective;
      }
    }
  });
});

describe('canarySteps', () => {
  const cases: readonly [string, number, readonly (readonly [number, number])[]][] = [
    [
      'many pods keep every step',
      100,
      [
        [10, 10],
        [25, 25],
        [50, 50],
      ],
    ],
    [
      'two pods merge 25 into 10',
      2,
      [
        [10, 33],
        [50, 50],
      ],
    ],
    ['one pod has one step', 1, [[10, 50]]],
  ];
  it.each(cases)('%s', (_, replicas, expected) => {
    const steps = canarySteps([10, 25, 50], replicas);
    expect(steps.map((step) => [step.weightPercent, step.effectivePercent])).toEqual(expected);
  });

  it('no weights, no steps', () => {
    expect(canarySteps([], 4)).toEqual([]);
  });
});
