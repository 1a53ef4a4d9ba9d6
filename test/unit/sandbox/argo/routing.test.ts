import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/ports/kinds.ts';
import { asReplicaSet, scaleDownDeadlineOf } from '../../../../src/sandbox/argo/replica-set.ts';
import type { CanaryStrategy, RolloutStatus } from '../../../../src/sandbox/argo/rollout.ts';
import { selectedHash } from '../../../../src/sandbox/argo/services.ts';
import { ingressKind } from '../../../../src/sandbox/kubernetes/built-in-resources.ts';
import { createOneRollout } from '../one-rollout.ts';

const us = { fieldManager: 'tidegate' };
const canary: CanaryStrategy = {
  stableService: 'stable',
  canaryService: 'canary',
  scaleDownDelaySeconds: 5,
  abortScaleDownDelaySeconds: 5,
  trafficRouting: { nginx: { stableIngress: 'shop' } },
  steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
};
const isHealthy = ({ phase }: RolloutStatus): boolean => phase === 'Healthy';
const isPaused = ({ phase }: RolloutStatus): boolean => phase === 'Paused';

/** A Rollout behind nginx, both Services and the Ingress; `app:v2` stands at its first pause. */
async function routedAtFirstPause() {
  const one = createOneRollout({ spec: { strategy: { canary } } });
  for (const name of ['stable', 'canary']) {
    const spec = { selector: { app: 'app' }, ports: [{ port: 80 }] };
    one.store.create(
      { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec },
      kinds.service,
      us,
    );
  }
  const backend = { service: { name: 'stable', port: { number: 80 } } };
  const spec = { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] };
  const metadata = { name: 'shop', namespace: 'shop' };
  one.store.create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec }, ingressKind, us);
  one.create();
  await one.until(isHealthy);
  await one.advance(2000);
  one.image('app:v2');
  await one.until(isPaused);
  await one.advance(500);
  const read = (kind: typeof ingressKind, name: string) => one.store.get({ kind, namespace: 'shop', name });
  return {
    ...one,
    hashOf: (service: string) => selectedHash(read(kinds.service, service)!),
    canaryIngress: () => read(ingressKind, 'app-shop-canary'),
    weight: () => one.status().canary?.weights?.canary.weight,
    wanted: (hash: string) =>
      one.store
        .list(kinds.replicaSet, { namespace: 'shop' })
        .items.map(asReplicaSet)
        .find(({ metadata }) => metadata.name.endsWith(hash))?.spec.replicas,
  };
}

describe('with a router', () => {
  it('the canary gets its share on top of all stable pods, and the weight with its pods', async () => {
    const one = await routedAtFirstPause();
    const { stableRS, currentPodHash } = one.status();
    expect(one.status()).toMatchObject({ replicas: 5, updatedReplicas: 1 });
    expect(one.status().canary?.weights).toEqual({
      canary: { weight: 25, serviceName: 'canary', podTemplateHash: currentPodHash },
      stable: { weight: 75, serviceName: 'stable', podTemplateHash: stableRS },
    });
    expect([one.hashOf('stable'), one.hashOf('canary')]).toEqual([stableRS, currentPodHash]);
  });

  it('the canary Ingress is a copy that leads to the canary Service, owned by the Rollout', async () => {
    const one = await routedAtFirstPause();
    const ingress = one.canaryIngress();
    expect(ingress?.metadata.annotations).toMatchObject({ 'nginx.ingress.kubernetes.io/canary-weight': '25' });
    expect(JSON.stringify(ingress?.['spec'])).toContain('"name":"canary"');
    one.store.delete(one.ref);
    await one.advance(100);
    expect(one.canaryIngress()).toBeUndefined();
  });

  it('an abort takes the weight at once and the canary pods after their delay', async () => {
    const one = await routedAtFirstPause();
    const { stableRS, currentPodHash = '' } = one.status();
    one.abort();
    await one.until(({ abortedAt }) => abortedAt !== undefined);
    expect([one.weight(), one.hashOf('canary'), one.wanted(currentPodHash)]).toEqual([0, stableRS, 1]);
    await one.advance(3000);
    expect(one.wanted(currentPodHash)).toBe(1);
    await one.advance(4000);
    expect(one.wanted(currentPodHash)).toBe(0);
  });

  it('a full promotion leaves the weight until the stable Service has the new pods; the old ones go after their delay', async () => {
    const one = await routedAtFirstPause();
    const { stableRS = '', currentPodHash = '' } = one.status();
    one.promoteFull();
    await one.until((status) => status.stableRS === currentPodHash);
    expect([one.weight(), one.wanted(stableRS)]).toEqual([25, 4]);
    await one.advance(1000);
    expect([one.weight(), one.hashOf('stable'), one.wanted(stableRS)]).toEqual([0, currentPodHash, 4]);
    await one.advance(7000);
    expect(one.wanted(stableRS)).toBe(0);
    expect(one.replicaSets().filter((replicaSet) => scaleDownDeadlineOf(replicaSet) !== null)).toEqual([]);
  });

  it('the stable template alone is Healthy for one patch while the weight is still with the canary', async () => {
    const one = await routedAtFirstPause();
    one.image('app:v1');
    await one.until(isHealthy);
    expect(one.weight()).toBe(25);
    await one.advance(1000);
    expect(one.weight()).toBe(0);
  });

  it('a Service whose hash was taken away gets it back at the next look, not before', async () => {
    const one = await routedAtFirstPause();
    const { stableRS } = one.status();
    const ref = { kind: kinds.service, namespace: 'shop', name: 'stable' };
    one.store.mergePatch(ref, { spec: { selector: { 'rollouts-pod-template-hash': null } } }, us);
    await one.advance(5000);
    expect(one.hashOf('stable')).toBeUndefined();
    one.nudge('1');
    await one.advance(1000);
    expect(one.hashOf('stable')).toBe(stableRS);
  });
});
