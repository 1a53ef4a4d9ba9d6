import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/ports/kinds.ts';
import { podTemplateHash } from '../../../../src/sandbox/argo/pod-hash.ts';
import type { RolloutStatus } from '../../../../src/sandbox/argo/rollout.ts';
import { createOneRollout, pausedAtFirstStep } from '../one-rollout.ts';

const isHealthy = (status: RolloutStatus): boolean => status.phase === 'Healthy';
const isPaused = (status: RolloutStatus): boolean => status.phase === 'Paused';
const indexIs = (index: number) => (status: RolloutStatus) => status.currentStepIndex === index;

describe('a first deploy', () => {
  it('is called stable and jumps to the last step before any pod is ready', async () => {
    const one = createOneRollout({ world: { replicas: { readiness: { otherwise: 5000 } } } });
    one.create();
    await one.until((status) => status.stableRS !== undefined);
    expect(one.status()).toMatchObject({ phase: 'Progressing', currentStepIndex: 4 });
    expect(one.status().availableReplicas).toBeUndefined();
    await one.until(isHealthy);
    expect(one.status()).toMatchObject({ replicas: 4, availableReplicas: 4, updatedReplicas: 4, HPAReplicas: 4 });
    expect(one.rollout().metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '1' });
  });

  it('that never gets ready cannot be aborted: the flag is silently cleared', async () => {
    const one = createOneRollout({ world: { replicas: { readiness: { otherwise: 'never' } } } });
    one.create();
    await one.until((status) => status.stableRS !== undefined);
    await one.advance(1000);
    one.abort();
    await one.advance(1000);
    expect(one.status().abort).toBeUndefined();
    expect(one.status()).toMatchObject({ phase: 'Progressing' });
  });

  it('without replicas gets one, written into the spec', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    one.store.jsonPatch(one.ref, [{ op: 'remove', path: '/spec/replicas' }], { fieldManager: 'test' });
    await one.until((status) => status.replicas === 1);
    expect(one.rollout().spec.replicas).toBe(1);
  });
});

