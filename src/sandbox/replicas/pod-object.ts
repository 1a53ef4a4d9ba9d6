import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { ReplicaSet } from '../argo/replica-set.ts';
import type { ModelStore } from '../model-store.ts';
import type { CountedPod } from './pod-set.ts';

/** Makes the Pod object of a counted pod. */
export function createPod(objects: ModelStore, replicaSet: ReplicaSet, pod: CountedPod): void {
  const { template } = replicaSet.spec;
  const { name, uid, namespace } = replicaSet.metadata;
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      ...(namespace === undefined ? {} : { namespace }),
      ...template.metadata,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: uid ?? '', controller: true }],
    },
    spec: template.spec ?? {},
    status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] },
  };
  objects.create(kinds.pod, object);
}

/** Says that a Pod is ready. */
export function markReady(objects: ModelStore, replicaSet: ReplicaSet, pod: CountedPod): void {
  const ref = { kind: kinds.pod, namespace: replicaSet.metadata.namespace ?? null, name: pod.name };
  const object = objects.get(ref);
  const status = (object?.['status'] ?? {}) as { readonly phase?: string };
  if (object === undefined || status.phase === 'Running') return;
  objects.mergePatch(ref, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, 'status');
}

/** Removes a Pod at once. */
export function deletePod(objects: ModelStore, replicaSet: ReplicaSet, pod: CountedPod): void {
  objects.delete({ kind: kinds.pod, namespace: replicaSet.metadata.namespace ?? null, name: pod.name });
}
