import { isJsonObject, type JsonObject, jsonEqual } from './json-value.ts';
import { isGranular, memberSchema, mergeKeys, type Schema } from './schema.ts';

/**
 * A set of leaf paths in the wire form of `fieldsV1`: `f:image` is a member of an object, `k:{"name":"app"}` an item of a merging
 * list, `.` the node itself. A node without members is in the set itself.
 */
export interface FieldSet {
  readonly [segment: string]: FieldSet;
}

const LEAF: FieldSet = Object.freeze({});
const SELF = '.';

/** `leaves` is what an apply owns: no maps and lists around them. `nodes` is what an update adds or removes: those too. */
export type FieldSetForm = 'leaves' | 'nodes';

/**
 * The fields of a value: scalars, atomic lists and maps, empty objects, the items of merging lists, and by form the nodes above.
 * An empty merging list has no leaves: `null`.
 */
export function fieldSetOf(value: unknown, schema: Schema | undefined, form: FieldSetForm): FieldSet | null {
  const children = childrenOf(value, schema);
  if (children === null) return LEAF;
  const isList = Array.isArray(value);
  const set: Record<string, FieldSet> = {};
  for (const child of children) {
    const inner = fieldSetOf(child.value, child.schema, form);
    if (isList) set[child.segment] = withSelf(inner);
    else if (inner !== null) set[child.segment] = inner;
  }
  return build(form === 'nodes' || (children.length === 0 && !isList), set);
}

function withSelf(set: FieldSet | null): FieldSet {
  if (set === null) return LEAF;
  return hasSelf(set) ? set : { [SELF]: LEAF, ...set };
}

/** One member of an object or item of a merging list, with its path segment. */
export interface Child {
  readonly segment: string;
  readonly value: unknown;
  readonly schema: Schema | undefined;
}

/** The children that are owned one by one; `null` when the value is owned as a whole. */
export function childrenOf(value: unknown, schema: Schema | undefined): readonly Child[] | null {
  if (isJsonObject(value)) {
    if (!isGranular(schema)) return null;
    return Object.keys(value).map((key) => ({
      segment: `f:${key}`,
      value: value[key],
      schema: memberSchema(schema, key),
    }));
  }
  const keys = mergeKeys(schema);
  if (!Array.isArray(value) || keys === null) return null;
  return value.map((item: unknown) => ({
    segment: itemSegment(item, keys, schema?.items),
    value: item,
    schema: schema?.items,
  }));
}

/** `k:{"containerPort":80,"protocol":"TCP"}`; a key that is left out has its default. */
export function itemSegment(item: unknown, keys: readonly string[], schema: Schema | undefined): string {
  const values: Record<string, unknown> = {};
  for (const key of keys.toSorted()) {
    values[key] = (isJsonObject(item) ? item[key] : undefined) ?? schema?.properties?.[key]?.default;
  }
  return `k:${JSON.stringify(values)}`;
}

/** What differs between two values: leaves that were added or changed, and leaves that are gone. */
export interface FieldChanges {
  readonly changed: FieldSet | null;
  readonly removed: FieldSet | null;
}

const NOTHING: FieldChanges = { changed: null, removed: null };

/** Compares two values leaf by leaf; parts that are identical (`===`) are not looked into. */
export function compareFields(old: unknown, next: unknown, schema: Schema | undefined): FieldChanges {
  if (old === next) return NOTHING;
  if (next === undefined) return { changed: null, removed: fieldSetOf(old, schema, 'nodes') };
  if (old === undefined) return { changed: fieldSetOf(next, schema, 'nodes'), removed: null };
  const oldChildren = childrenOf(old, schema);
  const nextChildren = childrenOf(next, schema);
  if (oldChildren === null && nextChildren === null) {
    return jsonEqual(old, next) ? NOTHING : { changed: LEAF, removed: null };
  }
  if (oldChildren === null || nextChildren === null || Array.isArray(old) !== Array.isArray(next)) {
    return { changed: fieldSetOf(next, schema, 'nodes'), removed: fieldSetOf(old, schema, 'nodes') };
  }
  return compareChildren(oldChildren, nextChildren, Array.isArray(next));
}

function compareChildren(old: readonly Child[], next: readonly Child[], isList: boolean): FieldChanges {
  const changed: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  const before = new Map(old.map((child) => [child.segment, child]));
  for (const child of next) {
    const former = before.get(child.segment);
    before.delete(child.segment);
    const inner = compareFields(former?.value, child.value, child.schema);
    if (isList && former === undefined) changed[child.segment] = withSelf(inner.changed);
    else if (inner.changed !== null) changed[child.segment] = inner.changed;
    if (inner.removed !== null) removed[child.segment] = inner.removed;
  }
  for (const child of before.values()) {
    const inner = fieldSetOf(child.value, child.schema, 'nodes');
    if (isList || inner !== null) removed[child.segment] = withSelf(inner);
  }
  return { changed: orNull(changed), removed: orNull(removed) };
}

function orNull(set: Record<string, FieldSet>): FieldSet | null {
  return Object.keys(set).length === 0 ? null : set;
}

/** Is the node itself in the set? */
export function hasSelf(set: FieldSet): boolean {
  return Object.hasOwn(set, SELF) || Object.keys(set).length === 0;
}

function build(self: boolean, children: Record<string, FieldSet>): FieldSet | null {
  if (Object.keys(children).length === 0) return self ? LEAF : null;
  return self ? { [SELF]: LEAF, ...children } : children;
}

function members(set: FieldSet): readonly string[] {
  return Object.keys(set).filter((segment) => segment !== SELF);
}

/** Paths in either set; `null` is the empty set. */
export function union(left: FieldSet | null, right: FieldSet | null): FieldSet | null {
  if (left === null || left === right) return right;
  if (right === null) return left;
  const children: Record<string, FieldSet> = {};
  for (const segment of members(left)) children[segment] = left[segment] ?? LEAF;
  for (const segment of members(right)) {
    children[segment] = union(children[segment] ?? null, right[segment] ?? null) ?? LEAF;
  }
  return build(hasSelf(left) || hasSelf(right), children);
}

/** Paths of `left` that are not in `right`. */
export function difference(left: FieldSet | null, right: FieldSet | null): FieldSet | null {
  if (left === null || right === null) return left;
  const children: Record<string, FieldSet> = {};
  for (const segment of members(left)) {
    const rest = difference(left[segment] ?? null, right[segment] ?? null);
    if (rest !== null) children[segment] = rest;
  }
  return build(hasSelf(left) && !hasSelf(right), children);
}

/** Paths in both sets. */
export function intersection(left: FieldSet | null, right: FieldSet | null): FieldSet | null {
  if (left === null || right === null) return null;
  const children: Record<string, FieldSet> = {};
  for (const segment of members(left)) {
    const both = intersection(left[segment] ?? null, right[segment] ?? null);
    if (both !== null) children[segment] = both;
  }
  return build(hasSelf(left) && hasSelf(right), children);
}

/** The paths as people read them: `.spec.template.spec.containers[name="app"].image`. */
export function fieldPaths(set: FieldSet | null, prefix = ''): readonly string[] {
  if (set === null) return [];
  const paths = hasSelf(set) && prefix !== '' ? [prefix] : [];
  for (const segment of members(set)) paths.push(...fieldPaths(set[segment] ?? LEAF, prefix + readable(segment)));
  return paths;
}

/** `.image`, `[name="app"]` */
function readable(segment: string): string {
  if (segment.startsWith('f:')) return `.${segment.slice(2)}`;
  const keys: JsonObject = JSON.parse(segment.slice(2));
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
