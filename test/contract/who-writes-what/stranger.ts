import { refOf } from '../../../src/controller/actor.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { OneTarget } from './one-target.ts';
import type { DrivenWorld } from './world.ts';

/** The variable that a stranger puts into a template. */
export const STRANGERS_VARIABLE = { name: 'STRANGER', value: 'was here' };

/** Somebody adds a variable to the template, under a manager of his own, by server-side apply. */
export function addVariable(world: DrivenWorld, target: OneTarget): Promise<KubernetesObject> {
  const containers = [{ name: 'app', env: [STRANGERS_VARIABLE] }];
  return apply(world, target, 'stranger', { template: { spec: { containers } } });
}

/** Somebody adds to the strategy, the same way. */
export function addStrategyField(world: DrivenWorld, target: OneTarget): Promise<KubernetesObject> {
  const canary = { replicaProgressThreshold: { type: 'Percent', value: 90 } };
  return apply(world, target, 'another-stranger', { strategy: { canary } });
}

/** Somebody scales, as `kubectl scale` does. */
export function scale(world: DrivenWorld, target: OneTarget, replicas: number): Promise<KubernetesObject> {
  return world.api.mergePatch(refOf(target.indexed), { spec: { replicas } }, { fieldManager: 'kubectl-scale' });
}

/** Somebody does what `kubectl argo rollouts promote --full` does. */
export function promoteFull(world: DrivenWorld, target: OneTarget): Promise<KubernetesObject> {
  const write = { fieldManager: 'kubectl-argo-rollouts', subresource: 'status' } as const;
  return world.api.mergePatch(refOf(target.indexed), { status: { promoteFull: true } }, write);
}

/** Somebody changes what means nothing, which makes the controller look. */
export function touch(world: DrivenWorld, target: OneTarget): Promise<KubernetesObject> {
  const annotations = { 'example.com/touched': 'yes' };
  return world.api.mergePatch(
    refOf(target.indexed),
    { metadata: { annotations } },
    { fieldManager: 'kubectl-annotate' },
  );
}

function apply(world: DrivenWorld, target: OneTarget, fieldManager: string, spec: object): Promise<KubernetesObject> {
  const { namespace, rollout: name } = target.indexed.target;
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name, namespace }, spec };
  return world.api.apply(object, kinds.rollout, { fieldManager, force: true });
}
