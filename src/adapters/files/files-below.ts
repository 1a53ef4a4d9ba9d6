import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Deepest folder that is walked into. */
const MAX_DEPTH = 16;

/** Files that are taken of one folder. */
const MAX_FILES = 20_000;

const DECLARATION = /\.(ya?ml|json)$/;

/** A path that is not read, though it is there. */
export class RefusedPath extends Error {
  override readonly name = 'RefusedPath';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * The declarations below a folder. A link is followed to a file inside of it, as the mounts of Kubernetes have them.
 *
 * @throws RefusedPath for links that lead elsewhere, what is neither file nor folder, and more than anybody writes
 */
export async function filesBelow(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const inside = `${await realpath(root)}${sep}`;
  await walk(root, 0);
  return files;

  async function walk(folder: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new RefusedPath(folder, `more than ${MAX_DEPTH} folders deep`);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path, depth + 1);
      else if (DECLARATION.test(entry.name)) files.push(await readable(path, entry, inside));
      if (files.length > MAX_FILES) throw new RefusedPath(root, `more than ${MAX_FILES} files`);
    }
  }
}

/** The path again, of a file or of a link to one inside of the folder; a pipe would never end. */
async function readable(path: string, entry: Dirent, inside: string): Promise<string> {
  const isLink = entry.isSymbolicLink();
  if (isLink && !(await realpath(path)).startsWith(inside))
    throw new RefusedPath(path, 'a link that leads out of its folder');
  const isFile = isLink ? (await stat(path)).isFile() : entry.isFile();
  if (!isFile) throw new RefusedPath(path, 'not a file');
  return path;
}
