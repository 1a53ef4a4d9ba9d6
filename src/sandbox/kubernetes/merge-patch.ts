import { isJsonObject } from './json-value.ts';

/**
 * Applies an RFC 7386 merge patch: objects merge, `null` deletes, everything else (lists included) replaces.
 *
 * The document is not changed; what the patch leaves alone is shared.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = isJsonObject(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}
