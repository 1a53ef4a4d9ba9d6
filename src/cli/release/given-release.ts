import { readFiles } from '../../adapters/files/read-files.ts';
import { checkInventory } from '../../config/check-inventory.ts';
import { inventoryOf } from '../../config/inventory.ts';
import { knownDocument } from '../../config/known-document.ts';
import { type ParsedDocument, readDocument } from '../../config/parse-document.ts';
import { type InputFile, readYamlDocuments } from '../../config/yaml-documents.ts';
import { type InputIssue, InvalidInput } from '../../domain/errors.ts';
import type { ReleaseSpec } from '../../domain/wave-plan.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { listDocuments } from '../hub-documents.ts';
import { chooseRelease } from '../planned-releases.ts';

/** A Release from files, checked against the hub. */
export interface GivenRelease {
  readonly spec: ReleaseSpec;
  readonly object: KubernetesObject;
  /** What the hub has to plan it from; what else stands in the files is not there and does not count. */
  readonly input: PlanningInput;
}

/** Reads the Release of files and checks it against the hub's fleet. @throws InvalidInput with every issue */
export async function givenRelease(
  hub: HubConnection,
  paths: readonly string[],
  name: string | null,
): Promise<GivenRelease> {
  const documents = readReleases(await readFiles(paths));
  const specs = documents.map(({ document }) => document.value as ReleaseSpec);
  const spec = chooseRelease(specs, name ?? undefined, paths.join(', '));
  const chosen = documents[specs.indexOf(spec)]!;
  const present = await listDocuments(hub.api, hub.namespace, [
    'MetricSource',
    'Cluster',
    'Pool',
    'Tenant',
    'Workload',
    'WavePlan',
  ]);
  const issues = [
    ...present.issues,
    ...checkInventory([...present.documents, chosen.document].map((one) => knownDocument(one))),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
  return { spec, object: chosen.object, input: inventoryOf(present.documents) };
}

interface ReadRelease {
  readonly document: ParsedDocument;
  readonly object: KubernetesObject;
}

/** The Releases of the files; an error anywhere in them counts, for nobody knows what it was meant to be. */
function readReleases(files: readonly InputFile[]): readonly ReadRelease[] {
  const issues: InputIssue[] = [];
  const found: ReadRelease[] = [];
  for (const file of files) {
    const raw = readYamlDocuments(file);
    issues.push(...raw.issues);
    for (const { source, value } of raw.documents) {
      const reading = readDocument(value, source);
      if (reading.outcome === 'refused') issues.push(...reading.issues);
      else if (reading.document.kind === 'Release')
        found.push({ document: reading.document, object: value as KubernetesObject });
    }
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  return found;
}
