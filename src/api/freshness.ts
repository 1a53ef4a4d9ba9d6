import type { DaemonEvent } from '../controller/daemon.ts';
import type { Instant } from '../domain/time.ts';
import type { ApiCall } from './metrics/metered-api.ts';
import type { Measured } from './metrics/metered-source.ts';

/** Something that the daemon cannot go by at the moment. */
export interface NotFresh {
  readonly kind: 'hub' | 'cluster' | 'metricSource';
  readonly name: string;
  readonly message: string;
}

/** What is known of hub, clusters and metric sources: `null` for one that is fresh, else why it is not. */
export interface Freshness {
  readonly clusters: ReadonlyMap<string, string | null>;
  readonly sources: ReadonlyMap<string, string | null>;
  notFresh(now: Instant): readonly NotFresh[];
  take(event: DaemonEvent): void;
  called(call: ApiCall, at: Instant): void;
  measured(measured: Measured): void;
}

/**
 * Keeps what was last seen of each. Clusters are watched while this daemon leads, sources asked while a release is under way, and forgotten after.
 *
 * @param hub name of the hub in its calls
 * @param hubSilentMs a hub that has not answered for so long is not fresh
 */
export function createFreshness(hub: string, hubSilentMs: number): Freshness {
  const clusters = new Map<string, string | null>();
  const sources = new Map<string, string | null>();
  const sessions = new Set<string>();
  let hubAnsweredAt: Instant | null = null;

  function hubSilence(now: Instant): string | null {
    if (hubAnsweredAt === null) return 'has not answered yet';
    const silentMs = now - hubAnsweredAt;
    return silentMs <= hubSilentMs ? null : `has not answered for ${Math.round(silentMs / 1000)} s`;
  }

  return {
    clusters,
    sources,
    notFresh(now) {
      const silence = hubSilence(now);
      return [
        ...(silence === null ? [] : [{ kind: 'hub', name: hub, message: silence } as const]),
        ...stale('cluster', clusters),
        ...stale('metricSource', sources),
      ];
    },
    take(event) {
      switch (event.type) {
        case 'leading':
        case 'following':
          clusters.clear();
          sources.clear();
          return;
        case 'clusterState':
          clusters.set(event.cluster, event.state.kind === 'fresh' ? null : event.state.message);
          return;
        case 'clusterUnusable':
          clusters.set(event.cluster, event.error.message);
          return;
        case 'sessionStarted':
          sessions.add(event.release);
          return;
        case 'sessionEnded':
          sessions.delete(event.release);
          if (sessions.size === 0) sources.clear();
          return;
        default:
          return;
      }
    },
    called({ cluster, outcome }, at) {
      if (cluster === hub && outcome !== 'transient') hubAnsweredAt = at;
    },
    measured({ source, failure }) {
      if (sessions.size > 0) sources.set(source, failure?.message ?? null);
    },
  };
}

function stale(kind: NotFresh['kind'], states: ReadonlyMap<string, string | null>): readonly NotFresh[] {
  return [...states].flatMap(([name, message]) => (message === null ? [] : [{ kind, name, message }]));
}
