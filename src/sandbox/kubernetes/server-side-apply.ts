import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { shareEqual } from './admission.ts';
import {
  type Child,
  childrenOf,
  compareFields,
  difference,
  type FieldSet,
  fieldPaths,
  fieldSetOf,
  hasSelf,
  intersection,
  itemSegment,
  union,
} from './field-set.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import {
  isEntryOf,
  leavesOf,
  type ManagedFieldsEntry,
  ownablePart,
  ownEntry,
  ownershipSchema,
  ownersOf,
  withFields,
} from './managed-fields.ts';
import { isGranular, memberSchema, mergeKeys, type Schema } from './schema.ts';
import { admitValue, noFindings } from './schema-admission.ts';
import {
  ApiError,
  badRequest,
  invalid,
  invalidOption,
  type StatusCause,
  UNTYPED_APPLY,
  unexplained,
} from './status-error.ts';
import type { WriteContext } from './write.ts';

/** What an apply comes to. */
export interface ApplyPlan {
  /** The live object with the configuration merged in, and what the manager no longer applies taken out. */
  readonly merged: JsonObject;
  readonly owners: readonly ManagedFieldsEntry[];
}

/**
 * Merges an applied configuration into the live object by ownership.
 *
 * What the manager applied before and now leaves out is removed, unless somebody else owns it. What it changes of others is a conflict,
 * or with `force` becomes its own.
 *
 * @throws ApiError 409 with one cause per owner and field, 400 when the configuration carries managedFields, 500 when it does not fit.
 */
export function planApply(
  context: WriteContext,
  live: KubernetesObject | undefined,
  configuration: KubernetesObject,
  force: boolean,
): ApplyPlan {
  const { resource, writer, time } = context;
  if ((configuration.metadata.managedFields ?? []).length > 0) throw badRequest('metadata.managedFields must be nil');
  if (writer.manager === '') throw managerRequired();
  const schema = ownershipSchema(resource);
  const config = appliedPart(context, configuration);
  checkTyped(context, configuration, config);
  const wanted = leavesOf(resource, config);
  const owners = ownersOf(live);
  const own = owners.find((entry) => isEntryOf(entry, writer));
  const others = owners.filter((entry) => entry !== own);
  const livePart = live === undefined ? {} : ownablePart(live);
  const othersOwn = others.reduce<FieldSet | null>((all, entry) => union(all, entry.fieldsV1), null);
  const kept = union(othersOwn, wanted);
  const removal = { last: own?.fieldsV1 ?? null, kept, emptied: [] };
  const merged = withoutFields(mergeValue(livePart, config, schema), removal, schema, '');
  const next = shareEqual(isJsonObject(merged) ? merged : {}, livePart);
  const changes = compareFields(livePart, next, schema);
  const contested = others.map((entry) => ({ entry, fields: intersection(entry.fieldsV1, changes.changed) }));
  if (!force) refuseConflicts(contested);
  refuseEmptied(context, configuration.metadata.name, removal.emptied);
  const taken = union(changes.changed, changes.removed);
  const left = others.flatMap((entry) => withFields(entry, difference(entry.fieldsV1, taken)));
  return {
    merged: asObject(configuration, next),
    owners: [...left, ...ownEntry(own, wanted, writer, resource, time)],
  };
}

function asObject(configuration: KubernetesObject, part: unknown): JsonObject {
  const { metadata, ...body } = isJsonObject(part) ? part : {};
  const { name, namespace } = configuration.metadata;
  const identity = namespace === undefined ? { name } : { name, namespace };
  return {
    apiVersion: configuration.apiVersion,
    kind: configuration.kind,
    metadata: { ...identity, ...(isJsonObject(metadata) ? metadata : {}) },
    ...body,
  };
}

/** The part of a configuration that its path can change. */
function appliedPart(context: WriteContext, configuration: KubernetesObject): JsonObject {
  const { status, ...rest } = ownablePart(configuration);
  if (!context.resource.hasStatus) return ownablePart(configuration);
  if (context.writer.subresource === null) return rest;
  return status === undefined ? {} : { status };
}

/** Merges by the schema: members and keyed items one by one, everything else as a whole. */
function mergeValue(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  if (isJsonObject(live) && isJsonObject(applied) && isGranular(schema)) {
    const merged: Record<string, unknown> = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      if (value !== undefined) merged[key] = mergeValue(live[key], value, memberSchema(schema, key));
    }
    return merged;
  }
  const keys = mergeKeys(schema);
  if (Array.isArray(live) && Array.isArray(applied) && keys !== null) {
    return mergeItems(live, applied, keys, schema?.items);
  }
  return applied;
}

/** Items in the order of the configuration; those that only the live list has stay before their old followers. */
function mergeItems(
  live: readonly unknown[],
  applied: readonly unknown[],
  keys: readonly string[],
  schema: Schema | undefined,
): readonly unknown[] {
  const id = (item: unknown) => itemSegment(item, keys, schema);
  const appliedIds = new Set(applied.map(id));
  const liveById = new Map(live.map((item) => [id(item), item]));
  const merged: unknown[] = [];
  let at = 0;
  const takeLiveOnly = (): void => {
    for (; at < live.length && !appliedIds.has(id(live[at])); at += 1) merged.push(live[at]);
  };
  for (const item of applied) {
    takeLiveOnly();
    merged.push(mergeValue(liveById.get(id(item)), item, schema));
    if (at < live.length && id(live[at]) === id(item)) at += 1;
  }
  for (; at < live.length; at += 1) if (!appliedIds.has(id(live[at]))) merged.push(live[at]);
  return merged;
}

