import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastJson, type Said, say } from './fake-context.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-diff-'));
  file = join(folder, 'base.json');
  await planOf('storefront-4.12.0', '-o', 'json', '--out', file);
});

afterAll(() => rm(folder, { recursive: true }));

function planOf(release: string, ...args: readonly string[]): Promise<Said> {
  return say('plan', '-f', 'waves', '--release', release, ...args);
}

test('a plan is compared with one that was kept, offline', async () => {
  const { code, stdout } = await planOf('storefront-4.14.0', '--diff', file);
  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toContain('of storefront-4.14.0 (4.14.0) against ');
  expect(stdout).toContain('Targets in another wave:\n  shared-eu/piedpiper/storefront: business → business-early');
});

test('the comparison is a comment for a pull request, in a file or on stdout', async () => {
  const path = join(folder, 'comment.md');
  await planOf('storefront-4.13.0', '--diff', file, '--out', path);
  const { stdout } = await planOf('storefront-4.13.0', '--diff', file, '-o', 'markdown');
  expect(await readFile(path, 'utf8')).toBe(stdout);
  expect(stdout).toMatch(/^## Plan of storefront-4\.13\.0\n/);
});

test('machines get the whole of it', async () => {
  const { diff } = lastJson((await planOf('storefront-4.12.0', '--diff', file, '-o', 'json')).stdout) as {
    readonly diff: { readonly isSame: boolean };
  };
  expect(diff).toMatchObject({ isSame: true, added: [], settings: [], objects: [] });
});

test.each([
  ['is not there', () => join(folder, 'nowhere.json'), 'ENOENT'],
  ['is no plan', async () => written('other.json', '{"plan":{"schema":1}}'), 'is no plan that tidegate plan'],
  ['is no JSON', async () => written('text.json', 'plan'), 'is no plan that tidegate plan'],
  [
    'was changed',
    async () => written('forged.json', (await readFile(file, 'utf8')).replace('"maxFailures":0', '"maxFailures":9')),
    'the plan was changed after it was made',
  ],
])('a file that %s is refused', async (_, path, words) => {
  const { code, stderr } = await planOf('storefront-4.12.0', '--diff', await path());
  expect(stderr).toContain(words);
  expect(code).toBe(2);
});

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test.each([
  ['a plan with warnings', 'storefront-4.14.0', 'warning', 50],
  ['a plan with warnings, errors asked for', 'storefront-4.14.0', 'error', 0],
])('--fail-on: %s', async (_, release, severity, code) => {
  const said = await planOf(release, '--fail-on', severity);
  expect(said.code).toBe(code);
  expect(said.stderr.includes('--fail-on warning')).toBe(code === 50);
});
