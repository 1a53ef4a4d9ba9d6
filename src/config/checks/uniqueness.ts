import type { InputIssue } from '../../domain/errors.ts';
import { type DocumentSource, type FieldPart, issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';

/** Two documents of a kind with one name; two tenants with one id. The later one is refused, the earlier one is named. */
export function checkUniqueness(documents: readonly KnownDocument[]): readonly InputIssue[] {
  return [...duplicateNames(documents), ...duplicateTenantIds(documents)];
}

function duplicateNames(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const first = new Map<string, DocumentSource>();
  return documents.flatMap(({ kind, name, source }) => {
    const earlier = first.get(`${kind}/${name}`);
    if (earlier === undefined) {
      first.set(`${kind}/${name}`, source);
      return [];
    }
    const path = ['metadata', 'name'];
    return [issueAt(source, path, `${kind} "${name}" is declared already, at ${placeOf(earlier, path)}`)];
  });
}

function duplicateTenantIds(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const first = new Map<string, { readonly name: string; readonly source: DocumentSource }>();
  return parsedOf(documents, 'Tenant').flatMap(({ name, source, value }) => {
    const earlier = first.get(value.id);
    if (earlier === undefined) first.set(value.id, { name, source });
    if (earlier === undefined || earlier.name === name) return [];
    const message = `tenant id "${value.id}" is that of tenant "${earlier.name}" already, at ${placeOf(earlier.source, ['spec', 'id'])}`;
    return [issueAt(source, ['spec', 'id'], message)];
  });
}

function placeOf(source: DocumentSource, path: readonly string[], part: FieldPart = 'value'): string {
  const place = source.locate(path, part);
  return place === null ? source.file : `${source.file}:${place.line}`;
}
