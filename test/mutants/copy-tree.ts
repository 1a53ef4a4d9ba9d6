import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests need of the tree; the last three for vitest's configuration, which orders other tests by them. */
const COPIED = [
  'src',
  'test/unit/release',
  'test/unit/planning',
  'test/unit/analysis',
  'vitest.config.ts',
  'package.json',
  'tsconfig.json',
  'test/lab/story-last.ts',
  'test/lab/stories.ts',
  'test/e2e/cli-process.ts',
];

/** Copies the tree to a temporary folder, `node_modules` as a link; the copy is gone when it is disposed of. */
export async function copyTree(root: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tidegate-mutants-'));
  for (const name of COPIED) await cp(join(root, name), join(path, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
