import type { JsonObject } from '../domain/workload.ts';
import { selectorLabels } from './labels.ts';

/** Lets a node drain take one pod of the workload at a time; over old and new pods together. */
export function podDisruptionBudget(workload: string, name: string, namespace: string): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(workload) } },
  };
}
