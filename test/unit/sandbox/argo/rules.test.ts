import { describe, expect, it } from 'vitest';
import { instant } from '../../../../src/domain/time.ts';
import { conditionOf, makeCondition, setCondition } from '../../../../src/sandbox/argo/conditions.ts';
import { timeText } from '../../../../src/sandbox/argo/pass.ts';
import { noPauseIntent, type PauseIntent, pauseFields } from '../../../../src/sandbox/argo/pause.ts';
import { phaseOf } from '../../../../src/sandbox/argo/phase.ts';
import { podTemplateHash } from '../../../../src/sandbox/argo/pod-hash.ts';
import { isTimedOut } from '../../../../src/sandbox/argo/progress.ts';
import { isRollbackWithinWindow, promotionReason } from '../../../../src/sandbox/argo/promotion.ts';
import type { CanaryStep, RolloutCondition, RolloutSpec, RolloutStatus } from '../../../../src/sandbox/argo/rollout.ts';
import { statusPatch } from '../../../../src/sandbox/argo/status-patch.ts';
import { currentWeight, pauseMs } from '../../../../src/sandbox/argo/steps.ts';
import { aReplicaSet, aRollout } from './fixtures.ts';

const NOW = '2026-01-01T12:00:00Z';
const condition = (parts: Partial<RolloutCondition>): RolloutCondition =>
  makeCondition({ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: 'm', ...parts }, NOW);

describe('the phase', () => {
  const full = { replicas: 4, updatedReplicas: 4, availableReplicas: 4, stableRS: 'a', currentPodHash: 'a' };
  const invalid = condition({ type: 'InvalidSpec', message: 'no template' });
  const aborted = condition({ reason: 'RolloutAborted', message: 'by hand' });
  it.each<[string, Partial<RolloutSpec>, RolloutStatus, string, string]>([
    ['an invalid spec', {}, { ...full, conditions: [invalid] }, 'Degraded', 'InvalidSpec: no template'],
    [
      'the first bad condition of the list',
      {},
      { conditions: [aborted, invalid] },
      'Degraded',
      'RolloutAborted: by hand',
    ],
    ['a person paused it', { paused: true }, full, 'Paused', 'manually paused'],
    [
      'the first pause',
      {},
      { ...full, pauseConditions: [{ reason: 'CanaryPauseStep', startTime: NOW }] },
      'Paused',
      'CanaryPauseStep',
    ],
    ['too few updated', {}, { ...full, updatedReplicas: 3 }, 'Progressing', 'more replicas need to be updated'],
    [
      'too few available',
      {},
      { ...full, availableReplicas: 3 },
      'Progressing',
      'updated replicas are still becoming available',
    ],
    ['old pods are left', {}, { ...full, replicas: 5 }, 'Progressing', 'old replicas are pending termination'],
    ['not stable yet', {}, { ...full, stableRS: 'b' }, 'Progressing', 'waiting for all steps to complete'],
    ['all is done', {}, full, 'Healthy', ''],
  ])('%s', (_, spec, status, phase, message) => {
    expect(phaseOf(aRollout({ spec }).spec, status)).toEqual({ phase, message });
  });
});

describe('the weight in force', () => {
  const steps = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
  const weightAt = (status: RolloutStatus, of: readonly CanaryStep[] = steps) =>
    currentWeight(aRollout({ spec: { strategy: { canary: { steps: of } } }, status }));
  it.each([
    ['at its own step', { currentStepIndex: 0 }, 10],
    ['through the pause after it', { currentStepIndex: 1 }, 10],
    ['the next', { currentStepIndex: 2 }, 50],
    ['after the last step', { currentStepIndex: 4 }, 100],
    ['when aborted', { currentStepIndex: 2, abort: true }, 0],
  ])('%s', (_, status, weight) => {
    expect(weightAt(status)).toBe(weight);
  });

  it('is 0 before any setWeight', () => {
    expect(weightAt({ currentStepIndex: 0 }, [{ pause: {} }])).toBe(0);
  });
});

describe('the length of a pause', () => {
  it.each([
    [undefined, null],
    [10, 10_000],
    ['10', 10_000],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1 hour', null],
  ])('%s', (duration, ms) => {
    expect(pauseMs(duration === undefined ? {} : { duration })).toBe(ms);
  });
});

describe('pause and abort at the end of a pass', () => {
  const pause = { reason: 'CanaryPauseStep' as const, startTime: '2026-01-01T11:00:00Z' };
  const intend = (parts: Partial<PauseIntent>): PauseIntent => ({ ...noPauseIntent(), ...parts });
  it.each<[string, RolloutStatus, PauseIntent, object]>([
    [
      'a new pause sets controllerPause',
      {},
      intend({ add: new Set(['CanaryPauseStep'] as const) }),
      { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: NOW }], controllerPause: true },
    ],
    [
      'a pause that is there keeps its start',
      { pauseConditions: [pause], controllerPause: true },
      intend({ add: new Set(['CanaryPauseStep'] as const) }),
      { pauseConditions: [pause], controllerPause: true },
    ],
    ['a resumed one leaves nothing', { controllerPause: true }, intend({}), {}],
    [
      'an abort drops pauses and gets its time',
      { pauseConditions: [pause], abort: true },
      intend({}),
      { abort: true, abortedAt: NOW },
    ],
    [
      'the time of an abort stays',
      { abort: true, abortedAt: '2026-01-01T10:00:00Z' },
      intend({}),
      { abort: true, abortedAt: '2026-01-01T10:00:00Z' },
    ],
    [
      'an abort that is removed is gone',
      { abort: true, abortedAt: NOW },
      intend({ removeAbort: true, clear: true }),
      {},
    ],
  ])('%s', (_, status, intent, expected) => {
    expect(pauseFields(aRollout({ status }), intent, NOW)).toEqual(expected);
  });
});