describe('an update', () => {
  it('shows the old hash as Healthy until the controller looked', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    const before = one.status().currentPodHash;
    one.image('app:v2');
    expect(one.status()).toMatchObject({ phase: 'Healthy', currentPodHash: before, observedGeneration: '1' });
    expect(one.rollout().metadata.generation).toBe(2);
  });

  it('walks weights and pauses; two resumes promote it', async () => {
    const one = await pausedAtFirstStep();
    const { currentPodHash, stableRS } = one.status();
    expect(one.status()).toMatchObject({ currentStepIndex: 1, controllerPause: true, updatedReplicas: 1, replicas: 4 });
    await one.advance(1000);
    one.resume();
    await one.until((status) => isPaused(status) && status.currentStepIndex === 3);
    expect(one.podsOf(stableRS)).toBe(2);
    await one.advance(1000);
    one.resume();
    await one.until(isHealthy);
    expect(one.status()).toMatchObject({ stableRS: currentPodHash, currentStepIndex: 4, updatedReplicas: 4 });
    expect(one.podsOf(stableRS)).toBe(0);
  });

  it('reaches its first pause within a second when pods are quick', async () => {
    const one = await pausedAtFirstStep();
    const start = Date.parse(one.status().pauseConditions?.[0]?.startTime ?? '');
    expect(one.clock.now() - start).toBeLessThan(1000);
  });

  it('resumed twice at one pause does not skip the next', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.resume();
    one.resume();
    await one.advance(5000);
    expect(one.status()).toMatchObject({ phase: 'Paused', currentStepIndex: 3 });
  });

  it('with a timed pause goes on by itself, strictly after its time', async () => {
    const steps = [{ setWeight: 50 }, { pause: { duration: '10s' } }];
    const one = createOneRollout({ spec: { strategy: { canary: { steps } } } });
    one.create();
    await one.until(isHealthy);
    one.image('app:v2');
    await one.until(isPaused);
    const startedAt = Date.parse(one.status().pauseConditions?.[0]?.startTime ?? '');
    await one.until(indexIs(2));
    expect(one.clock.now() - startedAt).toBeGreaterThan(10_000);
    expect(one.clock.now() - startedAt).toBeLessThan(10_500);
  });

  it('starts again from the first step with a third template, and for a moment the status lies', async () => {
    const one = await pausedAtFirstStep();
    const second = one.status().currentPodHash;
    await one.advance(1000);
    const from = one.seen.length;
    one.image('app:v3');
    await one.until((status) => status.currentPodHash !== second && isPaused(status));
    expect(one.status()).toMatchObject({ currentStepIndex: 1 });
    expect(one.podsOf(second)).toBe(0);
    const lies = one.seen
      .slice(from)
      .filter((status) => status.observedGeneration === '3' && status.currentPodHash === second);
    expect(lies).toHaveLength(1);
    expect(lies[0]).toMatchObject({ phase: 'Paused', currentStepIndex: 1, controllerPause: true });
  });

  it('starts again when only its steps change', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.patchSpec({ strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } });
    await one.until((status) => isPaused(status) && status.updatedReplicas === 2);
    expect(one.status()).toMatchObject({ currentStepIndex: 1 });
  });

  it('stands still while the spec is paused, and a resume of that time is forgotten', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.patchSpec({ paused: true });
    await one.advance(1000);
    one.resume();
    await one.advance(5000);
    expect(one.status()).toMatchObject({ phase: 'Paused', message: 'manually paused', currentStepIndex: 1 });
    one.patchSpec({ paused: false });
    await one.advance(5000);
    expect(one.status()).toMatchObject({ message: 'CanaryPauseStep', currentStepIndex: 1 });
    one.resume();
    await one.until(indexIs(3));
  });

  it('scaled in the middle keeps its step and gets pods of both revisions', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.patchSpec({ replicas: 8 });
    await one.until((status) => status.replicas === 8 && status.availableReplicas === 8);
    expect(one.status()).toMatchObject({ phase: 'Paused', currentStepIndex: 1, updatedReplicas: 2 });
  });

  it('with template and replicas in one write is first observed with the old hash', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    const old = one.status().currentPodHash;
    const template = { spec: { containers: [{ name: 'app', image: 'app:v2', resources: {} }] } };
    one.patchSpec({ replicas: 2, template });
    await one.until(isPaused);
    const lies = one.seen.filter((status) => status.observedGeneration === '2' && status.currentPodHash === old);
    expect(lies.length).toBeGreaterThan(0);
  });

  it('with template and more replicas in one write meets a conflict at its own ReplicaSet and begins anew', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    const old = one.status().currentPodHash;
    one.patchSpec({
      replicas: 6,
      template: { spec: { containers: [{ name: 'app', image: 'app:v2', resources: {} }] } },
    });
    await one.until(isPaused);
    expect(one.status()).toMatchObject({ currentStepIndex: 1, updatedReplicas: 2 });
    expect(
      one.seen.filter(({ observedGeneration, currentPodHash }) => observedGeneration === '2' && currentPodHash === old),
    ).toEqual([]);
  });

  it('of a container without resources writes empty ones: a new generation, the same hash', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    one.patchSpec({ template: { spec: { containers: [{ name: 'app', image: 'app:v2' }] } } });
    await one.until(isPaused);
    const { currentPodHash } = one.status();
    expect(one.rollout().metadata.generation).toBe(3);
    expect(one.rollout().spec.template.spec?.containers).toEqual([{ name: 'app', image: 'app:v2', resources: {} }]);
    expect(podTemplateHash(one.rollout().spec.template)).toBe(currentPodHash);
  });

  it('copies a nudge to the new ReplicaSet and changes nothing else', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    const before = one.status();
    one.nudge('7');
    await one.advance(1000);
    expect(one.status()).toEqual(before);
    const canary = one.replicaSets().find(({ spec }) => spec.replicas === 1);
    expect(canary?.metadata.annotations).toMatchObject({ 'tidegate.dev/nudge': '7' });
  });
});

