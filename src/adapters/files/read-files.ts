import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputFile } from '../../config/yaml-documents.ts';
import { InvalidInput } from '../../domain/errors.ts';

/** Deepest folder that is walked into. */
const MAX_DEPTH = 16;
const DECLARATION = /\.(ya?ml|json)$/;

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
    const text = await readFile(path, 'utf8').catch((error: unknown) => ({ problem: explain(path, error) }));
    if (typeof text === 'string') read.push({ path, text });
    else unreadable.push(text.problem);
  }
  if (unreadable.length > 0) {
    throw new InvalidInput(unreadable.map((message) => ({ file: null, line: null, column: null, path: '', message })));
  }
  return read;
}

function explain(path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `reading ${path}: no such file or folder`;
  return `reading ${path}: ${code ?? String(error)}`;
}

async function filesAt(path: string): Promise<readonly string[]> {
  return (await stat(path)).isDirectory() ? filesBelow(path, 0) : [join(path)];
}

async function filesBelow(folder: string, depth: number): Promise<readonly string[]> {
  if (depth > MAX_DEPTH) return [];
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path, depth + 1)));
    else if (DECLARATION.test(entry.name)) files.push(path);
  }
  return files;
}
