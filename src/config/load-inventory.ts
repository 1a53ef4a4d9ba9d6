import { type InputIssue, InvalidInput } from '../domain/errors.ts';
import { checkInventory } from './check-inventory.ts';
import { compareIssues, compareText, issueAt } from './document-source.ts';
import { type Inventory, inventoryOf } from './inventory.ts';
import type { KnownDocument } from './known-document.ts';
import { readDocument } from './parse-document.ts';
import { daemonKinds } from './wire/kinds.ts';
import { type InputFile, readYamlDocuments } from './yaml-documents.ts';

/**
 * Reads the documents of all files, together, in any order.
 *
 * @throws InvalidInput with every issue of every file, sorted by file and line.
 */
export function loadInventory(files: readonly InputFile[]): Inventory {
  const { documents, issues } = readInventory(files);
  const all = [...issues, ...checkInventory(documents)];
  if (all.length > 0) throw new InvalidInput(all.sort(compareIssues));
  return inventoryOf(documents.flatMap(({ parsed }) => parsed ?? []));
}

/** The documents of all files and what is wrong with each by itself; nothing is compared yet. */
export function readInventory(files: readonly InputFile[]): {
  readonly documents: readonly KnownDocument[];
  readonly issues: readonly InputIssue[];
} {
  const documents: KnownDocument[] = [];
  const issues: InputIssue[] = [];
  for (const file of [...files].sort((left, right) => compareText(left.path, right.path))) {
    const read = readYamlDocuments(file);
    issues.push(...read.issues);
    for (const { source, value } of read.documents) {
      const reading = readDocument(value, source);
      if (reading.outcome === 'refused') {
        issues.push(...reading.issues);
        const { kind, name } = reading;
        if (kind !== null && name !== null) documents.push({ kind, name, source, parsed: null });
        continue;
      }
      const { kind, name } = reading.document;
      if (daemonKinds.has(kind)) {
        issues.push(issueAt(source, ['kind'], `${kind} is written by the daemon only: take it out of the files`));
      } else documents.push({ kind, name, source, parsed: reading.document });
    }
  }
  return { documents, issues };
}
