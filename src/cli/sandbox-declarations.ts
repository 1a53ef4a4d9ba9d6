import type { KubernetesObject } from '../ports/kubernetes-api.ts';

/** Labels of the series that the sandbox serves, whatever a fleet's own are called. */
const SERIES = {
  scrapeInterval: '1s',
  matchers: { cluster: '${cluster.name}' },
  labels: { tenant: 'tenant_id', revision: { label: 'rollouts_pod_template_hash' } },
};

/**
 * A declaration as it holds in the sandbox: each cluster is a context of its own name, each source is the sandbox's Prometheus.
 * Everything else is as its file says.
 *
 * @param prometheusUrl `null`: nothing is measured, and sources stay as they are
 */
export function asInSandbox(object: KubernetesObject, prometheusUrl: string | null): KubernetesObject {
  if (object.kind === 'Cluster') {
    return { ...object, spec: { ...(object['spec'] as object), access: { context: object.metadata.name } } };
  }
  if (object.kind === 'MetricSource' && prometheusUrl !== null) {
    return { ...object, spec: { url: prometheusUrl, ...SERIES } };
  }
  return object;
}
