import type { DocumentSource } from './document-source.ts';
import type { ParsedDocument } from './parse-document.ts';
import type { KindName } from './wire/kinds.ts';

/** A document that was read; one that was refused (`parsed: null`) still lends its name, so that it is not missed twice. */
export interface KnownDocument {
  readonly kind: KindName;
  readonly name: string;
  readonly source: DocumentSource;
  readonly parsed: ParsedDocument | null;
}

/** A document that was read in full. */
export function knownDocument(parsed: ParsedDocument): KnownDocument {
  return { kind: parsed.kind, name: parsed.name, source: parsed.source, parsed };
}

/** The documents of a kind that were read in full. */
export function parsedOf<K extends KindName>(
  documents: readonly KnownDocument[],
  kind: K,
): readonly Extract<ParsedDocument, { readonly kind: K }>[] {
  return documents.flatMap(({ parsed }) =>
    parsed?.kind === kind ? [parsed as Extract<ParsedDocument, { readonly kind: K }>] : [],
  );
}
