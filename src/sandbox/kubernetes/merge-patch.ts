import { isJsonObject } from './json-value.ts';

/**
 * Applies an RFC 7386 merge patch: objects merge, `null` deletes, everything else (lists included) replaces. As a real API server
 * does, it also drops the nulls of objects inside of lists.
 *
 * The document is not changed; what the patch leaves alone is shared.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map((item) => applyMergePatch(undefined, item));
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = isJsonObject(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}
