import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type InputFile, MAX_TEXT_LENGTH } from '../../config/yaml-documents.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { printable } from '../../domain/printable.ts';
import { filesBelow, RefusedPath } from './files-below.ts';

/**
 * Reads files and, of folders, every `.yaml`, `.yml` and `.json` below them, sorted by path; each file once.
 * Names that start with a dot and `node_modules` are passed over in folders.
 *
 * @throws InvalidInput naming every path that cannot be read, and folders without a file to read.
 */
export async function readFiles(paths: readonly string[]): Promise<readonly InputFile[]> {
  const unreadable: string[] = [];
  const found = new Set<string>();
  for (const path of paths) {
    const files = await filesAt(path).catch((error: unknown) => explain(path, error));
    if (typeof files === 'string') unreadable.push(files);
    else if (files.length === 0) unreadable.push(`reading ${path}: no .yaml, .yml or .json file in this folder`);
    else for (const file of files) found.add(file);
  }
  const read: InputFile[] = [];
  for (const path of [...found].sort()) {
    const text = await readText(path).catch((error: unknown) => ({ problem: explain(path, error) }));
    if (typeof text === 'string') read.push({ path, text });
    else unreadable.push(text.problem);
  }
  if (unreadable.length > 0) throw refused(unreadable);
  return read;
}

function refused(messages: readonly string[]): InvalidInput {
  return new InvalidInput(
    messages.map((message) => ({ file: null, line: null, column: null, path: '', message: printable(message) })),
  );
}

function explain(path: string, error: unknown): string {
  if (error instanceof RefusedPath) return `reading ${error.path}: ${error.message}`;
  const { code, path: where = path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `reading ${where}: no such file or folder`;
  if (code === 'ELOOP') return `reading ${where}: a link that leads to itself`;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return `reading ${path}: not text in UTF-8`;
  return `reading ${path}: ${code ?? String(error)}`;
}

async function filesAt(path: string): Promise<readonly string[]> {
  return (await stat(path)).isDirectory() ? filesBelow(path) : [join(path)];
}

/** The text of a file or a pipe, without its byte order mark; not one byte more than may be read. */
async function readText(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  const file = await open(path, 'r');
  for await (const piece of file.createReadStream() as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_TEXT_LENGTH) throw new RefusedPath(path, `longer than ${MAX_TEXT_LENGTH} bytes`);
    pieces.push(piece);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
}
