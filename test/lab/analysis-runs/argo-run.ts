import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { RunCase } from './run-case.ts';

/** The Secret that runs refer to. */
export const secretName = 'the-secret';
/** What is in it. */
export const secretValues = { token: 'sesame', three: '3' } as const;

/** Status of an AnalysisRun: zeros and empty texts are left out. */
export interface ArgoStatus {
  readonly phase: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly runSummary?: ArgoSummary;
  readonly dryRunSummary?: ArgoSummary;
  readonly metricResults?: readonly ArgoMetricResult[];
}

export interface ArgoSummary {
  readonly count?: number;
  readonly successful?: number;
  readonly failed?: number;
  readonly inconclusive?: number;
  readonly error?: number;
}

export interface ArgoMetricResult extends ArgoSummary {
  readonly name: string;
  readonly phase: string;
  readonly message?: string;
  readonly dryRun?: boolean;
  readonly consecutiveError?: number;
  readonly consecutiveSuccess?: number;
  readonly measurements?: readonly ArgoMeasurement[];
}

export interface ArgoMeasurement {
  readonly phase: string;
  readonly message?: string;
  readonly value?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The spec of a case with what all metrics have in common, as a template and a run both write it. */
export function specOf(run: RunCase, addressOf: (metric: number) => string): object {
  const { args, dryRun, measurementRetention } = run;
  const metrics = run.metrics.map(({ provider, ...metric }, index) => ({
    ...metric,
    provider: { prometheus: { address: addressOf(index), query: 'q', ...provider?.prometheus } },
  }));
  return { args, metrics, dryRun, measurementRetention };
}

/** The AnalysisRun of a case. */
export function analysisRun(name: string, namespace: string, spec: object, terminate: boolean): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name, namespace },
    spec: { ...spec, ...(terminate ? { terminate } : {}) },
  };
}

/** The status of an AnalysisRun; an empty phase until its controller has looked. */
export function statusOf(run: KubernetesObject | undefined): ArgoStatus {
  return (run as { readonly status?: ArgoStatus } | undefined)?.status ?? { phase: '' };
}

/** True for a status that changes no more. */
export function isOver({ phase }: ArgoStatus): boolean {
  return ['Successful', 'Failed', 'Error', 'Inconclusive'].includes(phase);
}

/** Measurements that a metric has taken, also those that are no longer kept. */
export function taken(result: ArgoMetricResult | undefined): number {
  return (result?.count ?? 0) + (result?.error ?? 0);
}
