import type { Json, JsonObject } from '../domain/workload.ts';

/** Writes values as canonical JSON: keys sorted by code unit, no space. Equal values give equal text. */
export type CanonicalWriter = (value: Json) => string;

/**
 * A writer that remembers the text of every object it has seen, so that a part shared by thousands of objects is written once.
 * Give it only values that do not change.
 */
export function canonicalWriter(): CanonicalWriter {
  const seen = new WeakMap<object, string>();
  const write = (value: Json): string => {
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    const known = seen.get(value);
    if (known !== undefined) return known;
    const text = Array.isArray(value) ? writeArray(value, write) : writeObject(value as JsonObject, write);
    seen.set(value, text);
    return text;
  };
  return write;
}

/** The canonical JSON of one value. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? writeArray(value, canonicalJson) : writeObject(value as JsonObject, canonicalJson);
}

function writeArray(values: readonly Json[], write: CanonicalWriter): string {
  return `[${values.map(write).join(',')}]`;
}

function writeObject(object: JsonObject, write: CanonicalWriter): string {
  const fields = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(object[key] ?? null)}`);
  return `{${fields.join(',')}}`;
}
