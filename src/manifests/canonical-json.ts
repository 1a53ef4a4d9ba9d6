import type { Json, JsonObject } from '../domain/workload.ts';

/** The canonical JSON of a value: keys sorted by code unit, no space. Equal values give equal text. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(inCanonicalOrder(value));
}

/**
 * A copy of a value with the keys of every object sorted.
 *
 * Rendered objects are written with sorted keys from the start and a template is sorted once a tier, so that the text of 40 000 objects
 * needs no sorting of its own: `JSON.stringify` of a rendered object is its canonical JSON, and a test holds it to that.
 */
export function inCanonicalOrder<T extends Json>(value: T): T {
  return ordered(value) as T;
}

function ordered(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(ordered);
  const object = value as JsonObject;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(object).sort()) copy[key] = ordered(object[key] ?? null);
  return copy;
}
