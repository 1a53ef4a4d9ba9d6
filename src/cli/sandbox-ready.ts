import { TransientError } from '../domain/errors.ts';
import type { Plan, PlanTarget } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { kinds } from '../ports/kinds.ts';
import type { ClusterObjects } from '../sandbox/traffic/cluster-objects.ts';

/** The objects of a cluster, by name. */
type ObjectsOf = (cluster: string) => Pick<ClusterObjects, 'get'>;

const LOOK_MS = 100;
const HEALTHY_DEADLINE_MS = 120_000;
const MEASURED_DEADLINE_MS = 60_000;

/** Waits until every target runs its first version. @throws TransientError past the deadline, naming who does not */
export async function untilHealthy(
  objectsOf: ObjectsOf,
  baseline: readonly Plan[],
  clock: Clock,
  deadlineMs = HEALTHY_DEADLINE_MS,
): Promise<void> {
  const targets = baseline.flatMap((plan) => plan.waves).flatMap((wave) => wave.targets);
  await until(clock, deadlineMs, () => {
    const waiting = targets.filter((target) => !isHealthy(objectsOf, target));
    return Promise.resolve(waiting.length === 0 ? null : `not healthy: ${waiting.map(({ id }) => id).join(', ')}`);
  });
}

function isHealthy(objectsOf: ObjectsOf, { cluster, namespace, rollout }: PlanTarget): boolean {
  const object = objectsOf(cluster).get({ kind: kinds.rollout, namespace, name: rollout });
  return (object?.['status'] as { readonly phase?: string } | undefined)?.phase === 'Healthy';
}

/** Waits until Prometheus can tell rates for every cluster. @throws TransientError after a minute, naming the clusters without data */
export async function untilMeasured(url: string, baseline: readonly Plan[], clock: Clock): Promise<void> {
  const wanted = new Set(
    baseline.flatMap((plan) => plan.waves.flatMap((wave) => wave.targets)).map((one) => one.cluster),
  );
  await until(clock, MEASURED_DEADLINE_MS, async () => {
    const measured = await measuredClusters(url);
    const missing = [...wanted].filter((cluster) => !measured.has(cluster));
    return missing.length === 0 ? null : `Prometheus has no data yet of ${missing.join(', ')}`;
  });
}

/** Two samples make a rate; the third is for what was missed in the first second. */
async function measuredClusters(url: string): Promise<ReadonlySet<string>> {
  const query = 'count by (cluster) (count_over_time(http_requests_total[10s]) >= 3)';
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const body = (await answer.json()) as {
    readonly data?: { readonly result?: readonly { readonly metric: Readonly<Record<string, string>> }[] };
  };
  return new Set((body.data?.result ?? []).map(({ metric }) => metric['cluster'] ?? ''));
}

/** Looks until `problem` answers `null`. */
async function until(clock: Clock, deadlineMs: number, problem: () => Promise<string | null>): Promise<void> {
  const endsAt = clock.now() + deadlineMs;
  for (;;) {
    const found = await problem();
    if (found === null) return;
    if (clock.now() >= endsAt) throw new TransientError(`starting the first version: ${found}`);
    await clock.sleep(LOOK_MS);
  }
}
