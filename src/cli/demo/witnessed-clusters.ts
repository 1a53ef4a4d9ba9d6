import { counted } from '../../planning/document/figures.ts';
import type { Demo } from './open-demo.ts';
import { clusterProblem, type WitnessedCluster } from './outcome.ts';

/** Pods that have been told to go take a moment. */
const SETTLED_DEADLINE_MS = 60_000;
const LOOK_MS = 1000;

/** What kubectl says of every cluster, once it is as it should be, or after a minute; tells it. */
export async function witnessClusters(
  { stage, world, signal }: Demo,
  names: ReadonlyMap<string, string>,
  good: string,
): Promise<readonly WitnessedCluster[]> {
  const endsAt = world.clock.now() + SETTLED_DEADLINE_MS;
  for (;;) {
    const seen = (await world.witnesses()).map(({ podsByImage, ...one }) => ({
      ...one,
      pods: podsByVersion(podsByImage, names),
    }));
    const isSettled = seen.every((one) => clusterProblem(one, good) === null);
    if (isSettled || signal.aborted || world.clock.now() >= endsAt) {
      for (const one of seen) stage.say(`   ${sentence(one)}`, isSettled ? 'good' : 'bad');
      return seen;
    }
    await world.clock.sleep(LOOK_MS, signal);
  }
}

function podsByVersion(
  podsByImage: Readonly<Record<string, number>>,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(podsByImage).map(([image, pods]) => [names.get(image) ?? image, pods]));
}

function sentence({ cluster, rollouts, healthy, pods }: WitnessedCluster): string {
  const each = Object.entries(pods).map(([version, count]) => `${counted(count, 'pod')} of ${version}`);
  return `kubectl --context ${cluster}: ${healthy} of ${counted(rollouts, 'Rollout')} Healthy, ${each.join(', ')}`;
}
