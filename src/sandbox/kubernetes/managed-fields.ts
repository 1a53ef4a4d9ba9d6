import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { compareFields, difference, type FieldChanges, type FieldSet, fieldSetOf, union } from './field-set.ts';
import { isJsonObject, type JsonObject, jsonEqual } from './json-value.ts';
import { metaSchema } from './object-meta.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import type { Schema } from './schema.ts';

/** Who owns which leaves of an object. The same manager owns apart what it applied and what it wrote otherwise. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** A writer: the identity under which leaves are owned. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: 'status' | null;
}

/** The owners of an object, none for an object that is not there. */
export function ownersOf(object: KubernetesObject | undefined): readonly ManagedFieldsEntry[] {
  const entries = object?.metadata.managedFields ?? [];
  return entries as readonly ManagedFieldsEntry[];
}

/** Is this entry the writer's own? */
export function isEntryOf(entry: ManagedFieldsEntry, writer: Writer): boolean {
  return (
    entry.manager === writer.manager &&
    entry.operation === writer.operation &&
    (entry.subresource ?? null) === writer.subresource
  );
}

const rootSchemas = new WeakMap<Resource, Schema>();

/** The schema by which a resource's objects are owned, metadata included. */
export function ownershipSchema(resource: Resource): Schema {
  const known = rootSchemas.get(resource);
  if (known !== undefined) return known;
  const schema: Schema = { ...resource.schema, properties: { ...resource.schema.properties, metadata: metaSchema } };
  rootSchemas.set(resource, schema);
  return schema;
}

/** The part of an object that can be owned: no identity, nothing that the server itself writes. */
export function ownablePart(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const meta = isJsonObject(metadata) ? metadata : {};
  const owned: Record<string, unknown> = {};
  for (const key of ['labels', 'annotations', 'ownerReferences', 'finalizers']) {
    if (meta[key] !== undefined) owned[key] = meta[key];
  }
  return Object.keys(owned).length === 0 ? rest : { ...rest, metadata: owned };
}

/** What a write changed, leaf by leaf. */
export function changesBetween(
  resource: Resource,
  old: KubernetesObject | undefined,
  next: KubernetesObject,
): FieldChanges {
  const before = withRoots(resource, old === undefined ? {} : ownablePart(old));
  return compareFields(before, withRoots(resource, ownablePart(next)), ownershipSchema(resource));
}

/** Nobody owns the metadata itself, nor the spec of a built-in kind: they are always there. */
function withRoots(resource: Resource, part: JsonObject): JsonObject {
  const spec = resource.isCustom || resource.schema.properties?.['spec'] === undefined ? {} : { spec: EMPTY };
  return { metadata: EMPTY, ...spec, ...part };
}

const EMPTY: JsonObject = Object.freeze({});

/** The leaves of a whole object or applied configuration; `null` when it owns nothing. */
export function leavesOf(resource: Resource, object: JsonObject): FieldSet | null {
  const part = ownablePart(object);
  return Object.keys(part).length === 0 ? null : fieldSetOf(part, ownershipSchema(resource), 'leaves');
}

/** The owners after a PUT, PATCH or POST: the writer takes what it changed from everybody, and nobody owns what is gone. */
export function ownersAfterUpdate(
  owners: readonly ManagedFieldsEntry[],
  changes: FieldChanges,
  writer: Writer,
  resource: Resource,
  time: string,
): readonly ManagedFieldsEntry[] {
  if (changes.changed === null && changes.removed === null) return owners;
  const taken = union(changes.changed, changes.removed);
  const own = owners.find((entry) => isEntryOf(entry, writer));
  const others = owners.filter((entry) => entry !== own);
  const left = others.flatMap((entry) => withFields(entry, difference(entry.fieldsV1, taken)));
  const mine = union(difference(own?.fieldsV1 ?? null, changes.removed), changes.changed);
  return [...left, ...ownEntry(own, mine, writer, resource, time)];
}

/** An entry with other leaves; none when it owns nothing any more. The same leaves keep the same entry. */
export function withFields(entry: ManagedFieldsEntry, fields: FieldSet | null): readonly ManagedFieldsEntry[] {
  if (fields === null) return [];
  return jsonEqual(fields, entry.fieldsV1) ? [entry] : [{ ...entry, fieldsV1: fields }];
}

/** The writer's entry with these leaves; its time moves only when they change. */
export function ownEntry(
  own: ManagedFieldsEntry | undefined,
  fields: FieldSet | null,
  writer: Writer,
  resource: Resource,
  time: string,
): readonly ManagedFieldsEntry[] {
  if (fields === null) return [];
  if (own !== undefined && jsonEqual(own.fieldsV1, fields)) return [own];
  return [
    {
      manager: writer.manager,
      operation: writer.operation,
      apiVersion: apiVersionOf(resource),
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
      ...(writer.subresource === null ? {} : { subresource: writer.subresource }),
    },
  ];
}
