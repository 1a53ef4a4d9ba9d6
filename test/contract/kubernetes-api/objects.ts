import { randomUUID } from 'node:crypto';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef, ResourceKind } from '../../../src/ports/kubernetes-api.ts';

/** A namespace of the test's own. */
export async function newNamespace(api: KubernetesApi): Promise<string> {
  const name = `contract-${randomUUID().slice(0, 8)}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await api.create(namespace, kinds.namespace, { fieldManager: 'contract' });
  return name;
}

/** A Rollout that the real schema takes. */
export function rollout(
  namespace: string,
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
): KubernetesObject {
  const labels = { app: name };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } },
      strategy: { canary: { steps: [{ setWeight: 10 }, { pause: {} }] } },
      ...spec,
    },
  };
}

/** A Lease: the simplest object that no controller touches. */
export function lease(
  namespace: string,
  name: string,
  fields: { readonly labels?: Record<string, string>; readonly spec?: Record<string, unknown> } = {},
): KubernetesObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(fields.labels === undefined ? {} : { labels: fields.labels }) },
    spec: fields.spec ?? { leaseDurationSeconds: 15 },
  };
}

/** Where an object is. */
export function refOf(object: KubernetesObject, kind: ResourceKind): ObjectRef {
  return { kind, namespace: object.metadata.namespace ?? null, name: object.metadata.name };
}

/** The value at `a.b.c`; `undefined` where the way ends. */
export function valueAt(object: KubernetesObject | undefined, path: string): unknown {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}
