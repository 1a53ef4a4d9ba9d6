/** A JSON object. Objects inside the store are frozen deeply and shared between versions. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Is this a JSON object (not an array, not null)? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as an object; an empty one when it is not there or something else. */
export function objectAt(value: unknown, key: string): JsonObject {
  const member = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(member) ? member : {};
}

/** The member as text; empty when it is not there or something else. */
export function textAt(value: unknown, key: string): string {
  const member = isJsonObject(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : '';
}

/** Equal as JSON: the order of keys does not count, a member that is `undefined` is not there. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => jsonEqual(item, right[i]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = definedKeys(left);
  return (
    keys.length === definedKeys(right).length &&
    keys.every((key) => right[key] !== undefined && jsonEqual(left[key], right[key]))
  );
}

function definedKeys(value: JsonObject): readonly string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/**
 * The value as it would arrive over the wire, frozen: members that are `undefined` are gone, nothing is shared with the caller.
 *
 * What is frozen already is taken as it is: it came out of the store, so a write costs no more than what it changes.
 */
export function adopt<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => adopt(item ?? null))) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = adopt(member);
  return Object.freeze(copy) as T;
}
