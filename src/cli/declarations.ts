import pLimit from 'p-limit';
import { issueAt } from '../config/document-source.ts';
import { loadInventory } from '../config/load-inventory.ts';
import type { KindName } from '../config/wire/kinds.ts';
import { type InputFile, type RawDocument, readYamlDocuments } from '../config/yaml-documents.ts';
import { formatIssue, type InputIssue, InvalidInput } from '../domain/errors.ts';
import { FIELD_MANAGER } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { listDocuments, resourceOf } from './hub-documents.ts';
import { outcomeOf, type WriteOutcome } from './object-meaning.ts';

/** What a declaration comes to in the hub. */
export interface Declaration {
  readonly kind: KindName;
  readonly name: string;
  readonly outcome: WriteOutcome;
  readonly object: KubernetesObject;
}

/** A document that is not for `apply`, and what is. */
export interface LeftAlone {
  readonly kind: KindName;
  readonly name: string;
  readonly next: string;
}

/** Kinds that stand until they are changed; the others are acts, made once. */
const DECLARED = [
  'MetricSource',
  'Cluster',
  'Pool',
  'Tenant',
  'Workload',
  'WavePlan',
  'Webhook',
] as const satisfies KindName[];

const REQUESTS_AT_ONCE = 16;
const write = { fieldManager: FIELD_MANAGER, force: true };

/**
 * Checks files together with what the hub has, then asks the API server object by object, without changing anything.
 *
 * @throws InvalidInput with every issue of the files
 * @throws TerminalError when the API server refuses an object
 */
export async function checkDeclarations(
  api: KubernetesApi,
  namespace: string,
  files: readonly InputFile[],
): Promise<{
  readonly changes: readonly Declaration[];
  readonly left: readonly LeftAlone[];
  /** Objects of the hub that cannot be read, and are not replaced by the files. */
  readonly unreadable: readonly string[];
}> {
  const hub = await listDocuments(api, namespace, DECLARED);
  loadInventory(files, hub.documents);
  const raw = files.flatMap((file) => readYamlDocuments(file).documents);
  const misplaced = raw.flatMap((one) => namespaceIssues(one, namespace));
  if (misplaced.length > 0) throw new InvalidInput(misplaced);
  const given = raw.map(({ value }) => value as KubernetesObject);
  const declared = given.filter(isDeclared).map((one) => ({ ...one, metadata: { ...one.metadata, namespace } }));
  const present = new Map(hub.objects.map((object) => [keyOf(object), object]));
  const limit = pLimit(REQUESTS_AT_ONCE);
  const changes = await Promise.all(
    declared.map((object) => limit(() => foresee(api, object, present.get(keyOf(object))))),
  );
  const replaced = new Set(declared.map(keyOf));
  return {
    changes,
    left: given.filter((object) => !isDeclared(object)).map(leftAlone),
    unreadable: hub.issues.filter(({ file }) => !replaced.has(file ?? '')).map(formatIssue),
  };
}

/** Writes what is not as declared; each write is forced, for the files are what people agreed on. */
export async function writeDeclarations(api: KubernetesApi, changes: readonly Declaration[]): Promise<void> {
  const limit = pLimit(REQUESTS_AT_ONCE);
  const differing = changes.filter(({ outcome }) => outcome !== 'unchanged');
  await Promise.all(differing.map(({ kind, object }) => limit(() => api.apply(object, resourceOf(kind), write))));
}

async function foresee(
  api: KubernetesApi,
  object: KubernetesObject,
  present: KubernetesObject | undefined,
): Promise<Declaration> {
  const kind = object.kind as KindName;
  const { name } = object.metadata;
  const foreseen = await api.apply(object, resourceOf(kind), { ...write, dryRun: true });
  return { kind, name, outcome: outcomeOf(present, foreseen), object };
}

function isDeclared({ kind }: KubernetesObject): boolean {
  return (DECLARED as readonly string[]).includes(kind);
}

function leftAlone({ kind, metadata }: KubernetesObject): LeftAlone {
  const next =
    kind === 'Release'
      ? 'start it with tidegate release start -f FILE'
      : 'people do that with tidegate release approve, pause, abort and rollback';
  return { kind: kind as KindName, name: metadata.name, next };
}

function namespaceIssues({ source, value }: RawDocument, namespace: string): readonly InputIssue[] {
  const given = (value as KubernetesObject).metadata.namespace;
  if (given === undefined || given === namespace) return [];
  const message = `the hub's objects are in ${namespace}, not in ${given}: leave it out, or give --namespace ${given}`;
  return [issueAt(source, ['metadata', 'namespace'], message)];
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}
