import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { ResolvedArgument } from './analysis-arguments.ts';
import type { AnalysisPhase, Metric, MetricResult } from './metric.ts';

/** An AnalysisRun as the model sees it. It has no status subresource: its generation grows with every measurement. */
export interface AnalysisRun extends KubernetesObject {
  readonly spec: {
    readonly metrics: readonly Metric[];
    readonly args?: readonly ResolvedArgument[];
    readonly terminate?: boolean;
  };
  readonly status: {
    readonly phase?: AnalysisPhase;
    readonly message?: string;
    readonly startedAt?: string;
    readonly completedAt?: string;
    readonly metricResults?: readonly MetricResult[];
  };
}

/** Sees an object of the store as an AnalysisRun; the schema has been checked by the store. */
export function asAnalysisRun(object: KubernetesObject): AnalysisRun {
  return { ...object, status: object['status'] ?? {} } as unknown as AnalysisRun;
}
