import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/ports/kinds.ts';
import { type CountedPod, nextChangeAt, planPods } from '../../../../src/sandbox/replicas/pod-set.ts';
import { podReadyOf } from '../../../../src/sandbox/replicas/readiness.ts';
import { createOneRollout } from '../one-rollout.ts';

const pod = (name: string, readyAt: number | null): CountedPod => ({ name, readyAt });

describe('which pods go', () => {
  const pods = [pod('old', 10), pod('young', 20), pod('never', null), pod('youngest', 30)];
  it.each([
    ['those that are not ready first', 3, ['never']],
    ['then the newest', 2, ['never', 'youngest']],
    ['all of them for nothing', 0, ['never', 'old', 'young', 'youngest']],
    ['none when as many are wanted', 4, []],
  ] as const)('%s', (_, wanted, removed) => {
    const { removed: gone } = planPods(pods, wanted, 100);
    expect(new Set(gone.map(({ name }) => name))).toEqual(new Set(removed));
  });

  it('and how many are missing', () => {
    expect(planPods(pods, 6, 100).missing).toBe(2);
  });

  it('changes next when a pod becomes ready, and again when it has been so long enough', () => {
    expect(nextChangeAt(pods, 25, 0)).toBe(30);
    expect(nextChangeAt(pods, 30, 1000)).toBe(1010);
    expect(nextChangeAt(pods, 5000, 1000)).toBeNull();
  });
});

describe('how long a pod takes', () => {
  it.each([
    ['300 ms unless something else is said', 'app:v1', {}, {}, 300],
    ['what is said of all', 'app:v1', {}, { otherwise: 5 }, 5],
    ['what is said of its image', 'app:v2', {}, { otherwise: 5, byImage: { 'app:v2': 'never' } }, 'never'],
    ['never with the label', 'app:v1', { 'tidegate.dev/never-ready': 'yes' }, { otherwise: 5 }, 'never'],
  ] as const)('%s', (_, image, labels, readiness, expected) => {
    const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
    expect(podReadyOf(template, readiness)).toBe(expected);
  });
});

describe('pods of a Rollout', () => {
  it('are objects with the hash, ready after their time, gone with the Rollout', async () => {
    const one = createOneRollout({ world: { replicas: { readiness: { otherwise: 1000 } } } });
    const pods = () => one.store.list(kinds.pod, { namespace: 'shop' }).items;
    one.create();
    await one.until((status) => status.replicas === 4);
    expect(one.status()).toMatchObject({
      phase: 'Progressing',
      message: 'updated replicas are still becoming available',
    });
    await one.until((status) => status.phase === 'Healthy');
    expect(pods()).toHaveLength(4);
    expect(pods()[0]?.metadata.labels).toEqual({
      app: 'app',
      'rollouts-pod-template-hash': one.status().currentPodHash,
    });
    expect(pods()[0]?.['status']).toMatchObject({ phase: 'Running' });
    one.store.delete(one.ref);
    await one.advance(1000);
    expect([pods().length, one.replicaSets().length]).toEqual([0, 0]);
  });

  it('are only counted where objects would be too many', async () => {
    const one = createOneRollout({ world: { replicas: { pods: 'counted' } } });
    one.create();
    await one.until((status) => status.phase === 'Healthy');
    expect(one.status().availableReplicas).toBe(4);
    expect(one.store.list(kinds.pod, { namespace: 'shop' }).items).toEqual([]);
  });

  it('that a quota refused are tried again after gaps that double, however early there is room', async () => {
    const one = createOneRollout();
    const metadata = { name: 'pods', namespace: 'shop' };
    const ref = { kind: kinds.resourceQuota, namespace: 'shop', name: 'pods' };
    one.store.create(
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '3' } } },
      kinds.resourceQuota,
      { fieldManager: 'tidegate' },
    );
    one.create();
    await one.until(({ conditions }) => conditions?.some(({ type }) => type === 'ReplicaFailure') === true);
    await one.advance(5500); // refused at 5 ms, 15 ms, … 5115 ms; next at 10 235 ms
    one.store.delete(ref);
    await one.advance(3000);
    expect(one.status().replicas).toBe(3);
    await one.advance(3000);
    expect(one.status().replicas).toBe(4);
  });

  it('are available only after minReadySeconds', async () => {
    const one = createOneRollout({ spec: { minReadySeconds: 5 } });
    one.create();
    await one.until((status) => status.readyReplicas === 4);
    expect(one.status().availableReplicas).toBeUndefined();
    const readyAt = one.clock.now();
    await one.until((status) => status.availableReplicas === 4);
    expect(one.clock.now() - readyAt).toBeGreaterThan(4000);
  });
});
