import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartFiles } from './chart-files.ts';

const FOLDER = fileURLToPath(new URL('../../../deploy/chart/', import.meta.url));

/** Writes `deploy/chart`; with `--check` names the files that are stale and exits 1. */
function main(isCheck: boolean): void {
  const files = chartFiles();
  const paths = new Set(files.map(({ path }) => path));
  const stale = files.filter(({ path, text }) => textOf(path) !== text);
  const extra = presentFiles().filter((path) => !paths.has(path));
  if (isCheck) {
    for (const path of [...stale.map((file) => file.path), ...extra])
      process.stderr.write(`deploy/chart/${path} is stale: run npm run generate\n`);
    process.exitCode = stale.length + extra.length === 0 ? 0 : 1;
    return;
  }
  for (const path of extra) rmSync(join(FOLDER, path));
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
    writeFileSync(join(FOLDER, path), text);
  }
  process.stdout.write(`deploy/chart: ${stale.length + extra.length} of ${files.length} files written\n`);
}

function textOf(path: string): string | null {
  const place = join(FOLDER, path);
  return existsSync(place) ? readFileSync(place, 'utf8') : null;
}

function presentFiles(): readonly string[] {
  if (!existsSync(FOLDER)) return [];
  const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => join(parentPath, name).slice(FOLDER.length));
}

main(process.argv.includes('--check'));
