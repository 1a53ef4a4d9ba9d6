import { recentMs } from '../../src/analysis/evidence-window.ts';
import { assertNever } from '../../src/domain/assert-never.ts';
import { TransientError } from '../../src/domain/errors.ts';
import type { MeasuredSlo } from '../../src/domain/plan.ts';
import type { SeriesSeen } from '../../src/domain/series-seen.ts';
import type { TargetAnswer } from '../../src/ports/grouped-queries.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { MeasuredRow, MetricSource } from '../../src/ports/metric-source.ts';
import type { World } from '../../src/sandbox/world.ts';

/** What the simulated traffic of a version looks like to one tenant. */
export interface Behaviour {
  /** Share of bad events, 0…1, by SLO kind. */
  badRatio(tenantId: string, image: string, slo: MeasuredSlo): number;
  requestsPerSecond(tenantId: string): number;
  /** Share of what only a team's own analysis sees to be bad, 0…1. @default none */
  badPayments?(namespace: string, image: string): number;
  /** What goes wrong with a round. */
  fault(): SourceFault;
}

/**
 * What goes wrong with a round.
 *
 * - `unavailable`, `skewed`: there is no answer, or none to be believed
 * - `empty`: an answer without any row
 * - `ended`, `stale`, `still`: the counts are real, and what came after them is not there
 * - `unsteady`: counters that two processes write say the contrary of what is so
 * - `unseen`: all errors came with their series, and no count holds them
 */
export type SourceFault =
  | 'none'
  | 'unavailable'
  | 'skewed'
  | 'empty'
  | 'ended'
  | 'stale'
  | 'still'
  | 'unsteady'
  | 'unseen';

/** Faults of rounds, for whoever throws dice. */
export const SOURCE_FAULTS: readonly SourceFault[] = [
  'unavailable',
  'skewed',
  'empty',
  'ended',
  'stale',
  'still',
  'unsteady',
  'unseen',
];

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
      if (fault === 'skewed') throw new TransientError('its clock is 5m ahead of ours', { reason: 'ClockSkew' });
      if (fault === 'empty') return [];
      return rows.flatMap(({ cluster, tenantId }) => {
        const place = placeOf(cluster, tenantId);
        if (place === undefined) return [];
        return rowsOf(world, place, tenantId, slo, windowMs, behaviour).map((row) => faulted(row, fault, windowMs));
      });
    },
    async evaluate({ metrics }) {
      await Promise.resolve();
      const isAway = behaviour.fault() === 'unavailable';
      return metrics.map(
        ({ cluster, targets }) =>
          new Map(
            targets.map(({ id, args }) => [id, isAway ? AWAY : paymentsOf(world, cluster, args, behaviour)] as const),
          ),
      );
    },
  };
}

const AWAY: TargetAnswer = { kind: 'missing', reason: 'Unanswered', message: 'connection refused' };

/** The share of good payments of one revision in a namespace; empty while it has no ready pod. */
function paymentsOf(
  world: World,
  cluster: string,
  args: Readonly<Record<string, string>>,
  behaviour: Behaviour,
): TargetAnswer {
  const namespace = args['ns'] ?? '';
  const set = setsOf(world, { cluster, namespace }).find(({ revision }) => revision === args['hash']);
  const values = set === undefined || set.ready === 0 ? [] : [1 - (behaviour.badPayments?.(namespace, set.image) ?? 0)];
  return { kind: 'value', value: { kind: 'vector', values } };
}

function rowsOf(
  world: World,
  place: Placed,
  tenantId: string,
  slo: MeasuredSlo,
  windowMs: number,
  behaviour: Behaviour,
): MeasuredRow[] {
  const sets = setsOf(world, place);
  const pods = sets.reduce((sum, set) => sum + set.ready, 0);
  const requests = (behaviour.requestsPerSecond(tenantId) * windowMs) / 1000;
  return sets
    .filter((set) => set.ready > 0)
    .map(({ revision, ready, image }) => {
      const total = (requests * ready) / pods;
      const good = total * (1 - behaviour.badRatio(tenantId, image, slo));
      return { cluster: place.cluster, tenantId, revision, good, total, seen: null };
    });
}

function setsOf(world: World, place: Placed) {
  return world
    .store(place.cluster)
    .list(kinds.replicaSet, { namespace: place.namespace })
    .items.map((set) => ({
      revision: set.metadata.labels?.['rollouts-pod-template-hash'] ?? '',
      ready: (set['status'] as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0,
      image: (set['spec'] as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]!
        .image,
    }));
}

const SCRAPE_MS = 1_000;

/** What a Prometheus sees of pods that have served evenly for the whole window, or what is odd about it. */
function faulted(row: MeasuredRow, fault: SourceFault, windowMs: number): MeasuredRow {
  const { good, total } = row;
  const recentEvents = (total * recentMs(windowMs, SCRAPE_MS)) / windowMs;
  const scrapes = windowMs / SCRAPE_MS;
  const seen: SeriesSeen = { newest: { kind: 'fresh' }, scrapes, resets: 0, recentEvents, unseenBad: 0 };
  switch (fault) {
    case 'ended':
      return { ...row, seen: { ...seen, newest: { kind: 'ended' }, recentEvents: null } };
    case 'stale':
      return { ...row, seen: { ...seen, newest: { kind: 'old', ageMs: windowMs / 2 }, recentEvents: null } };
    case 'still':
      return { ...row, seen: { ...seen, recentEvents: 0 } };
    case 'unsteady':
      return { ...row, good: total - good, seen: { ...seen, resets: scrapes / 2 } };
    case 'unseen':
      return { ...row, good: total, seen: { ...seen, unseenBad: total - good } };
    case 'none':
    case 'unavailable':
    case 'skewed':
    case 'empty':
      return { ...row, seen };
    default:
      return assertNever(fault);
  }
}
