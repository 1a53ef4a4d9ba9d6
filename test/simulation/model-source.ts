import { recentMs } from '../../src/analysis/evidence-window.ts';
import { TransientError } from '../../src/domain/errors.ts';
import type { MeasuredSlo } from '../../src/domain/plan.ts';
import type { SeriesSeen } from '../../src/domain/series-seen.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { MeasuredRow, MetricSource } from '../../src/ports/metric-source.ts';
import type { World } from '../../src/sandbox/world.ts';

/** What the simulated traffic of a version looks like to one tenant. */
export interface Behaviour {
  /** Share of bad events, 0…1, by SLO kind. */
  badRatio(tenantId: string, image: string, slo: MeasuredSlo): number;
  requestsPerSecond(tenantId: string): number;
  /** What goes wrong with a round. */
  fault(): 'none' | 'unavailable' | 'empty';
}

interface Placed {
  readonly cluster: string;
  readonly namespace: string;
}

/** A metric source computed from the world's ReplicaSets as they are now. Rows of a revision exist while it has ready pods. */
export function createModelSource(
  name: string,
  world: World,
  placeOf: (cluster: string, tenantId: string) => Placed | undefined,
  behaviour: Behaviour,
): MetricSource {
  return {
    name,
    async measure({ slo, windowMs, rows }) {
      await Promise.resolve();
      const fault = behaviour.fault();
      if (fault === 'unavailable') throw new TransientError('connection refused');
      if (fault === 'empty') return [];
      return rows.flatMap(({ cluster, tenantId }) => {
        const place = placeOf(cluster, tenantId);
        return place === undefined ? [] : rowsOf(world, place, tenantId, slo, windowMs, behaviour);
      });
    },
  };
}

function rowsOf(
  world: World,
  place: Placed,
  tenantId: string,
  slo: MeasuredSlo,
  windowMs: number,
  behaviour: Behaviour,
): MeasuredRow[] {
  const sets = world
    .store(place.cluster)
    .list(kinds.replicaSet, { namespace: place.namespace })
    .items.map((set) => ({
      revision: set.metadata.labels?.['rollouts-pod-template-hash'] ?? '',
      ready: (set['status'] as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0,
      image: (set['spec'] as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]!
        .image,
    }));
  const pods = sets.reduce((sum, set) => sum + set.ready, 0);
  const requests = (behaviour.requestsPerSecond(tenantId) * windowMs) / 1000;
  return sets
    .filter((set) => set.ready > 0)
    .map(({ revision, ready, image }) => {
      const total = (requests * ready) / pods;
      const good = total * (1 - behaviour.badRatio(tenantId, image, slo));
      return { cluster: place.cluster, tenantId, revision, good, total, seen: steadySeries(total, windowMs) };
    });
}

const SCRAPE_MS = 1_000;

/** What a Prometheus sees of pods that have served evenly for the whole window. */
function steadySeries(total: number, windowMs: number): SeriesSeen {
  const recentEvents = (total * recentMs(windowMs, SCRAPE_MS)) / windowMs;
  return { newest: { kind: 'fresh' }, scrapes: windowMs / SCRAPE_MS, resets: 0, recentEvents, unseenBad: 0 };
}
