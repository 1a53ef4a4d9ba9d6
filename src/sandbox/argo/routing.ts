import type { KubernetesObject, ObjectRef } from '../../ports/kubernetes-api.ts';
import { ingressKind } from '../kubernetes/built-in-resources.ts';
import { refOf } from '../model-store.ts';
import type { Pass } from './pass.ts';
import { isAborted } from './pause.ts';
import { isAtDesiredCounts } from './replica-counts.ts';
import { availableOf, podHashOf } from './replica-set.ts';
import { ownerReference } from './revision.ts';
import {
  canaryOf,
  isFullyPromoted,
  isRouted,
  type Rollout,
  replicasOf,
  stepsOf,
  type TrafficWeights,
} from './rollout.ts';
import { pointService } from './services.ts';
import { currentWeight } from './steps.ts';

const WEIGHT_ANNOTATION = 'nginx.ingress.kubernetes.io/canary-weight';

/** Tells the router the weight of this moment, as long as the stable pods can bear the rest of the traffic, and keeps it for the status. */
export function reconcileRouting(pass: Pass): void {
  const { rollout, roles } = pass;
  if (!isRouted(rollout)) {
    pass.weights = undefined;
    return;
  }
  const isAborting = !isFullyPromoted(rollout) && isAborted(rollout, pass.intent);
  if (isAborting) pointService(pass, canaryOf(rollout).canaryService, roles.stable, 'anyway');
  const weight = isAborting ? 0 : weightOf(pass);
  const neededPods = Math.floor(((100 - weight) * replicasOf(rollout)) / 100);
  if (roles.stable === undefined || availableOf(roles.stable) < neededPods) return;
  writeCanaryIngress(pass, weight);
  pass.weights = weightsOf(pass, weight);
}

/** Percent for the canary. It never leads to pods that are not there, and rises when all those of a step are. */
function weightOf({ rollout, roles }: Pass): number {
  if (isFullyPromoted(rollout) || availableOf(roles.canary) === 0) return 0;
  if (rollout.status.promoteFull === true) return rollout.status.canary?.weights?.canary.weight ?? 0;
  const steps = stepsOf(rollout);
  if (steps.length === 0) return 0;
  return isAtDesiredCounts(rollout, roles) ? currentWeight(rollout) : weightBefore(rollout);
}

function weightBefore(rollout: Rollout): number {
  const passed = stepsOf(rollout).slice(0, rollout.status.currentStepIndex ?? 0);
  return passed.findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;
}

function weightsOf({ rollout, roles }: Pass, weight: number): TrafficWeights {
  const { canaryService = '', stableService = '' } = canaryOf(rollout);
  const hashOf = (side: 'canary' | 'stable') => (roles[side] === undefined ? '' : podHashOf(roles[side]));
  return {
    canary: { weight, serviceName: canaryService, podTemplateHash: hashOf('canary') },
    stable: { weight: 100 - weight, serviceName: stableService, podTemplateHash: hashOf('stable') },
  };
}

/** A copy of the stable Ingress for the canary Service, made when it is missing. */
function writeCanaryIngress(pass: Pass, weight: number): void {
  const { store } = pass.environment;
  const namespace = pass.rollout.metadata.namespace ?? null;
  const stableName = canaryOf(pass.rollout).trafficRouting?.nginx?.stableIngress ?? '';
  const ref: ObjectRef = { kind: ingressKind, namespace, name: `${pass.rollout.metadata.name}-${stableName}-canary` };
  const written = store.get(ref);
  const value = String(weight);
  if (written === undefined) {
    const stable = store.get({ ...ref, name: stableName });
    if (stable !== undefined) store.create(ingressKind, canaryIngress(pass, stable, ref.name, value));
  } else if (written.metadata.annotations?.[WEIGHT_ANNOTATION] !== value) {
    store.mergePatch(refOf(ingressKind, written), { metadata: { annotations: { [WEIGHT_ANNOTATION]: value } } });
  }
}

function canaryIngress({ rollout }: Pass, stable: KubernetesObject, name: string, weight: string): KubernetesObject {
  const { canaryService = '', stableService = '' } = canaryOf(rollout);
  const text = JSON.stringify(stable['spec'] ?? {});
  return {
    apiVersion: stable.apiVersion,
    kind: stable.kind,
    metadata: {
      name,
      ...(rollout.metadata.namespace === undefined ? {} : { namespace: rollout.metadata.namespace }),
      annotations: { 'nginx.ingress.kubernetes.io/canary': 'true', [WEIGHT_ANNOTATION]: weight },
      ownerReferences: [ownerReference(rollout)],
    },
    spec: JSON.parse(text.replaceAll(`"name":"${stableService}"`, `"name":"${canaryService}"`)),
  };
}
