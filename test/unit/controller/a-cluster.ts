import { perform } from '../../../src/controller/actor.ts';
import { targetId } from '../../../src/domain/plan.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject, ObjectRef, ResourceKind } from '../../../src/ports/kubernetes-api.ts';
import type { Action, Command } from '../../../src/release/commands.ts';
import { projectRollout } from '../../../src/release/observed-target.ts';
import { indexPlan } from '../../../src/release/plan-index.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import type { ApiCall, Fault } from '../../../src/sandbox/kubernetes/fault.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';
import { planned } from '../planning/storefront.ts';

export const CLUSTER = 'shared-eu';
export const NAMESPACE = 'globex';
export const GLOBEX = targetId(CLUSTER, NAMESPACE, 'storefront');
export const OLD_IMAGE = 'registry.example/storefront@sha256:old';
export const EPOCH = 3;
const HASH_LABEL = 'rollouts-pod-template-hash';

export const INDEX = indexPlan(planned());
export const ROLLOUT: ObjectRef = { kind: kinds.rollout, namespace: NAMESPACE, name: 'storefront' };

const us = { fieldManager: 'tidegate' };
const stranger = { fieldManager: 'kubectl-edit' };

/** One cluster without any controller, and a client that notes what it does. */
export function aCluster() {
  const clock = createVirtualClock();
  const store = createStore({ clock, cluster: CLUSTER });
  const calls: string[] = [];
  let fault: Fault = 'none';
  const api = createInProcessApi(store, {
    onCall: ({ verb, kind, name }: ApiCall) =>
      void calls.push(`${verb} ${kind.kind}${name === null ? '' : ` ${name}`}`),
    faults: () => fault,
  });
  const read = (kind: ResourceKind, name = 'storefront') => store.get({ kind, namespace: NAMESPACE, name });
  const rollout = () => store.get(ROLLOUT)!;
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, kinds.namespace, us);

  return {
    clock,
    store,
    api,
    calls,
    read,
    rollout,
    observed: () => projectRollout(rollout()),
    spec: () => rollout()['spec'] as { replicas: number; strategy: JsonObject; template: JsonObject },
    fail: (next: Fault) => {
      fault = next;
    },
    /** Carries out an action on the Rollout as it stands, or as it stood. */
    act: (action: Action, basis: Command['basis'] = action.kind === 'create' ? null : projectRollout(rollout())) =>
      perform(api, INDEX, { target: GLOBEX, epoch: EPOCH, basis, action }),
    /** Somebody else merges a change into an object. */
    edit: (change: unknown, ref: ObjectRef = ROLLOUT) => store.mergePatch(ref, change, stranger),
    /** What the Argo controller would show. */
    show: (status: unknown) => store.mergePatch(ROLLOUT, { status }, { ...us, subresource: 'status' }),
    /** A ReplicaSet with this pod hash, of the Rollout unless told. */
    replicaSet: (hash: string, owner = 'storefront') => {
      const labels = { 'app.kubernetes.io/name': 'storefront', [HASH_LABEL]: hash };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: OLD_IMAGE }] } };
      const set: KubernetesObject = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name: `${owner}-${hash}`,
          namespace: NAMESPACE,
          labels,
          ownerReferences: [
            { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: owner, uid: 'u', controller: true },
          ],
        },
        spec: { replicas: 2, selector: { matchLabels: labels }, template },
      };
      return store.create(set, kinds.replicaSet, us);
    },
  };
}
