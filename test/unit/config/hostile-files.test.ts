import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readFiles } from '../../../src/adapters/files/read-files.ts';

describe('a folder with something hostile in it', () => {
  let root = '';
  let folder = '';
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'tidegate-hostile-')));
    folder = join(root, 'fleet');
    mkdirSync(folder);
    writeFileSync(join(folder, 'good.yaml'), 'a');
    writeFileSync(join(root, 'outside.yaml'), 'b');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test.each([
    ['a link out of it', '../outside.yaml', 'a link that leads out of its folder'],
    ['a link to itself', 'x.yaml', 'a link that leads to itself'],
    ['a link to its parent', '.', 'a link that leads out of its folder'],
    ['a link to nothing', 'nowhere', 'no such file or folder'],
    ['a link to a folder in it', 'below', 'not a file'],
    ['a link to a device', '/dev/zero', 'a link that leads out of its folder'],
  ])('%s', async (_, target, says) => {
    mkdirSync(join(folder, 'below'));
    symlinkSync(target, join(folder, 'x.yaml'));
    await expect(readFiles([folder])).rejects.toThrow(`reading ${join(folder, 'x.yaml')}: ${says}`);
  });

  test('a link to a file in it is followed, as mounts of Kubernetes have them', async () => {
    symlinkSync('good.yaml', join(folder, 'x.yaml'));
    expect((await readFiles([folder])).map(({ text }) => text)).toEqual(['a', 'a']);
  });

  test('linked folders that lead in a circle are not walked', async () => {
    symlinkSync('.', join(folder, 'again'));
    expect(await readFiles([folder])).toHaveLength(1);
  });

  test('folders deeper than anybody makes are not passed over in silence', async () => {
    mkdirSync(join(folder, ...Array.from({ length: 17 }, () => 'd')), { recursive: true });
    await expect(readFiles([folder])).rejects.toThrow('more than 16 folders deep');
  });

  test.each([
    ['what is not UTF-8', Buffer.from([0x61, 0xff, 0xfe]), 'not text in UTF-8'],
    ['UTF-16', Buffer.from('\ufeffa: 1', 'utf16le'), 'not text in UTF-8'],
    ['more than may be read', Buffer.alloc(33 * 1024 * 1024, 'a'), 'longer than 33554432 bytes'],
  ])('%s', async (_, content, says) => {
    const path = join(folder, 'x.yaml');
    writeFileSync(path, content);
    await expect(readFiles([path])).rejects.toThrow(`reading ${path}: ${says}`);
  });

  test('a device that never ends is read no further than may be', async () => {
    await expect(readFiles(['/dev/zero'])).rejects.toThrow('reading /dev/zero: longer than 33554432 bytes');
  });

  test('a byte order mark is left out', async () => {
    writeFileSync(join(folder, 'good.yaml'), '\ufeffa: 1');
    expect((await readFiles([folder])).map(({ text }) => text)).toEqual(['a: 1']);
  });
});
