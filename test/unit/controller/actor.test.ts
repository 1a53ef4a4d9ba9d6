import { describe, expect, test } from 'vitest';
import { ConflictError, TerminalError } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { manifestOf } from '../../../src/release/plan-index.ts';
import { aCluster, GLOBEX, INDEX, NAMESPACE, OLD_IMAGE } from './a-cluster.ts';

const manifest = manifestOf(INDEX.plan, INDEX.targets.get(GLOBEX)!.target.rolloutManifest);
const planSpec = manifest['spec'] as { replicas: number; strategy: JsonObject; template: JsonObject };
const service = { kind: kinds.service, namespace: NAMESPACE, name: 'storefront' };
const selectorOf = (object: unknown) => (object as { spec: { selector: JsonObject } }).spec.selector;
const templateOf = (object: unknown) => (object as { spec: { template: JsonObject } }).spec.template;

/** The cluster with the target deployed and on its first revision, the calls forgotten. */
async function deployed() {
  const cluster = aCluster();
  await cluster.act({ kind: 'create' });
  cluster.show({ currentPodHash: 'abc', stableRS: 'abc' });
  cluster.calls.length = 0;
  return cluster;
}

describe('a first deploy', () => {
  test('writes what the Rollout names before the Rollout', async () => {
    const { act, calls } = aCluster();
    await act({ kind: 'create' });
    expect(calls).toEqual([
      'apply AnalysisTemplate storefront-guard',
      'get Service storefront',
      'create Service storefront',
      'apply PodDisruptionBudget storefront',
      'create Rollout storefront',
    ]);
  });

  test('says on the object whose it is, and begins with the plan’s replicas', async () => {
    const { rollout, spec } = await deployed();
    expect(rollout().metadata.annotations).toMatchObject({
      'tidegate.dev/epoch': '3',
      'tidegate.dev/release': 'storefront-4.12.0',
      'tidegate.dev/plan': INDEX.plan.hash,
    });
    expect(rollout().metadata.labels).toMatchObject({
      'tidegate.dev/wave': 'business',
      'app.kubernetes.io/managed-by': 'tidegate',
    });
    expect(spec().replicas).toBe(planSpec.replicas);
  });

  test('of what is there is a conflict', async () => {
    const { act } = await deployed();
    await expect(act({ kind: 'create' })).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('a template', () => {
  test('and the strategy are replaced whole, the replicas left alone', async () => {
    const { act, edit, spec, observed } = await deployed();
    edit({
      spec: {
        replicas: 30,
        strategy: { canary: { maxSurge: 7, abortScaleDownDelaySeconds: 5 } },
        template: { metadata: { annotations: { 'team/mine': 'x' } }, spec: { serviceAccountName: 'stranger' } },
      },
    });
    await act({ kind: 'writeTemplate' });
    expect(spec().replicas).toBe(30);
    expect(spec().strategy).toEqual(planSpec.strategy);
    // as it is meant: the server adds defaults
    expect(observed()).toMatchObject({ templateDigest: INDEX.targets.get(GLOBEX)!.templateDigest });
  });

  test('leaves the selector of a Service to the controller', async () => {
    const { act, edit, read, calls } = await deployed();
    edit({ spec: { selector: { 'rollouts-pod-template-hash': 'abc' } } }, service);
    await act({ kind: 'writeTemplate' });
    expect(selectorOf(read(kinds.service))).toHaveProperty('rollouts-pod-template-hash', 'abc');
    expect(calls.filter((call) => call.endsWith('Service storefront'))).toEqual(['get Service storefront']);
  });

  test('brings back a Service that is gone', async () => {
    const { act, store, read } = await deployed();
    store.delete(service);
    await act({ kind: 'writeTemplate' });
    expect(selectorOf(read(kinds.service))).toEqual({ 'app.kubernetes.io/name': 'storefront' });
  });

  test('takes back a stranger’s edit of what only we write', async () => {
    const { act, edit, read } = await deployed();
    const before = read(kinds.podDisruptionBudget)!['spec'];
    edit({ spec: { maxUnavailable: '90%' } }, { ...service, kind: kinds.podDisruptionBudget });
    await act({ kind: 'writeTemplate' });
    expect(read(kinds.podDisruptionBudget)!['spec']).toEqual(before);
  });

  test('answers with the Rollout as it stands after it', async () => {
    const { act, rollout } = await deployed();
    expect(await act({ kind: 'writeTemplate' })).toEqual(rollout());
  });
});

describe('the template of before', () => {
  const restore = { kind: 'restoreTemplate', hash: 'old1' } as const;

  test('is that of its ReplicaSet, without the label that Argo added', async () => {
    const { act, replicaSet, spec, rollout } = await deployed();
    replicaSet('old1');
    replicaSet('other');
    await act(restore);
    expect(templateOf(rollout())).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/name': 'storefront' } },
      spec: { containers: [{ image: OLD_IMAGE }] },
    });
    expect(templateOf(rollout())['metadata']).not.toHaveProperty(['labels', 'rollouts-pod-template-hash']);
    expect(spec().strategy).toEqual(planSpec.strategy);
    expect(rollout().metadata.annotations).toHaveProperty(['tidegate.dev/restored'], 'old1');
  });

  test('touches nothing that the Rollout names', async () => {
    const { act, replicaSet, calls } = await deployed();
    replicaSet('old1');
    await act(restore);
    expect(calls).toEqual(['list ReplicaSet', 'patch Rollout storefront']);
  });

  test('brings back what the Rollout names where the spec is invalid for want of it', async () => {
    const { act, replicaSet, store, show, read } = await deployed();
    replicaSet('old1');
    store.delete({ ...service, kind: kinds.analysisTemplate, name: 'storefront-guard' });
    show({ conditions: [condition('InvalidSpec')] });
    await act(restore);
    expect(read(kinds.analysisTemplate, 'storefront-guard')).toBeDefined();
  });

  test('cannot be put back when its ReplicaSet is gone', async () => {
    const { act } = await deployed();
    await expect(act(restore)).rejects.toThrow(
      'reading the template to put back on shared-eu/globex/storefront: the ReplicaSet with hash old1 is gone, restore it by hand',
    );
    await expect(act(restore)).rejects.toBeInstanceOf(TerminalError);
  });

  test('is never another workload’s with the same hash', async () => {
    const { act, replicaSet } = await deployed();
    replicaSet('old1', 'backoffice');
    await expect(act(restore)).rejects.toBeInstanceOf(TerminalError);
  });
});

describe('a command that comes late', () => {
  test('is a conflict once another daemon has claimed the target, and changes nothing', async () => {
    const { act, observed, edit, rollout } = await deployed();
    const basis = observed();
    edit({ metadata: { annotations: { 'tidegate.dev/epoch': '4' } } });
    const before = rollout();
    for (const kind of ['writeTemplate', 'abort', 'claim', 'makeRoom'] as const)
      await expect(act({ kind }, basis)).rejects.toBeInstanceOf(ConflictError);
    expect(rollout()).toEqual(before);
  });

  test('is a conflict when the Rollout is gone', async () => {
    const { act, observed, store } = await deployed();
    const basis = observed();
    store.delete({ kind: kinds.rollout, namespace: NAMESPACE, name: 'storefront' });
    await expect(act({ kind: 'claim' }, basis)).rejects.toBeInstanceOf(ConflictError);
  });
});

test('an abort changes the status alone', async () => {
  const { act, rollout, observed } = await deployed();
  const { generation } = rollout().metadata;
  await act({ kind: 'abort' });
  expect(observed()).toMatchObject({ abort: true, abortedAt: false, isObserved: false });
  expect(rollout().metadata.generation).toBe(generation);
});

test('room is made in the strategy, and seen there', async () => {
  const { act, observed } = await deployed();
  expect(observed().hasRoomMade).toBe(false);
  await act({ kind: 'makeRoom' });
  expect(observed().hasRoomMade).toBe(true);
});

function condition(type: string) {
  const at = '2026-01-05T09:00:00Z';
  return { type, status: 'True', reason: type, message: 'm', lastTransitionTime: at, lastUpdateTime: at };
}
