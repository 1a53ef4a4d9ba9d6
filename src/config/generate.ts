import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crdFiles } from './crd-files.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/crds/', import.meta.url));

/** Writes `deploy/crds`; with `--check` names the files that are stale and exits 1. */
function main(check: boolean): void {
  mkdirSync(FOLDER, { recursive: true });
  const wanted = new Map(crdFiles().map(({ path, text }) => [path, text]));
  const present = readdirSync(FOLDER);
  const stale = [
    ...[...wanted].filter(
      ([name, text]) => !present.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== text,
    ),
    ...present.filter((name) => !wanted.has(name)).map((name) => [name, null] as const),
  ];
  if (check) {
    for (const [name] of stale) process.stderr.write(`deploy/crds/${name} is stale: run npm run generate\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const [name, text] of stale) {
    if (text === null) rmSync(join(FOLDER, name));
    else writeFileSync(join(FOLDER, name), text);
  }
  process.stdout.write(`deploy/crds: ${stale.length} of ${wanted.size} files written\n`);
}

main(process.argv.includes('--check'));