/**
 * Takes out what was applied last and nobody keeps, by the real server's rules: a member goes whole, with what nobody owns in it, when
 * nothing below it is kept; an item goes whole when nobody else owns the item itself, whatever others own inside; a map or list that
 * stays but has lost everything is `null`, and its path goes to `emptied`.
 */
function withoutFields(value: unknown, fields: Removal, schema: Schema | undefined, path: string): unknown {
  const { last, kept, emptied } = fields;
  const children = last === null ? null : childrenOf(value, schema);
  if (last === null || children === null || children.length === 0) return value;
  const left: { readonly segment: string; readonly value: unknown }[] = [];
  for (const child of children) {
    const lastBelow = last[child.segment];
    const keptBelow = kept?.[child.segment] ?? null;
    if (lastBelow === undefined) left.push(child);
    else if (!goesWhole(child, lastBelow, keptBelow)) {
      const below = { last: withoutKeys(lastBelow, child.segment), kept: keptBelow, emptied };
      const at = Array.isArray(value) ? `[${left.length}]` : `.${child.segment.slice(2)}`;
      const rest = withoutFields(child.value, below, child.schema, path + at);
      left.push({ segment: child.segment, value: rest });
    }
  }
  if (left.length === 0) {
    emptied.push(path.slice(1));
    return path.startsWith('.metadata') ? {} : undefined;
  }
  if (Array.isArray(value)) return left.map((child) => child.value);
  return Object.fromEntries(left.map((child) => [child.segment.slice(2), child.value]));
}

interface Removal {
  readonly last: FieldSet | null;
  readonly kept: FieldSet | null;
  readonly emptied: string[];
}

function goesWhole({ segment, value, schema }: Child, last: FieldSet, kept: FieldSet | null): boolean {
  if (segment.startsWith('f:')) return kept === null && fieldSetOf(value, schema, 'leaves') !== null;
  return hasSelf(last) && (kept === null || !hasSelf(kept));
}

/** An item that stays keeps the members it is found by. */
function withoutKeys(gone: FieldSet, segment: string): FieldSet {
  if (!segment.startsWith('k:')) return gone;
  const keys: JsonObject = JSON.parse(segment.slice(2));
  return Object.fromEntries(Object.entries(gone).filter(([member]) => !Object.hasOwn(keys, member.slice(2))));
}

/** The real server leaves `null` behind where an apply takes the last member of what it keeps, and then refuses it. */
function refuseEmptied(context: WriteContext, name: string, emptied: readonly string[]): void {
  const paths = context.resource.isCustom ? emptied.filter((path) => !/^(metadata|$)/.test(path)) : [];
  if (paths.length === 0) return;
  throw invalid(
    context.resource,
    name,
    paths.map((path) => ({
      reason: 'FieldValueTypeInvalid',
      field: path,
      message: `Invalid value: "null": ${path} in body must not be null; leave it out of the configuration`,
    })),
  );
}

function refuseConflicts(
  contested: readonly { readonly entry: ManagedFieldsEntry; readonly fields: FieldSet | null }[],
): void {
  const causes: StatusCause[] = [];
  const lines: string[] = [];
  for (const { entry, fields } of contested) {
    const paths = fieldPaths(fields);
    const owner = describe(entry);
    for (const field of paths) {
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field });
    }
    if (paths.length > 0) lines.push(`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`));
  }
  const [only] = causes;
  if (only === undefined) return;
  const text =
    causes.length === 1
      ? `1 conflict: ${only.message}: ${only.field}`
      : `${causes.length} conflicts: ${lines.join('\n')}`;
  throw new ApiError(409, 'Conflict', `Apply failed with ${text}`, { causes });
}

function describe(entry: ManagedFieldsEntry): string {
  const through = entry.subresource === undefined ? '' : ` with subresource ${JSON.stringify(entry.subresource)}`;
  return `${JSON.stringify(entry.manager)}${through} using ${entry.apiVersion}`;
}

function managerRequired(): ApiError {
  const message = 'Required value: is required for apply patch';
  return invalidOption('PatchOptions', { reason: 'FieldValueRequired', field: 'fieldManager', message });
}

/** An applied configuration must fit the schema, whatever the field validation; parts may be missing. @throws ApiError 500 */
function checkTyped(context: WriteContext, configuration: KubernetesObject, config: JsonObject): void {
  const findings = noFindings();
  const { metadata: _metadata, ...body } = config;
  admitValue(context.resource.schema, body, undefined, '', findings);
  const wrongType = findings.causes.find((cause) => cause.reason === 'FieldValueTypeInvalid');
  const [unknown] = findings.unknownFields;
  if (unknown === undefined && wrongType === undefined) return;
  const { namespace, name } = configuration.metadata;
  const { apiVersion, kind } = configuration;
  const what = `${namespace === undefined ? '' : `${namespace}/`}${name}; ${apiVersion}, Kind=${kind}`;
  const why =
    wrongType === undefined ? `.${unknown}: field not declared in schema` : `.${wrongType.field}: ${wrongType.message}`;
  throw unexplained(`${UNTYPED_APPLY} (${what}): ${why}`);
}
