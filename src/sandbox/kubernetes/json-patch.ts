import type { JsonPatchOperation } from '../../ports/kubernetes-api.ts';
import { isJsonObject, jsonEqual } from './json-value.ts';

/** The patched document, or why it does not apply: a failed `test` and a missing path are refused alike. */
export type PatchOutcome =
  | { readonly kind: 'patched'; readonly document: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

class PatchRefused extends Error {}

/**
 * Applies a JSON patch (RFC 6902: add, remove, replace, test) as the apiserver does.
 *
 * Two leniencies are the apiserver's: `replace` of a missing object member adds it, and `test` with `null` holds for a missing one.
 * The document is not changed; what the patch leaves alone is shared.
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): PatchOutcome {
  try {
    let patched = document;
    for (const operation of operations) patched = applyOperation(patched, operation);
    return { kind: 'patched', document: patched };
  } catch (error) {
    if (error instanceof PatchRefused) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function applyOperation(document: unknown, operation: JsonPatchOperation): unknown {
  const segments = parsePointer(operation.path);
  const last = segments.pop();
  if (last === undefined) {
    if (operation.op === 'replace') return operation.value;
    if (operation.op === 'test' && jsonEqual(document, operation.value)) return document;
    throw new PatchRefused(`${operation.op} of the whole document does not apply`);
  }
  return changeAt(document, segments, (container) => changeMember(container, last, operation));
}

/** Reads an RFC 6901 pointer, `/metadata/annotations/tidegate.dev~1epoch`. */
function parsePointer(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new PatchRefused(`path ${JSON.stringify(path)} does not start with a slash`);
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function changeAt(node: unknown, segments: readonly string[], change: (container: unknown) => unknown): unknown {
  const [segment, ...rest] = segments;
  if (segment === undefined) return change(node);
  if (Array.isArray(node)) {
    const index = existingIndex(node, segment);
    const changed = changeAt(node[index], rest, change);
    return changed === node[index] ? node : node.with(index, changed);
  }
  if (!isJsonObject(node) || node[segment] === undefined) throw new PatchRefused(`missing path at ${segment}`);
  const changed = changeAt(node[segment], rest, change);
  return changed === node[segment] ? node : { ...node, [segment]: changed };
}

function changeMember(container: unknown, key: string, operation: JsonPatchOperation): unknown {
  if (Array.isArray(container)) return changeItem(container, key, operation);
  if (!isJsonObject(container)) throw new PatchRefused(`missing path at ${key}`);
  if (operation.op === 'test') {
    if (!jsonEqual(container[key] ?? null, operation.value ?? null)) throw new PatchRefused(`test of ${key} failed`);
    return container;
  }
  if (operation.op !== 'remove') return { ...container, [key]: operation.value };
  if (container[key] === undefined) throw new PatchRefused(`unable to remove missing ${key}`);
  const { [key]: _removed, ...rest } = container;
  return rest;
}

function changeItem(items: readonly unknown[], key: string, operation: JsonPatchOperation): unknown {
  if (operation.op === 'add') {
    const index = key === '-' ? items.length : Number(key);
    if (!isIndex(key, index) || index > items.length) throw new PatchRefused(`no index ${key}`);
    return items.toSpliced(index, 0, operation.value);
  }
  const index = existingIndex(items, key);
  if (operation.op === 'remove') return items.toSpliced(index, 1);
  if (operation.op === 'replace') return items.with(index, operation.value);
  if (!jsonEqual(items[index], operation.value)) throw new PatchRefused(`test of item ${key} failed`);
  return items;
}

function isIndex(key: string, index: number): boolean {
  return key === '-' || (/^\d+$/.test(key) && Number.isInteger(index));
}

function existingIndex(items: readonly unknown[], key: string): number {
  const index = Number(key);
  if (key === '-' || !isIndex(key, index) || index >= items.length) throw new PatchRefused(`no index ${key}`);
  return index;
}
