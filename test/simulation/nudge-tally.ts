import { readRun } from '../../src/adapters/hub/run-record.ts';
import { kinds } from '../../src/ports/kinds.ts';
import { annotations } from '../../src/release/annotations.ts';
import { HUB, NAMESPACE, type SimulatedWorld } from './simulated-world.ts';

/** Nudges of a release, seen at the clusters and told by the records. */
export interface NudgeTally {
  readonly landed: number;
  readonly recorded: number;
}

/** Counts the nudges that land from now on; asked at the end of a release. */
export function tallyNudges({ world }: SimulatedWorld): () => NudgeTally {
  const landed = new Set<string>();
  for (const cluster of world.clusters) {
    world.store(cluster).subscribe(kinds.rollout, ({ object }) => {
      const nudge = object.metadata.annotations?.[annotations.nudge];
      if (nudge !== undefined) landed.add(`${cluster}/${object.metadata.namespace}/${object.metadata.name} ${nudge}`);
    });
  }
  return () => {
    const runs = world
      .store(HUB)
      .list(kinds.waveRun, { namespace: NAMESPACE })
      .items.flatMap(({ status }) => (status as { readonly targets?: readonly unknown[] } | undefined)?.targets ?? []);
    const recorded = runs.map(readRun).reduce((sum, run) => sum + run.nudges, 0);
    return { landed: landed.size, recorded };
  };
}
