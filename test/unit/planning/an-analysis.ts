import type { TemplateMetric } from '../../../src/domain/analysis-template.ts';
import type { WorkloadAnalysis } from '../../../src/domain/workload.ts';

/** A metric that asks for the payments of a namespace and a revision. */
export const metric = (parts: Partial<TemplateMetric> & { readonly query?: string } = {}): TemplateMetric => {
  const { query = 'sum(rate(paid_total{ns="{{args.ns}}",hash="{{args.hash}}"}[1m]))', ...rest } = parts;
  return {
    name: 'success',
    interval: '10s',
    initialDelay: null,
    count: 3,
    successCondition: 'result[0] >= {{args.least}}',
    failureCondition: null,
    failureLimit: 1,
    inconclusiveLimit: null,
    consecutiveErrorLimit: null,
    consecutiveSuccessLimit: null,
    provider: {
      kind: 'prometheus',
      address: null,
      query,
      authentication: { kind: 'none' },
      timeoutSeconds: null,
      insecure: false,
      headers: [],
      rangeQuery: null,
    },
    ...rest,
  };
};

/** An analysis of such metrics. */
export const checkout = (
  metrics: readonly TemplateMetric[] = [metric()],
  args: WorkloadAnalysis['args'] = [
    { name: 'ns', value: { kind: 'text', text: '${target.namespace}' } },
    { name: 'hash', value: { kind: 'podTemplateHash', of: 'Latest' } },
  ],
): WorkloadAnalysis => ({
  name: 'checkout',
  template: {
    args: ['ns', 'hash', 'least'].map((name) => ({ name, value: name === 'least' ? '0.9' : null, valueFrom: null })),
    metrics,
    dryRun: [],
    measurementRetention: [],
  },
  args,
});
