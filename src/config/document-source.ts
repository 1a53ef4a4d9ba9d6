import type { InputIssue } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { type DocumentPath, formatPath } from './document-path.ts';

/** Which part of a field an issue is about: its name or its value. */
export type FieldPart = 'key' | 'value';

/** Where a document came from. */
export interface DocumentSource {
  /** File path, or the name of an object in the hub. */
  readonly file: string;
  /** 1-based line and column of a path, or of the nearest parent that is there; `null` when there is no text. */
  locate(path: DocumentPath, part: FieldPart): { readonly line: number; readonly column: number } | null;
}

/** Says that something is wrong at a path of the document being read. */
export type Report = (path: DocumentPath, message: string, part?: FieldPart) => void;

/** The source of an object that was never text, such as one from the Kubernetes API. */
export function objectSource(name: string): DocumentSource {
  return { file: name, locate: () => null };
}

/** An issue with its place looked up; what it repeats of the document can do nothing to a terminal. */
export function issueAt(
  source: DocumentSource,
  path: DocumentPath,
  message: string,
  part: FieldPart = 'value',
): InputIssue {
  const place = source.locate(path, part);
  return {
    file: printable(source.file),
    line: place?.line ?? null,
    column: place?.column ?? null,
    path: printable(formatPath(path)),
    message: printable(message),
  };
}

/** Orders issues by file, line, column, path. */
export function compareIssues(left: InputIssue, right: InputIssue): number {
  return (
    compareText(left.file ?? '', right.file ?? '') ||
    (left.line ?? 0) - (right.line ?? 0) ||
    (left.column ?? 0) - (right.column ?? 0) ||
    compareText(left.path, right.path) ||
    compareText(left.message, right.message)
  );
}

/** Orders text by code units: the same on every machine, whatever its locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