describe('the rollback window', () => {
  const at = (hash: string, second: string) => aReplicaSet(hash, 4, 4, `2026-01-01T12:00:${second}Z`);
  const rollout = aRollout({ spec: { rollbackWindow: { revisions: 2 } } });
  const within = (canaryAt: string, stableAt: string, between: readonly string[]) => {
    const [canary, stable] = [at('new', canaryAt), at('stable', stableAt)];
    const others = between.map((second, index) => at(`other-${index}`, second));
    return isRollbackWithinWindow(rollout, { canary, stable, others }, [canary, stable, ...others]);
  };
  it.each([
    ['an older one is inside', '01', '05', [], true],
    ['with one between still', '01', '05', ['03'], true],
    ['with two between no longer', '01', '05', ['03', '04'], false],
    ['of the same second is not older', '05', '05', [], false],
    ['a newer one is an update', '06', '05', [], false],
  ] as const)('%s', (_, canaryAt, stableAt, between, expected) => {
    expect(within(canaryAt, stableAt, between)).toBe(expected);
  });
});

describe('when the wanted revision becomes the stable one', () => {
  const roles = { canary: aReplicaSet('new', 4), stable: aReplicaSet('old', 0), others: [] };
  const steps = [{ setWeight: 50 }, { pause: {} }];
  const spec = { strategy: { canary: { steps } } };
  const reason = (status: RolloutStatus, facts: object = {}) =>
    promotionReason(aRollout({ spec, status }), { roles, aborted: false, withinWindow: false, ...facts });
  it.each<[string, RolloutStatus, object, string | null]>([
    ['first deploy, ready or not', {}, { roles: { ...roles, stable: undefined } }, 'Initial deploy'],
    ['after the last step', { currentStepIndex: 2 }, {}, 'Completed all 2 canary steps'],
    ['before it, not', { currentStepIndex: 1 }, {}, null],
    ['when asked for', { currentStepIndex: 0, promoteFull: true }, {}, 'Full promotion requested'],
    ['within the window', { currentStepIndex: 0 }, { withinWindow: true }, 'Rollback within window'],
    ['never while aborted', { currentStepIndex: 2 }, { aborted: true }, null],
    [
      'never before its pods are available',
      { currentStepIndex: 2 },
      { roles: { ...roles, canary: aReplicaSet('new', 4, 3) } },
      null,
    ],
  ])('%s', (_, status, facts, expected) => {
    expect(reason(status, facts)).toBe(expected);
  });
});

describe('the progress deadline', () => {
  const timedOut = (reason: string, secondsAgo: number) => {
    const lastUpdateTime = timeText(instant(Date.parse(NOW) - secondsAgo * 1000));
    const conditions = [{ ...condition({ reason }), lastUpdateTime }];
    return isTimedOut(aRollout({ spec: { progressDeadlineSeconds: 60 } }), { conditions }, Date.parse(NOW));
  };
  it.each([
    ['past it', 'ReplicaSetUpdated', 61, true],
    ['exactly at it, not yet', 'ReplicaSetUpdated', 60, false],
    ['never while paused', 'RolloutPaused', 3600, false],
    ['never of an abort', 'RolloutAborted', 3600, false],
    ['stays exceeded', 'ProgressDeadlineExceeded', 1, true],
  ] as const)('%s', (_, reason, secondsAgo, expected) => {
    expect(timedOut(reason, secondsAgo)).toBe(expected);
  });
});

describe('conditions', () => {
  it('keep their first message while status and reason are the same', () => {
    const before = [condition({ reason: 'RolloutAborted', message: 'first' }), condition({ type: 'Paused' })];
    expect(setCondition(before, condition({ reason: 'RolloutAborted', message: 'second' }))).toBe(before);
  });

  it('go to the end of the list when they change, and keep the transition time with the status', () => {
    const early = { ...condition({ reason: 'A' }), lastTransitionTime: '2026-01-01T01:00:00Z' };
    const changed = setCondition([early, condition({ type: 'Paused' })], condition({ reason: 'B' }));
    expect(changed.map(({ type }) => type)).toEqual(['Paused', 'Progressing']);
    expect(conditionOf(changed, 'Progressing')).toMatchObject({
      reason: 'B',
      lastTransitionTime: '2026-01-01T01:00:00Z',
    });
  });
});

describe('a status patch', () => {
  it('has only what differs, and null for what is gone', () => {
    const before: RolloutStatus = {
      phase: 'Paused',
      replicas: 4,
      pauseConditions: [],
      canary: { currentStepAnalysisRunStatus: { name: 'a', status: 'Running' } },
    };
    const after: RolloutStatus = { phase: 'Progressing', replicas: 4, canary: {} };
    expect(statusPatch(before, after)).toEqual({
      phase: 'Progressing',
      pauseConditions: null,
      canary: { currentStepAnalysisRunStatus: null },
    });
    expect(statusPatch(after, after)).toBeNull();
  });
});

describe('the pod hash', () => {
  const template = { metadata: { labels: { app: 'a', tier: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  it('is the same whatever the order of keys, and another for another template', () => {
    const reordered = {
      spec: { containers: [{ image: 'i', name: 'c' }] },
      metadata: { labels: { tier: 'b', app: 'a' } },
    };
    expect(podTemplateHash(reordered)).toBe(podTemplateHash(template));
    expect(podTemplateHash({ ...template, spec: { containers: [] } })).not.toBe(podTemplateHash(template));
    expect(podTemplateHash(template)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
  });
});
