import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REFERENCE_FOLDER, referencePages } from './pages.ts';

/** Writes `docs/reference`; with `--check` names the pages that are stale and exits 1. */
function main(isCheck: boolean): void {
  const pages = referencePages();
  const stale = pages.filter(({ name, text }) => {
    const path = join(REFERENCE_FOLDER, name);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  if (isCheck) {
    for (const { name } of stale)
      process.stderr.write(`docs/reference/${name} is stale: run node test/docs/generate.ts\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  mkdirSync(REFERENCE_FOLDER, { recursive: true });
  for (const { name, text } of stale) writeFileSync(join(REFERENCE_FOLDER, name), text);
  process.stdout.write(`docs/reference: ${stale.length} of ${pages.length} pages written\n`);
}

main(process.argv.includes('--check'));