describe('an abort', () => {
  it('drops the pause, goes to the first step, and brings the stable pods back', async () => {
    const one = await pausedAtFirstStep();
    const { stableRS, currentPodHash } = one.status();
    await one.advance(1000);
    one.abort();
    await one.until((status) => status.abortedAt !== undefined);
    expect(one.status()).toMatchObject({
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
      currentStepIndex: 0,
    });
    expect(one.status().pauseConditions).toBeUndefined();
    expect(one.status().controllerPause).toBeUndefined();
    await one.until((status) => status.updatedReplicas === undefined && status.replicas === 4);
    expect([one.podsOf(stableRS), one.podsOf(currentPodHash)]).toEqual([4, 0]);
  });

  it('is healed by the stable template', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.abort();
    await one.until((status) => status.abortedAt !== undefined);
    one.image('app:v1');
    await one.until(isHealthy);
    expect(one.status()).toMatchObject({ currentStepIndex: 4 });
    expect(one.status().abort).toBeUndefined();
  });

  it('is taken back by a retry, from the first step', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.abort();
    await one.until((status) => status.abortedAt !== undefined);
    await one.advance(1000);
    one.retry();
    await one.until((status) => isPaused(status) && status.currentStepIndex === 1);
    expect(one.status().abortedAt).toBeUndefined();
  });

  it('of a Rollout that is done is silently cleared', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    await one.advance(1000);
    one.abort();
    await one.advance(1000);
    expect(one.status()).toMatchObject({ phase: 'Healthy' });
    expect(one.status().abort).toBeUndefined();
  });
});

describe('going back', () => {
  const promoted = async (revisions: number | null, gapMs: number) => {
    const rollbackWindow = revisions === null ? {} : { rollbackWindow: { revisions } };
    const one = createOneRollout({ spec: rollbackWindow });
    one.create();
    await one.until(isHealthy);
    await one.advance(gapMs);
    one.image('app:v2');
    await one.until(isPaused);
    await one.advance(500);
    one.promoteFull();
    await one.until(isHealthy);
    return one;
  };

  it('to the stable template in mid-canary is Healthy without being Degraded in between', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    const from = one.seen.length;
    one.image('app:v1');
    await one.until(isHealthy);
    expect(one.seen.slice(from).filter(({ phase }) => phase === 'Degraded')).toEqual([]);
    expect(one.status().currentPodHash).toBe(one.status().stableRS);
  });

  it('promoteFull skips steps and pauses', async () => {
    const one = await promoted(null, 2000);
    expect(one.status()).toMatchObject({ currentStepIndex: 4, updatedReplicas: 4 });
    expect(one.status().promoteFull).toBeUndefined();
  });

  it('from a promoted one within the window skips the steps', async () => {
    const one = await promoted(3, 2000);
    const from = one.seen.length;
    one.image('app:v1');
    await one.until((status) => isHealthy(status) && status.observedGeneration === '3');
    expect(one.seen.slice(from).filter(isPaused)).toEqual([]);
  });

  it('without a window walks the steps', async () => {
    const one = await promoted(null, 2000);
    one.image('app:v1');
    await one.until(isPaused);
    expect(one.status()).toMatchObject({ currentStepIndex: 1 });
  });

  it('with new steps and a window, while its pods are up, never shows the first step', async () => {
    const one = await promoted(null, 2000);
    one.image('app:v1');
    await one.until(isPaused);
    await one.advance(1000);
    const from = one.seen.length;
    one.patchSpec({
      rollbackWindow: { revisions: 3 },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
    });
    await one.until(isHealthy);
    expect(one.seen.slice(from).filter(indexIs(0))).toEqual([]);
    expect(one.status()).toMatchObject({ currentStepIndex: 2 });
  });

  it('to a ReplicaSet created in the same whole second walks the steps', async () => {
    const one = createOneRollout({ spec: { rollbackWindow: { revisions: 3 } }, world: { argo: { reconcileMs: 1 } } });
    one.create();
    await one.until(isHealthy);
    one.image('app:v2');
    await one.until(isPaused);
    await one.advance(200);
    one.promoteFull();
    await one.until(isHealthy);
    one.image('app:v1');
    await one.until(isPaused);
    const created = one.replicaSets().map(({ metadata }) => metadata.creationTimestamp);
    expect(new Set(created).size).toBe(1);
  });

  it('counts up the revision and keeps the old numbers', async () => {
    const one = await promoted(3, 2000);
    one.image('app:v1');
    await one.until((status) => isHealthy(status) && status.observedGeneration === '3');
    const old = one.replicaSets().find(({ spec }) => spec.template.spec?.containers?.[0]?.image === 'app:v1');
    expect(old?.metadata.annotations).toMatchObject({
      'rollout.argoproj.io/revision': '3',
      'rollout.argoproj.io/revision-history': '1',
    });
  });
});

