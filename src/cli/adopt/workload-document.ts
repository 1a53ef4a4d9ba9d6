import type { JsonObject } from '../../domain/workload.ts';

/** What is known of a workload whose Rollouts others made. */
export interface WorkloadSketch {
  readonly workload: string;
  readonly rollout: string;
  readonly containers: readonly string[];
  /** Pods as seen; 0: none, or not known. */
  readonly replicas: number;
}

/** A Workload document to start from. Its SLO is a skeleton: metrics and objectives are the reader's. */
export function workloadDocument({ workload, rollout, containers, replicas }: WorkloadSketch): JsonObject {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Workload',
    metadata: { name: workload },
    spec: {
      source: {
        existing: {
          rollout,
          containers: Object.fromEntries(containers.map((container) => [container, container])),
          ...(replicas > 0 ? { replicas: { default: replicas } } : {}),
        },
      },
      slos: [
        {
          name: 'availability',
          good: 'http_requests_total{code!~"5.."}',
          total: 'http_requests_total',
          objective: { default: '0.99' },
        },
      ],
    },
  };
}
