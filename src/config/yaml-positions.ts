import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { DocumentPath } from './document-path.ts';
import type { FieldPart } from './document-source.ts';

/** Where a path starts in the text; of a path that is not there, the name of its nearest parent. */
export function offsetOf(document: Document, path: DocumentPath, part: FieldPart): number {
  let node: Node | null = document.contents;
  let key = startOf(node) ?? 0;
  let value = key;
  for (const step of path) {
    const child = childOf(resolved(node, document), step);
    if (child === null) return key;
    node = child.value;
    key = startOf(child.key) ?? startOf(child.value) ?? key;
    value = startOf(child.value) ?? key;
  }
  return part === 'key' ? key : value;
}

/** Where a node starts in its text. */
export function startOf(node: Node | null): number | null {
  return node?.range?.[0] ?? null;
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function childOf(
  node: Node | null,
  step: string | number,
): { readonly key: Node | null; readonly value: Node | null } | null {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? null : { key: null, value: item as Node };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(step));
  return pair === undefined ? null : { key: pair.key as Node, value: pair.value as Node | null };
}
