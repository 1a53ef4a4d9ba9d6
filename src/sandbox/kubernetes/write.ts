import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type AdmissionRules, admitObject, changesGeneration, shareEqual } from './admission.ts';
import { type JsonObject, objectAt } from './json-value.ts';
import { changesBetween, type ManagedFieldsEntry, ownersAfterUpdate, ownersOf, type Writer } from './managed-fields.ts';
import { clientMeta, keptMeta } from './object-meta.ts';
import type { Resource } from './resource.ts';

/** Everything that a write is judged by. */
export interface WriteContext {
  readonly resource: Resource;
  readonly writer: Writer;
  readonly rules: AdmissionRules;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  /** Owners as server-side apply decided them; without, the writer owns what it changes. */
  readonly owners?: readonly ManagedFieldsEntry[];
  /** A new object keeps its status. */
  readonly withStatus?: boolean;
}

/**
 * The object that a write would store, all but its new version: the live object itself when nothing changes.
 *
 * @throws ApiError 400, 422
 */
export function proposeObject(
  context: WriteContext,
  live: KubernetesObject | undefined,
  proposal: JsonObject,
): KubernetesObject {
  const admitted = admitObject(context.resource, withinReach(context, live, proposal), live, context.rules);
  const { metadata: _metadata, apiVersion, kind, ...body } = admitted;
  const said = clientMeta(objectAt(admitted, 'metadata'));
  const identity = live === undefined ? nameOf(proposal) : keptMeta(live.metadata);
  const bare = { apiVersion, kind, metadata: { ...identity, ...said }, ...body } as unknown as KubernetesObject;
  const owners = context.owners ?? ownersAfter(context, live, bare);
  if (live !== undefined && isSame(live, bare, owners)) return live;
  const generation = nextGeneration(context.resource, live, bare);
  return {
    ...bare,
    metadata: {
      ...bare.metadata,
      ...(generation === undefined ? {} : { generation }),
      ...(owners.length === 0 ? {} : { managedFields: owners }),
    },
  };
}

function nameOf(proposal: JsonObject): JsonObject {
  const { name, namespace } = objectAt(proposal, 'metadata');
  return namespace === undefined ? { name } : { name, namespace };
}

/** What the write may touch: through `/status` the status alone, else everything but the status. */
function withinReach(context: WriteContext, live: KubernetesObject | undefined, proposal: JsonObject): JsonObject {
  const { resource, writer } = context;
  if (!resource.hasStatus || context.withStatus === true) return proposal;
  const { status, ...rest } = proposal;
  const reach: JsonObject = writer.subresource === null ? rest : { ...live };
  const kept = writer.subresource === null ? live?.['status'] : status;
  const { status: _old, ...others } = reach;
  return kept === undefined ? others : { ...others, status: kept };
}

function ownersAfter(
  context: WriteContext,
  live: KubernetesObject | undefined,
  next: KubernetesObject,
): readonly ManagedFieldsEntry[] {
  const changes = changesBetween(context.resource, live, next);
  return ownersAfterUpdate(ownersOf(live), changes, context.writer, context.resource, context.time);
}

function isSame(live: KubernetesObject, bare: KubernetesObject, owners: readonly ManagedFieldsEntry[]): boolean {
  const { resourceVersion: _version, managedFields: _managed, ...meta } = live.metadata;
  const { metadata: _oldMeta, ...oldBody } = live;
  const { metadata: nextMeta, ...nextBody } = bare;
  return (
    shareEqual(nextBody, oldBody) === oldBody &&
    shareEqual(nextMeta, meta) === meta &&
    shareEqual(owners, ownersOf(live)) === ownersOf(live)
  );
}

function nextGeneration(
  resource: Resource,
  live: KubernetesObject | undefined,
  next: KubernetesObject,
): number | undefined {
  if (!resource.hasGeneration || live === undefined) return undefined;
  const current = live.metadata.generation ?? 1;
  return changesGeneration(resource, live, next) ? current + 1 : current;
}
