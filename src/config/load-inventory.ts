import { type InputIssue, InvalidInput } from '../domain/errors.ts';
import { checkInventory } from './check-inventory.ts';
import { compareIssues, compareText, type DocumentSource, issueAt } from './document-source.ts';
import { type Inventory, inventoryOf } from './inventory.ts';
import { type KnownDocument, knownDocument } from './known-document.ts';
import { type ParsedDocument, readDocument } from './parse-document.ts';
import { daemonKinds } from './wire/kinds.ts';
import { type InputFile, readYamlDocuments } from './yaml-documents.ts';

/**
 * Reads the documents of all files, together, in any order.
 *
 * `present` is what is declared elsewhere already, such as in the hub; a file's document of the same kind and name stands in
 * its place. Documents that `isElsewheres` picks out are somebody else's to read, and are passed over.
 *
 * @throws InvalidInput with every issue of every file, sorted by file and line.
 */
export function loadInventory(
  files: readonly InputFile[],
  present: readonly ParsedDocument[] = [],
  isElsewheres: (document: unknown) => boolean = () => false,
): Inventory {
  const { documents, issues } = readAll(files, isElsewheres);
  const inFiles = new Set(documents.map(({ kind, name }) => `${kind}/${name}`));
  const kept = present.filter(({ kind, name }) => !inFiles.has(`${kind}/${name}`)).map(knownDocument);
  const all = [...kept, ...documents];
  const found = [...issues, ...checkInventory(all)];
  if (found.length > 0) throw new InvalidInput(found.sort(compareIssues));
  return inventoryOf(all.flatMap(({ parsed }) => parsed ?? []));
}

interface Reading {
  readonly documents: readonly KnownDocument[];
  readonly issues: readonly InputIssue[];
}

/** The documents of all files and what is wrong with each by itself; nothing is compared yet. */
function readAll(files: readonly InputFile[], isElsewheres: (document: unknown) => boolean): Reading {
  const sorted = [...files].sort((left, right) => compareText(left.path, right.path));
  const readings = sorted.map((file) => readFile(file, isElsewheres));
  return {
    documents: readings.flatMap(({ documents }) => documents),
    issues: readings.flatMap(({ issues }) => issues),
  };
}

function readFile(file: InputFile, isElsewheres: (document: unknown) => boolean): Reading {
  const { documents: raw, issues } = readYamlDocuments(file);
  const own = raw.filter(({ value }) => !isElsewheres(value));
  const readings = own.map(({ source, value }) => knownOrRefused(source, value));
  return {
    documents: readings.flatMap(({ documents }) => documents),
    issues: [...issues, ...readings.flatMap((reading) => reading.issues)],
  };
}

function knownOrRefused(source: DocumentSource, value: unknown): Reading {
  const reading = readDocument(value, source);
  if (reading.outcome === 'refused') {
    const { kind, name, issues } = reading;
    return { documents: kind === null || name === null ? [] : [{ kind, name, source, parsed: null }], issues };
  }
  if (!daemonKinds.has(reading.document.kind)) return { documents: [knownDocument(reading.document)], issues: [] };
  const message = `${reading.document.kind} is written by the daemon only: take it out of the files`;
  return { documents: [], issues: [issueAt(source, ['kind'], message)] };
}
