import { type Counters, countersAt, isExposed } from './counters.ts';
import type { TenantRevision, Traffic } from './traffic.ts';
import { LATENCY_BOUNDS } from './traffic-model.ts';

/** The metrics of a cluster's pods in Prometheus' text format. `null` is all clusters. */
export function metricsText(traffic: Traffic, cluster: string | null): string {
  const now = traffic.clock.now();
  const rows = traffic.tenantRevisions(cluster).filter((row) => isExposed(row, now));
  const counted = rows.map((row) => ({ labels: labelsOf(row), counters: countersAt(row, now) }));
  return [
    '# HELP http_requests_total Requests by answer.',
    '# TYPE http_requests_total counter',
    ...counted.flatMap(({ labels, counters }) => requestLines(labels, counters)),
    '# HELP http_request_duration_seconds How long requests took.',
    '# TYPE http_request_duration_seconds histogram',
    ...counted.flatMap(({ labels, counters }) => durationLines(labels, counters)),
    '',
  ].join('\n');
}

function labelsOf({ tenant, revision }: TenantRevision): string {
  const labels = {
    cluster: tenant.cluster,
    namespace: tenant.namespace,
    tenant_id: tenant.id,
    rollouts_pod_template_hash: revision.podHash,
  };
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

/** Errors are exposed from the start, at 0: a series that first appears with the first error hides it. */
function requestLines(labels: string, { ok, failed }: Counters): readonly string[] {
  return [`http_requests_total{${labels},code="200"} ${ok}`, `http_requests_total{${labels},code="500"} ${failed}`];
}

function durationLines(labels: string, { within, total, secondsSum }: Counters): readonly string[] {
  const name = 'http_request_duration_seconds';
  return [
    ...LATENCY_BOUNDS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${within[index] ?? 0}`),
    `${name}_bucket{${labels},le="+Inf"} ${total}`,
    `${name}_sum{${labels}} ${secondsSum.toFixed(3)}`,
    `${name}_count{${labels}} ${total}`,
  ];
}