describe('no progress', () => {
  const stuck = async (progressDeadlineAbort: boolean) => {
    const one = createOneRollout({
      spec: { progressDeadlineSeconds: 20, progressDeadlineAbort },
      world: { replicas: { readiness: { otherwise: 20, byImage: { 'app:v2': 'never' } } } },
    });
    one.create();
    await one.until(isHealthy);
    one.image('app:v2');
    await one.until((status) => status.phase === 'Degraded');
    await one.advance(2000);
    return one;
  };

  it('past the deadline is Degraded, not aborted, and the canary pods stay', async () => {
    const one = await stuck(false);
    const name = `app-${one.status().currentPodHash}`;
    expect(one.status()).toMatchObject({
      message: `ProgressDeadlineExceeded: ReplicaSet "${name}" has timed out progressing.`,
      updatedReplicas: 1,
    });
    expect(one.status().abort).toBeUndefined();
    one.abort();
    await one.until((status) => status.updatedReplicas === undefined);
    one.image('app:v1');
    await one.until(isHealthy);
  });

  it('past the deadline aborts by itself where that was asked for', async () => {
    const one = await stuck(true);
    expect(one.status()).toMatchObject({ abort: true, phase: 'Degraded' });
    expect(one.status().abortedAt).toBeDefined();
    await one.until((status) => status.updatedReplicas === undefined);
  });

  it('never times out a pause', async () => {
    const one = await pausedAtFirstStep({ spec: { progressDeadlineSeconds: 20 } });
    await one.advance(120_000);
    expect(one.status()).toMatchObject({ phase: 'Paused' });
  });
});

describe('an invalid spec', () => {
  it('is Degraded, carries out no abort, and is healed by a valid one', async () => {
    const one = await pausedAtFirstStep();
    await one.advance(1000);
    one.patchSpec({ strategy: { canary: { analysis: { templates: [{ templateName: 'gone' }] } } } });
    await one.until((status) => status.phase === 'Degraded');
    expect(one.status().message).toBe(
      'InvalidSpec: The Rollout "app" is invalid: spec.strategy.canary.analysis.templates: Invalid value: "gone": AnalysisTemplate \'gone\' not found',
    );
    one.abort();
    await one.advance(20_000);
    expect(one.status()).toMatchObject({ abort: true, phase: 'Degraded', updatedReplicas: 1 });
    expect(one.status().abortedAt).toBeUndefined();
    one.patchSpec({ strategy: { canary: { analysis: null } } });
    one.image('app:v1');
    await one.until(isHealthy);
  });

  it('with a Service that is missing names it, and heals when the Service comes', async () => {
    const one = createOneRollout({ spec: { strategy: { canary: { stableService: 'web' } } } });
    one.create();
    await one.until((status) => status.phase === 'Degraded');
    expect(one.status().message).toContain('service "web" not found');
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: {} };
    one.store.create(service, kinds.service, { fieldManager: 'test' });
    await one.until(isHealthy);
  });
});

describe('room', () => {
  const quota = (pods: string) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'tight', namespace: 'shop' },
    spec: { hard: { pods } },
  });

  it('that is missing is a ReplicaFailure, and the update waits until there is some', async () => {
    const one = createOneRollout();
    one.create();
    await one.until(isHealthy);
    one.store.create(quota('4'), kinds.resourceQuota, { fieldManager: 'test' });
    one.image('app:v2');
    await one.until((status) => status.conditions?.some(({ type }) => type === 'ReplicaFailure') === true);
    const failure = one.status().conditions?.find(({ type }) => type === 'ReplicaFailure');
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toContain('exceeded quota: tight, requested: pods=1, used: pods=4, limited: pods=4');
    one.store.mergePatch(
      { kind: kinds.resourceQuota, namespace: 'shop', name: 'tight' },
      { spec: { hard: { pods: '5' } } },
      { fieldManager: 'test' },
    );
    await one.until(isPaused);
    expect(one.status().conditions?.some(({ type }) => type === 'ReplicaFailure')).toBe(false);
  });
});

describe('history', () => {
  it('keeps as many old ReplicaSets as it is told to', async () => {
    const one = createOneRollout({ spec: { revisionHistoryLimit: 1, strategy: { canary: {} } } });
    one.create();
    await one.until(isHealthy);
    for (const [index, image] of ['app:v2', 'app:v3', 'app:v4'].entries()) {
      await one.advance(2000);
      one.image(image);
      await one.until((status) => isHealthy(status) && status.observedGeneration === String(index + 2));
    }
    await one.advance(2000);
    const images = one.replicaSets().map(({ spec }) => spec.template.spec?.containers?.[0]?.image);
    expect(new Set(images)).toEqual(new Set(['app:v3', 'app:v4']));
  });
});
