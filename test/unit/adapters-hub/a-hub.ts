import { createHubStore } from '../../../src/adapters/hub/hub-store.ts';
import { crds } from '../../../src/config/crds.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { ResourceKind } from '../../../src/ports/kubernetes-api.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi, type InProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

export const NAMESPACE = 'tidegate-system';
const us = { fieldManager: 'tidegate' };

/** A hub with our kinds, on virtual time, and the store over it. */
export function aHub() {
  const clock = createVirtualClock();
  const cluster = createStore({ clock, cluster: 'hub' });
  for (const crd of crds()) cluster.create(crd, kinds.customResourceDefinition, us);
  cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, kinds.namespace, us);
  const api: InProcessApi = createInProcessApi(cluster);
  const reported: string[] = [];
  /** The store as another daemon has it. */
  const openStore = () =>
    createHubStore({
      api,
      namespace: NAMESPACE,
      clock,
      random: () => 0.5,
      report: (message) => void reported.push(message),
    });
  return {
    clock,
    cluster,
    api,
    store: openStore(),
    openStore,
    reported,
    list: (kind: ResourceKind) => cluster.list(kind, { namespace: NAMESPACE }).items,
    create: (kind: ResourceKind, name: string, spec: unknown, metadata: object = {}) =>
      cluster.create(
        {
          apiVersion: 'tidegate.dev/v1alpha1',
          kind: kind.kind,
          metadata: { name, namespace: NAMESPACE, ...metadata },
          spec,
        },
        kind,
        { fieldManager: 'kubectl' },
      ),
    remove: (kind: ResourceKind, name: string) => cluster.delete({ kind, namespace: NAMESPACE, name }),
  };
}

/** A Release's spec as people write it. */
export const RELEASE_SPEC = {
  workload: 'storefront',
  version: { name: '4.12.0', images: { app: `registry.example/storefront@sha256:${'a1'.repeat(32)}` } },
  plan: 'saas-tiers',
};
