import { describe, expect, test } from 'vitest';
import { foldersOf, readTree } from './read-tree.ts';

const source = readTree('src');
const repository = readTree('');
const LONGEST_FILE_LINES = 300;

const baseOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** A drawer is a place for what has no place. */
function isDrawer(path: string): boolean {
  return /(^|[/.-])(utils?|helpers?|common)([/.-]|$)/.test(path) || /^(types|constants)\.ts$/.test(baseOf(path));
}

/** A folder is opened by its own README, or by a line of its parent's. */
function isOpened(tree: ReadonlyMap<string, string>, folder: string): boolean {
  if (tree.has(`${folder}/README.md`)) return true;
  const parent = folder.slice(0, folder.lastIndexOf('/'));
  return tree.get(`${parent}/README.md`)?.includes(`\`${baseOf(folder)}/\``) ?? false;
}

/** Put together here, so that this file does not hold them. */
const needles: readonly string[] = [
  ['', 'work', ''].join('/'),
  ['registry', 'npmjs', 'org'].join('.'),
  ['registry', 'npmmirror', 'com'].join('.'),
  ['registry', 'yarnpkg', 'com'].join('.'),
  ['proxy', 'golang', 'org'].join('.'),
  ['sum', 'golang', 'org'].join('.'),
  ['pypi', 'org'].join('.'),
  ['files', 'pythonhosted', 'org'].join('.'),
  ['static', 'crates', 'io'].join('.'),
];

test('no file is a drawer', () => {
  expect([...source.keys()].filter(isDrawer)).toEqual([]);
});

test('file names are kebab-case', () => {
  const odd = [...source.keys()].filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(baseOf(path)));
  expect(odd.filter((path) => baseOf(path) !== 'README.md')).toEqual([]);
});

test(`no file of the source is longer than ${LONGEST_FILE_LINES} lines`, () => {
  const long = [...source].filter(([, text]) => text.split('\n').length - 1 > LONGEST_FILE_LINES);
  expect(long.map(([path]) => path)).toEqual([]);
});

test('every folder of the source is opened by a README', () => {
  expect(foldersOf(source).filter((folder) => !isOpened(source, folder))).toEqual([]);
});

test('nothing names a checkout’s place or a package registry', () => {
  expect(repository.size).toBeGreaterThan(400);
  const named = [...repository].flatMap(([path, text]) =>
    needles.filter((needle) => text.includes(needle)).map((needle) => `${path}: ${needle}`),
  );
  expect(named).toEqual([]);
});

describe('what is planted is caught:', () => {
  test.each([
    'src/release/utils.ts',
    'src/utils/clock.ts',
    'src/release/string-helpers.ts',
    'src/common/a.ts',
    'src/domain/types.ts',
    'src/domain/constants.ts',
  ])('%s is a drawer', (path) => {
    expect(isDrawer(path)).toBe(true);
  });

  test.each(['src/release/commands.ts', 'src/sandbox/argo/metric-assessment.ts', 'src/domain/release-types.ts'])(
    '%s is none',
    (path) => {
      expect(isDrawer(path)).toBe(false);
    },
  );

  test('a folder that nobody opens', () => {
    const tree = new Map([
      ['src/config/README.md', '- `wire/`: schemas'],
      ['src/config/wire/a.ts', ''],
      ['src/config/odd/a.ts', ''],
      ['src/release/a.ts', ''],
    ]);
    expect(foldersOf(tree).filter((folder) => !isOpened(tree, folder))).toEqual(['src/config/odd', 'src/release']);
  });
});
