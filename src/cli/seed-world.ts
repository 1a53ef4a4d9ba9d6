import { crds } from '../config/crds.ts';
import type { Inventory } from '../config/inventory.ts';
import { type InputFile, readYamlDocuments } from '../config/yaml-documents.ts';
import type { Plan } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { stampOwnership } from '../manifests/labels.ts';
import { plan } from '../planning/plan.ts';
import { createOnce } from '../ports/create-once.ts';
import { FIELD_MANAGER, kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../ports/kubernetes-api.ts';
import { manifestOf } from '../release/plan-index.ts';

const write = { fieldManager: FIELD_MANAGER };

/** Registers our kinds in the hub and makes its namespace. Quiet about what is there. */
export async function prepareHub(hub: KubernetesApi, namespace: string): Promise<void> {
  for (const crd of crds()) {
    const object = crd as unknown as KubernetesObject;
    await hub.apply(object, kinds.customResourceDefinition, { ...write, force: true });
  }
  await ensureNamespace(hub, namespace);
}

/** Applies the documents of files, all but releases, to the hub as `edit` leaves them; answers how many. */
export async function applyDeclarations(
  hub: KubernetesApi,
  namespace: string,
  files: readonly InputFile[],
  edit: (object: KubernetesObject) => KubernetesObject,
): Promise<number> {
  const byKind = new Map<string, ResourceKind>(Object.values(kinds).map((kind) => [kind.kind, kind]));
  let applied = 0;
  for (const file of files) {
    for (const { value } of readYamlDocuments(file).documents) {
      const object = edit(value as KubernetesObject);
      if (object.kind === 'Release') continue;
      const placed = { ...object, metadata: { ...object.metadata, namespace } };
      await hub.apply(placed, byKind.get(object.kind)!, { ...write, force: true });
      applied += 1;
    }
  }
  return applied;
}

/** Makes a namespace unless it is there. */
export async function ensureNamespace(api: KubernetesApi, name: string): Promise<void> {
  await createOnce(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, kinds.namespace);
}

/** The plan by which every target of a workload gets the version it starts with. */
export function baselinePlan(inventory: Inventory, release: ReleaseSpec, now: Instant): Plan {
  const workload = inventory.workloads.find((one) => one.name === release.workload)!;
  const wavePlan = inventory.wavePlans.find((one) => one.name === release.wavePlan)!;
  const made = plan({ fleet: inventory.fleet, workload, wavePlan, release, now });
  if (made.kind === 'refused')
    throw new RangeError(`planning the baseline: ${made.findings.map((one) => one.message).join('; ')}`);
  return made.plan;
}

/** Deploys every target of a plan at once: the state a fleet is in before its first release. */
export async function deployBaseline(baseline: Plan, apiOf: (cluster: string) => KubernetesApi): Promise<void> {
  for (const wave of baseline.waves) {
    for (const target of wave.targets) {
      const api = apiOf(target.cluster);
      await ensureNamespace(api, target.namespace);
      for (const digest of target.supportManifests) {
        const object = manifestOf(baseline, digest) as unknown as KubernetesObject;
        await createOnce(api, object, kindOf(object));
      }
      const ownership = { release: baseline.release, planHash: baseline.hash, wave: wave.name };
      const rollout = stampOwnership(manifestOf(baseline, target.rolloutManifest), ownership);
      await createOnce(api, rollout as unknown as KubernetesObject, kinds.rollout);
    }
  }
}

function kindOf(object: KubernetesObject): ResourceKind {
  const found = Object.values(kinds).find((kind) => kind.kind === object.kind);
  if (found === undefined) throw new RangeError(`deploying the baseline: unknown kind ${object.kind}`);
  return found;
}
