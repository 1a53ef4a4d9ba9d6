import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { refOf } from '../model-store.ts';
import type { Pass } from './pass.ts';
import { isAborted } from './pause.ts';
import { availableOf, podHashOf, type ReplicaSet } from './replica-set.ts';
import { canaryOf, isRouted, POD_HASH_LABEL } from './rollout.ts';

const MANAGED_BY_ANNOTATION = 'argo-rollouts.argoproj.io/managed-by-rollouts';

/** Points the stable and the canary Service at their pods, once there are any. With a router and an abort it is the routing that does the second. */
export function reconcileServices(pass: Pass): void {
  const { stableService, canaryService } = canaryOf(pass.rollout);
  const { stable, canary } = pass.roles;
  pointService(pass, stableService, stable, 'whenThere');
  if (!isAborted(pass.rollout, pass.intent)) pointService(pass, canaryService, canary, 'whenThere');
  else if (!isRouted(pass.rollout)) pointService(pass, canaryService, stable, 'whenThere');
}

/** Writes the hash of a ReplicaSet into the selector of a Service: in any case, or only when it has pods to take the traffic. */
export function pointService(
  pass: Pass,
  name: string | undefined,
  replicaSet: ReplicaSet | undefined,
  when: 'whenThere' | 'anyway',
): void {
  if (name === undefined || replicaSet === undefined) return;
  const { environment, rollout } = pass;
  const service = environment.findService(rollout.metadata.namespace ?? '', name);
  if (service === undefined || selectedHash(service) === podHashOf(replicaSet)) return;
  if (when === 'whenThere' && !mayTakeTraffic(service, replicaSet)) return;
  environment.store.mergePatch(refOf(kinds.service, service), {
    metadata: { annotations: { [MANAGED_BY_ANNOTATION]: rollout.metadata.name } },
    spec: { selector: { [POD_HASH_LABEL]: podHashOf(replicaSet) } },
  });
}

/** A Service that was not the controller's before is taken over only when every pod is available. */
function mayTakeTraffic(service: KubernetesObject, replicaSet: ReplicaSet): boolean {
  const available = availableOf(replicaSet);
  const isManaged = service.metadata.annotations?.[MANAGED_BY_ANNOTATION] !== undefined;
  return available > 0 && (isManaged || available >= replicaSet.spec.replicas);
}

/** The hash that a Service selects; `undefined` where it selects pods of any. */
export function selectedHash(service: KubernetesObject): string | undefined {
  const spec = service['spec'] as { readonly selector?: Readonly<Record<string, string>> } | undefined;
  return spec?.selector?.[POD_HASH_LABEL];
}
