import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDocs } from '../../docs/read-docs.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LINK = /\]\(([^)\s]+)\)/g;

/** As the usual renderers of Markdown make them of headings. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((found) => slugOf(found[1]!));
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map((found) => found[1]!)]);
}

function whyDead(page: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(file)) return `${page}: ${link} leads to no file`;
  if (anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).has(anchor)) return null;
  return `${page}: ${link} leads to no heading`;
}

test('every link of the documentation leads somewhere', () => {
  const links = readDocs().flatMap(({ path, text }) =>
    [...text.matchAll(LINK)].map((found) => ({ path, link: found[1]! })),
  );
  const own = links.filter(({ link }) => !/^https?:/.test(link));
  expect(own.length).toBeGreaterThan(30);
  expect(own.flatMap(({ path, link }) => whyDead(path, link) ?? [])).toEqual([]);
});

test('a dead link is noticed', () => {
  expect(whyDead('docs/README.md', 'nowhere.md')).toBe('docs/README.md: nowhere.md leads to no file');
  expect(whyDead('docs/README.md', 'start.md#nowhere')).toBe('docs/README.md: start.md#nowhere leads to no heading');
});
