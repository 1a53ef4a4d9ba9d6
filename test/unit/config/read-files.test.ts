import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFiles } from '../../../src/adapters/files/read-files.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';

describe('reading files and folders', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-files-'));
    for (const name of ['b', 'a/deep', '.hidden', 'node_modules', 'empty'])
      mkdirSync(join(folder, name), { recursive: true });
    const names = [
      'z.yaml',
      'b/one.yml',
      'a/deep/two.json',
      '.hidden/no.yaml',
      'node_modules/no.yaml',
      'notes.md',
      'empty/x.txt',
    ];
    for (const name of names) writeFileSync(join(folder, name), name);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('finds the declarations of a folder, sorted, each once', async () => {
    const read = await readFiles([folder, join(folder, 'z.yaml')]);
    expect(read.map(({ path, text }) => [path.slice(folder.length + 1), text])).toEqual([
      ['a/deep/two.json', 'a/deep/two.json'],
      ['b/one.yml', 'b/one.yml'],
      ['z.yaml', 'z.yaml'],
    ]);
  });

  test('takes a file that is named, whatever its ending', async () => {
    expect(await readFiles([join(folder, 'notes.md')])).toHaveLength(1);
  });

  test('names every path that cannot be read', async () => {
    const missing = join(folder, 'nowhere.yaml');
    const empty = join(folder, 'empty');
    await expect(readFiles([missing, empty])).rejects.toThrow(InvalidInput);
    await expect(readFiles([missing, empty])).rejects.toThrow(
      `reading ${missing}: no such file or folder\nreading ${empty}: no .yaml, .yml or .json file in this folder`,
    );
  });
});
