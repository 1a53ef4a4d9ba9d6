import { podTemplate, ROLLOUT } from './foreign-fleet.ts';

/** What the autoscaler wants. */
export const SCALED_PODS = 4;

/** Needs no metrics: fewer pods than its minimum are raised to it. */
export function autoscaler(namespace: string, apiVersion: string, kind: string): object {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: ROLLOUT, namespace },
    spec: {
      minReplicas: SCALED_PODS,
      maxReplicas: SCALED_PODS,
      scaleTargetRef: { apiVersion, kind, name: ROLLOUT },
      metrics: [{ type: 'Resource', resource }],
    },
  };
}

/** A Deployment of the same name and pods. */
export function deployment(namespace: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: ROLLOUT, namespace },
    spec: { replicas: SCALED_PODS, selector: { matchLabels: { app: ROLLOUT } }, template: podTemplate('1') },
  };
}
