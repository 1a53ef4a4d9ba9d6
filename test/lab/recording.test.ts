import { describe, expect, test } from 'vitest';
import { differenceOf } from '../scenarios/difference.ts';
import { collapse, holds, Revisions, stateOf } from '../scenarios/milestones.ts';
import { commonOf } from '../scenarios/recording.ts';
import { loadScenarios, type Milestone } from '../scenarios/runner.ts';

const a: Milestone = { phase: 'Progressing' };
const b: Milestone = { phase: 'Paused' };
const c: Milestone = { phase: 'Healthy' };

describe('a recording', () => {
  test('keeps what all runs share, in their order', () => {
    expect(
      commonOf([
        [a, b, c],
        [a, c],
        [a, b, c],
      ]),
    ).toEqual({ milestones: [a, c], volatile: [b] });
  });

  test('calls volatile what comes at different places', () => {
    expect(
      commonOf([
        [a, b, c],
        [b, a, c],
      ]).milestones,
    ).toEqual([a, c]);
  });

  test('merges neighbours that become equal when a volatile one is dropped', () => {
    expect(collapse([a, b, a, c], [b])).toEqual([a, c]);
  });

  test('keeps steps that were done twice', () => {
    expect(collapse([{ did: 'nudge' }, { did: 'nudge' }])).toHaveLength(2);
  });
});

describe('a state', () => {
  const rollout = (status: object) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'app', generation: 2 },
    status,
  });

  test('leaves out what is false, empty or not there', () => {
    const status = {
      observedGeneration: '2',
      phase: 'Healthy',
      abort: false,
      pauseConditions: [],
      currentPodHash: 'x',
    };
    expect(stateOf(rollout(status), new Revisions())).toEqual({ phase: 'Healthy', current: 'r1' });
  });

  test('meets a condition that asks for no pause', () => {
    expect(holds({ pause: [] }, { phase: 'Paused' })).toBe(true);
    expect(holds({ pause: [] }, { phase: 'Paused', pause: ['CanaryPauseStep'] })).toBe(false);
  });
});

describe('the scenarios', () => {
  test('are at least forty, each recorded, each named as its file', () => {
    expect(loadScenarios().length).toBeGreaterThanOrEqual(40);
    expect(loadScenarios().filter(({ milestones }) => milestones.length === 0)).toEqual([]);
  });

  test('call a run different that misses one milestone', () => {
    for (const scenario of loadScenarios()) {
      expect(differenceOf(scenario, scenario.milestones)).toBeUndefined();
      expect(differenceOf(scenario, scenario.milestones.slice(1))).toBeDefined();
    }
  });
});
