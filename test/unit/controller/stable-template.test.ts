import { expect, test } from 'vitest';
import { stableTemplate } from '../../../src/controller/stable-template.ts';
import { TerminalError } from '../../../src/domain/errors.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { IndexedTarget } from '../../../src/release/plan-index.ts';

const indexed = { target: { id: 'eu/acme/shop', namespace: 'acme', rollout: 'shop' } } as IndexedTarget;

function replicaSet(templateMetadata: object, annotations: Readonly<Record<string, string>> = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'shop-abc',
      namespace: 'acme',
      annotations,
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop', uid: 'u', controller: true },
      ],
    },
    spec: { template: { metadata: templateMetadata, spec: { containers: [] } } },
  };
}

const apiWith = (...items: readonly KubernetesObject[]) =>
  ({
    cluster: 'eu',
    list: () => Promise.resolve({ items, resourceVersion: '1', continueToken: null }),
  }) as unknown as KubernetesApi;

const HASH = 'rollouts-pod-template-hash';
const cases: readonly [string, KubernetesObject, object][] = [
  [
    'the hash label is the ReplicaSet\u2019s, not the template\u2019s',
    replicaSet({ labels: { app: 'shop', [HASH]: 'abc' } }),
    { labels: { app: 'shop' } },
  ],
  [
    'what an old server adds to the metadata is left out',
    replicaSet({ creationTimestamp: null, labels: { app: 'shop', [HASH]: 'abc' }, annotations: { a: 'b' } }),
    { labels: { app: 'shop' }, annotations: { a: 'b' } },
  ],
  [
    'what Argo put in for a while is left out',
    replicaSet(
      { labels: { app: 'shop', role: 'stable', [HASH]: 'abc' }, annotations: { a: 'b', seen: 'yes' } },
      { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"stable"},"annotations":{"seen":"yes"}}' },
    ),
    { labels: { app: 'shop' }, annotations: { a: 'b' } },
  ],
];

test.each(cases)('%s', async (_, object, metadata) => {
  const template = await stableTemplate(apiWith(object), indexed, 'abc');
  expect(template).toEqual({ metadata, spec: { containers: [] } });
});

test('a ReplicaSet that is gone is said by its hash', async () => {
  await expect(stableTemplate(apiWith(), indexed, 'abc')).rejects.toThrow(TerminalError);
  await expect(stableTemplate(apiWith(), indexed, 'abc')).rejects.toThrow('the ReplicaSet with hash abc is gone');
});
