import { z } from 'zod';
import { labelKeys } from '../../../manifests/labels.ts';
import type { ClusterWitness } from '../demo-world.ts';
import type { LabWhereabouts } from './lab-process.ts';
import { runKubectl } from './run-kubectl.ts';

const rolloutList = z.looseObject({
  items: z.array(z.looseObject({ status: z.looseObject({ phase: z.string().optional() }).optional() })),
});
const podList = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ deletionTimestamp: z.string().optional() }),
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })).min(1) }),
    }),
  ),
});

/** What kubectl says of a workload's Rollouts and pods in one cluster. */
export async function witnessOf(lab: LabWhereabouts, cluster: string, workload: string): Promise<ClusterWitness> {
  const list = (kind: string) => ['get', kind, '-A', '-l', `${labelKeys.workload}=${workload}`, '-o', 'json'];
  const rollouts = rolloutList.parse(JSON.parse(await runKubectl(lab, cluster, list('rollouts'))));
  const pods = podList.parse(JSON.parse(await runKubectl(lab, cluster, list('pods'))));
  const podsByImage: Record<string, number> = {};
  for (const { metadata, spec } of pods.items) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const { image } = spec.containers[0]!;
    podsByImage[image] = (podsByImage[image] ?? 0) + 1;
  }
  return {
    cluster,
    rollouts: rollouts.items.length,
    healthy: rollouts.items.filter(({ status }) => status?.phase === 'Healthy').length,
    podsByImage,
  };
}
