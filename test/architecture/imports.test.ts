import { describe, expect, test } from 'vitest';
import { importViolations, type SourceTree } from './check-imports.ts';
import { allowedFolders, folderOf, folderRules } from './folder-rules.ts';
import { readTree } from './read-tree.ts';

const source: SourceTree = new Map([...readTree('src')].filter(([path]) => path.endsWith('.ts')));

test('the source keeps the import table', () => {
  expect(source.size).toBeGreaterThan(200);
  expect(importViolations(source)).toEqual([]);
});

test('every folder of the source has its rule, and every rule its folder', () => {
  expect(new Set([...source.keys()].map(folderOf))).toEqual(new Set(Object.keys(folderRules)));
});

test('what a folder may import comes along with it', () => {
  expect([...allowedFolders('release')].sort()).toEqual(['analysis', 'domain', 'manifests', 'planning', 'release']);
  expect([...allowedFolders('controller')]).not.toContain('config');
});

describe('a planted violation is caught:', () => {
  const clean = { 'src/domain/a.ts': 'export const a = 1;' };
  const rows: readonly {
    readonly title: string;
    readonly files: Readonly<Record<string, string>>;
    readonly violation: string;
  }[] = [
    { title: 'nothing to check', files: {}, violation: 'there is no source to check' },
    {
      title: 'a pure folder reads files',
      files: { 'src/release/b.ts': "import { readFileSync } from 'node:fs';" },
      violation: 'src/release/b.ts imports node:fs, release may not',
    },
    {
      title: 'a pure folder uses a client',
      files: { 'src/planning/b.ts': "import { KubeConfig } from '@kubernetes/client-node';" },
      violation: 'src/planning/b.ts imports @kubernetes/client-node, planning may not',
    },
    {
      title: 'a part of a package counts as the package',
      files: { 'src/analysis/b.ts': "import { sha256 } from '@noble/hashes/sha2.js';" },
      violation: 'src/analysis/b.ts imports @noble/hashes, analysis may not',
    },
    {
      title: 'domain imports anything',
      files: { ...clean, 'src/analysis/b.ts': '', 'src/domain/c.ts': "import '../analysis/b.ts';" },
      violation: 'src/domain/c.ts imports src/analysis/b.ts, domain may not import analysis',
    },
    {
      title: 'an import for types only',
      files: { 'src/ports/b.ts': '', 'src/release/c.ts': "import type { B } from '../ports/b.ts';" },
      violation: 'src/release/c.ts imports src/ports/b.ts, release may not import ports',
    },
    {
      title: 'a re-export',
      files: { 'src/ports/b.ts': '', 'src/release/c.ts': "export { b } from '../ports/b.ts';" },
      violation: 'src/release/c.ts imports src/ports/b.ts, release may not import ports',
    },
    {
      title: 'a re-export of everything',
      files: { 'src/ports/b.ts': '', 'src/release/c.ts': "export * from '../ports/b.ts';" },
      violation: 'src/release/c.ts imports src/ports/b.ts, release may not import ports',
    },
    {
      title: 'a dynamic import',
      files: { 'src/ports/b.ts': '', 'src/release/c.ts': "export const c = () => import('../ports/b.ts');" },
      violation: 'src/release/c.ts imports src/ports/b.ts, release may not import ports',
    },
    {
      title: 'an import whose name is computed',
      files: { 'src/release/c.ts': 'export const c = (name: string) => import(name);' },
      violation: 'src/release/c.ts imports a computed name, name',
    },
    {
      title: 'an adapter imports the controller',
      files: { 'src/controller/b.ts': '', 'src/adapters/hub/c.ts': "import '../../controller/b.ts';" },
      violation: 'src/adapters/hub/c.ts imports src/controller/b.ts, adapters/hub may not import controller',
    },
    {
      title: 'an adapter imports another',
      files: { 'src/adapters/clock/b.ts': '', 'src/adapters/hub/c.ts': "import '../clock/b.ts';" },
      violation: 'src/adapters/hub/c.ts imports src/adapters/clock/b.ts, adapters/hub may not import adapters/clock',
    },
    {
      title: 'the controller imports an adapter',
      files: { 'src/adapters/hub/b.ts': '', 'src/controller/c.ts': "import '../adapters/hub/b.ts';" },
      violation: 'src/controller/c.ts imports src/adapters/hub/b.ts, controller may not import adapters/hub',
    },
    {
      title: 'the sandbox imports what it is to be held against',
      files: {
        'src/release/b.ts': '',
        'src/adapters/kubernetes/c.ts': '',
        'src/sandbox/d.ts': "import '../adapters/kubernetes/c.ts';",
      },
      violation: 'src/sandbox/d.ts imports src/adapters/kubernetes/c.ts, sandbox may not import adapters/kubernetes',
    },
    {
      title: 'a pure file that reaches the outside through another',
      files: { 'src/domain/a.ts': "import 'node:os';", 'src/release/b.ts': "import '../domain/a.ts';" },
      violation: 'src/release/b.ts reaches node:os through src/domain/a.ts',
    },
    {
      title: 'somebody imports a script',
      files: { 'src/config/generate.ts': "import 'node:fs';", 'src/config/b.ts': "import './generate.ts';" },
      violation: 'src/config/b.ts imports the script src/config/generate.ts',
    },
    {
      title: 'an import of what is not there',
      files: { 'src/domain/b.ts': "import './gone.ts';" },
      violation: 'src/domain/b.ts imports ./gone.ts, which is not there',
    },
    {
      title: 'a folder without a rule',
      files: { 'src/shared/b.ts': "import 'node:fs';" },
      violation: 'src/shared/b.ts stands in shared, a folder without a rule',
    },
    {
      title: 'folders that import one another',
      files: {
        'src/domain/a.ts': "import '../release/c.ts';",
        'src/planning/b.ts': "import '../domain/a.ts';",
        'src/release/c.ts': "import '../planning/b.ts';",
      },
      violation: 'folders import one another: domain → release → planning → domain',
    },
  ];
  test.each(rows)('$title', ({ files, violation }) => {
    expect(importViolations(new Map(Object.entries(files)))).toContain(violation);
  });

  test('and a clean tree is not accused', () => {
    expect(importViolations(new Map(Object.entries(clean)))).toEqual([]);
  });
});
