import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What tools put into a checkout, and what is not ours to name. */
const NOT_OURS: ReadonlySet<string> = new Set(['node_modules', 'dist', 'out', 'coverage']);

/** Every file below a folder of the repository, `''` for all: path from the root → text. */
export function readTree(folder: string): ReadonlyMap<string, string> {
  return new Map(pathsBelow(folder).map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
}

/** Folders below a folder of the repository that hold files, sorted. */
export function foldersOf(tree: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...tree.keys()].map((path) => path.slice(0, path.lastIndexOf('/'))))].sort();
}

function pathsBelow(folder: string): readonly string[] {
  const entries = readdirSync(`${ROOT}${folder}`, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isOurs(entry.name) ? pathsBelow(path) : [];
    return entry.isFile() ? [path] : [];
  });
}

/** Folders with a dot are tools', the CI's apart. */
function isOurs(folder: string): boolean {
  return !NOT_OURS.has(folder) && (!folder.startsWith('.') || folder === '.ci' || folder === '.github');
}
