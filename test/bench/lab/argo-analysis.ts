import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryTarget } from '../../../src/analysis/grouped/plan-queries.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';

/** AnalysisRuns of Argo's own controller. */
export interface ArgoAnalysis {
  /** Measurements that are recorded so far. */
  measured(): Promise<number>;
}

/** What is measured, of whom, how often. */
export interface AnalysisPlan {
  readonly prometheusUrl: string;
  readonly queries: readonly string[];
  readonly targets: readonly QueryTarget[];
  readonly intervalMs: number;
  /** In Argo's language; holds of everything. */
  readonly condition: string;
}

const NAMESPACE = 'default';
const AT_ONCE = 10;
const STARTED_WITHIN_MS = 120_000;
const LOOK_EACH_MS = 500;

/** Makes a run a target with a metric a query, and waits until all have measured once. */
export async function startArgoAnalysis(api: KubernetesApi, plan: AnalysisPlan): Promise<ArgoAnalysis> {
  for (let from = 0; from < plan.targets.length; from += AT_ONCE) {
    const part = plan.targets.slice(from, from + AT_ONCE);
    await Promise.all(
      part.map((target) => api.create(runOf(target, plan), kinds.analysisRun, { fieldManager: FIELD_MANAGER })),
    );
  }
  await untilAllMeasured(api, plan);
  return {
    measured: async () => {
      const results = (await statuses(api)).flatMap(({ metricResults = [] }) => metricResults);
      return results.reduce((sum, { count = 0 }) => sum + count, 0);
    },
  };
}

async function untilAllMeasured(api: KubernetesApi, { queries, targets }: AnalysisPlan): Promise<void> {
  const limitAtMs = performance.now() + STARTED_WITHIN_MS;
  for (;;) {
    const seen = await statuses(api);
    const measured = seen.filter(({ metricResults = [] }) => metricResults.length === queries.length);
    if (measured.length === targets.length) return;
    if (performance.now() > limitAtMs) {
      const said = new Set(seen.map(({ message = 'no measurement yet' }) => message));
      throw new Error(`not all runs have begun: ${[...said].slice(0, 3).join('; ')}`);
    }
    await sleep(LOOK_EACH_MS);
  }
}

interface RunStatus {
  readonly message?: string;
  readonly metricResults?: readonly { readonly count?: number }[];
}

async function statuses(api: KubernetesApi): Promise<readonly RunStatus[]> {
  const { items } = await api.list(kinds.analysisRun, { namespace: NAMESPACE });
  return items.map((run) => (run['status'] as RunStatus | undefined) ?? {});
}

function runOf(
  { id, args }: QueryTarget,
  { prometheusUrl, queries, intervalMs, condition }: AnalysisPlan,
): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: id, namespace: NAMESPACE },
    spec: {
      args: Object.entries(args).map(([name, value]) => ({ name, value })),
      metrics: queries.map((query, index) => ({
        name: `metric-${index}`,
        interval: `${intervalMs / 1000}s`,
        successCondition: condition,
        // nothing ends a run
        failureLimit: 1_000_000,
        consecutiveErrorLimit: 1_000_000,
        provider: { prometheus: { address: prometheusUrl, query } },
      })),
    },
  };
}
