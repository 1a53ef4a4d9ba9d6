import { ensureNamespace } from '../../src/cli/seed-world.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/workload.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../src/ports/kubernetes-api.ts';
import { annotations } from '../../src/release/annotations.ts';
import { manifestOf } from '../../src/release/plan-index.ts';

/** The canary steps of the Rollouts that others made. */
export const THEIR_STEPS = [{ setWeight: 40 }, { pause: { duration: 1 } }];

/** Deploys the targets of a plan as somebody else would: by Helm, with its own steps, and nothing of ours on it. */
export async function deployForeignFleet(baseline: Plan, apiOf: (cluster: string) => KubernetesApi): Promise<void> {
  for (const target of baseline.waves.flatMap((wave) => wave.targets)) {
    const api = apiOf(target.cluster);
    await ensureNamespace(api, target.namespace);
    const { spec } = manifestOf(baseline, target.rolloutManifest) as { readonly spec: JsonObject };
    const { rollbackWindow: _, ...rest } = spec;
    const theirs = { ...rest, strategy: { canary: { maxSurge: 1, steps: THEIR_STEPS } } };
    const metadata = { name: target.rollout, namespace: target.namespace, labels: { team: 'shop' } };
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: theirs };
    await api.create(rollout, kinds.rollout, { fieldManager: 'helm' });
  }
}

/** What `tidegate adopt --prove` leaves behind: images and steps are ours too. */
export async function adoptFleet(
  baseline: Plan,
  workload: string,
  apiOf: (cluster: string) => KubernetesApi,
): Promise<void> {
  const containers = Object.entries(baseline.version.images).map(([name, image]) => ({ name, image }));
  for (const { cluster, namespace, rollout } of baseline.waves.flatMap((wave) => wave.targets)) {
    const owned = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: rollout, namespace, annotations: { [annotations.adopted]: workload } },
      spec: { strategy: { canary: { steps: THEIR_STEPS } }, template: { spec: { containers } } },
    };
    await apiOf(cluster).apply(owned, kinds.rollout, { fieldManager: FIELD_MANAGER, force: true });
  }
}
