import { listAll } from '../adapters/hub/hub-store.ts';
import { type ParsedDocument, parseDocument } from '../config/parse-document.ts';
import type { KindName } from '../config/wire/kinds.ts';
import type { InputIssue } from '../domain/errors.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../ports/kubernetes-api.ts';

/** Objects of our kinds in the hub, read; those that cannot be are issues. */
export interface HubDocuments {
  readonly objects: readonly KubernetesObject[];
  readonly documents: readonly ParsedDocument[];
  readonly issues: readonly InputIssue[];
}

/** Lists and reads the objects of some of our kinds. */
export async function listDocuments(
  api: KubernetesApi,
  namespace: string,
  wanted: readonly KindName[],
): Promise<HubDocuments> {
  const objects = (await Promise.all(wanted.map((kind) => listAll(api, resourceOf(kind), namespace)))).flat();
  const readings = objects.map((object) => parseDocument(object, `${object.kind}/${object.metadata.name}`));
  return {
    objects,
    documents: readings.flatMap((reading) => (reading.outcome === 'parsed' ? [reading.document] : [])),
    issues: readings.flatMap((reading) => (reading.outcome === 'refused' ? reading.issues : [])),
  };
}

/** How a kind of ours is reached over the API. */
export function resourceOf(kind: KindName): ResourceKind {
  return Object.values<ResourceKind>(kinds).find((one) => one.kind === kind && one.group === 'tidegate.dev')!;
}
