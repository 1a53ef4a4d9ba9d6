import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BESIDE_DOCS = ['README.md', 'deploy/README.md', 'waves/README.md'];
const FENCE = /^```([a-z]*)\n([\s\S]*?)^```$/gm;
const INLINE_CODE = /`([^`\n]+)`/g;

/** A page that people wrote, or that was made. */
export interface DocPage {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The pages of `docs/`, decisions apart, and those that link to them. */
export function readDocs(): readonly DocPage[] {
  const own = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('adr/'))
    .map((name) => `docs/${name}`);
  return [...BESIDE_DOCS, ...own.sort()].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Blocks of code of a language, in order. */
export function codeBlocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(FENCE)].filter((found) => found[1] === language).map((found) => found[2]!);
}

/** What stands in code font within sentences. */
export function inlineCode(text: string): readonly string[] {
  return [...text.replace(FENCE, '').matchAll(INLINE_CODE)].map((found) => found[1]!);
}

/** Command lines of `tidegate` on a page: in code font, at the beginning of a line of a block, or after a `$ `, `| ` or `(`. */
export function tidegateLines(text: string): readonly string[] {
  const blocks = ['sh', 'text'].flatMap((language) => codeBlocks(text, language));
  const lines = blocks.flatMap((block) => block.split('\n'));
  const calls = lines.flatMap((line) => /(?:^|\$ +|\$\()(tidegate [^|;]*)/.exec(line)?.[1] ?? []);
  return [...calls, ...inlineCode(text).filter((code) => code.startsWith('tidegate '))];
}
