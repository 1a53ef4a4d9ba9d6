import type { DaemonEvent } from '../controller/daemon.ts';
import type { NotificationEvent } from '../controller/notifications/recipient.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import type { LeadershipState } from '../ports/leadership.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import { createFreshness } from './freshness.ts';
import type { Answer } from './http-server.ts';
import { createEventCounter } from './metrics/count-events.ts';
import { type ApiCall, meterApi } from './metrics/metered-api.ts';
import { type Measured, meterSource } from './metrics/metered-source.ts';
import { createMetricSet } from './metrics/metric-set.ts';
import { createReleasesSeen, showFreshness, showLeadership } from './metrics/show-state.ts';
import { type Readiness, readiness } from './readiness.ts';

/** What telemetry is made of. */
export interface TelemetryOptions {
  readonly clock: Clock;
  /** Milliseconds of a clock that never goes back. */
  readonly stopwatch: () => number;
  readonly version: string;
  /** Name of the hub in its own calls. */
  readonly hub: string;
  /** A hub that has not answered for so long is not fresh. */
  readonly hubSilentMs: number;
  /** Asked at every scrape: a leader whose time is over follows. */
  readonly leadership: () => LeadershipState;
}

/** All that a daemon tells of itself, apart from its log. */
export interface Telemetry {
  report(event: DaemonEvent): void;
  /** News that were told, or not. */
  notified(event: NotificationEvent): void;
  meterApi<Api extends KubernetesApi>(api: Api): Api;
  meterSource(source: MetricSource): MetricSource;
  /** In Prometheus' text format, as of now. */
  metrics(): Promise<Answer>;
  readiness(): Readiness;
}

/** Makes the telemetry of one daemon. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, stopwatch, leadership } = options;
  const metrics = createMetricSet();
  const freshness = createFreshness(options.hub, options.hubSilentMs);
  const releases = createReleasesSeen();
  const count = createEventCounter(metrics, () => clock.now());
  metrics.build.set({ version: options.version }, 1);
  metrics.startedSeconds.set(Math.round(clock.now() / 1000 - process.uptime()));

  function noteCall(call: ApiCall): void {
    const { cluster, verb, outcome, tookMs } = call;
    metrics.apiRequests.inc({ cluster, verb, outcome });
    if (tookMs !== null) metrics.apiSeconds.observe({ cluster }, tookMs / 1000);
    freshness.called(call, clock.now());
  }

  function noteMeasured(measured: Measured): void {
    const { source, tookMs, failure } = measured;
    metrics.measurementSeconds.observe({ source }, tookMs / 1000);
    if (failure !== null) metrics.measurementFailures.inc({ source, outcome: failure.outcome });
    freshness.measured(measured);
  }

  return {
    report(event) {
      releases.take(event);
      freshness.take(event);
      count(event);
    },
    notified: ({ type: outcome, recipient }) => metrics.notices.inc({ recipient, outcome }),
    meterApi: (api) => meterApi(api, stopwatch, noteCall),
    meterSource: (source) => meterSource(source, stopwatch, noteMeasured),
    async metrics() {
      const now = clock.now();
      showLeadership(metrics, leadership());
      showFreshness(metrics, freshness);
      releases.show(metrics, now);
      showProcess(metrics);
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    },
    readiness: () => readiness(leadership(), freshness.notFresh(clock.now())),
  };
}

function showProcess({ memoryBytes, cpuSeconds }: ReturnType<typeof createMetricSet>): void {
  const { user, system } = process.cpuUsage();
  memoryBytes.set(process.memoryUsage.rss());
  cpuSeconds.reset();
  cpuSeconds.inc((user + system) / 1e6);
}
