import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric that a daemon has. */
export type MetricSet = ReturnType<typeof createMetricSet>;

const PASS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1];
const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes them in a registry of their own; help, type and labels are printed into docs/reference/metrics.md. */
export function createMetricSet() {
  const registry = new Registry();
  return { registry, ...states(registry), ...counts(registry), ...durations(registry) };
}

/** Set when somebody scrapes. */
function states(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    build: gauge('tidegate_build_info', 'Always 1; the version that runs', ['version']),
    memoryBytes: gauge('tidegate_resident_memory_bytes', 'Memory of the process', []),
    startedSeconds: gauge('tidegate_start_time_seconds', 'When the process started, since the epoch', []),
    leading: gauge('tidegate_leading', '1 while this daemon leads, 0 while it follows', []),
    epoch: gauge('tidegate_leadership_epoch', 'Epoch of its leadership; 0 while it follows', []),
    releases: gauge('tidegate_releases', 'Releases in the hub by phase, seen by the leader', ['phase']),
    targets: gauge('tidegate_targets', 'Targets of a release under way by wave and state', [
      'release',
      'wave',
      'state',
    ]),
    waits: gauge('tidegate_release_waits', 'What a release under way waits for: lines of its status by reason', [
      'release',
      'reason',
    ]),
    stuck: gauge('tidegate_commands_stuck', 'Commands without effect for more than a minute', ['cluster']),
    clusterFresh: gauge('tidegate_cluster_fresh', '1 while the cluster is seen as it is now, else 0', ['cluster']),
    sourceFresh: gauge('tidegate_metric_source_fresh', '1 when its last measurement came back, else 0', ['source']),
    lag: gauge(
      'tidegate_controller_lag_seconds',
      "From a change of a Rollout to the cluster's controller having taken it, of late",
      ['cluster', 'percentile'],
    ),
    effect: gauge('tidegate_command_effect_seconds', 'From a command to its effect being seen, of late', [
      'cluster',
      'percentile',
    ]),
    owed: gauge('tidegate_controller_waiting', "Rollouts that wait for the cluster's controller", ['cluster']),
  };
}

function counts(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return {
    verdicts: counter('tidegate_verdicts_total', 'Verdicts that moved a target', ['slo', 'verdict']),
    rollbacks: counter('tidegate_rollbacks_total', 'Rollbacks decided', ['scope', 'reason']),
    sent: counter('tidegate_commands_sent_total', 'Commands sent, nudges apart', ['action', 'cluster']),
    nudges: counter('tidegate_nudges_total', 'Nudges, by the effect that was overdue', ['effect', 'cluster']),
    refused: counter('tidegate_commands_refused_total', 'Commands and nudges that were refused or failed', [
      'action',
      'cluster',
      'outcome',
    ]),
    measurementFailures: counter('tidegate_measurement_failures_total', 'Measurements that failed', [
      'source',
      'outcome',
    ]),
    notices: counter('tidegate_notices_total', 'News by recipient and what became of them', ['recipient', 'outcome']),
    apiRequests: counter('tidegate_api_requests_total', 'Requests to Kubernetes APIs', ['cluster', 'verb', 'outcome']),
    cpuSeconds: counter('tidegate_cpu_seconds_total', 'Processor time of the process', []),
  };
}

function durations(registry: Registry) {
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: readonly number[],
  ) => new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] });
  return {
    passSeconds: histogram(
      'tidegate_pass_duration_seconds',
      'One pass over a release: look and decide',
      [],
      PASS_SECONDS,
    ),
    measurementSeconds: histogram(
      'tidegate_measurement_duration_seconds',
      'One grouped measurement',
      ['source'],
      CALL_SECONDS,
    ),
    apiSeconds: histogram(
      'tidegate_api_request_duration_seconds',
      'Requests to Kubernetes APIs, watches apart',
      ['cluster'],
      CALL_SECONDS,
    ),
  };
}
