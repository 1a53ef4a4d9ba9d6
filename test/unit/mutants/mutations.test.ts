import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mutate } from '../../mutants/mutation.ts';
import { mutations } from '../../mutants/mutations.ts';

it('every mutation still finds its text in the source, once', async () => {
  for (const mutation of mutations) {
    const text = await readFile(new URL(`../../../${mutation.file}`, import.meta.url), 'utf8');
    expect(mutate(text, mutation)).not.toBe(text);
  }
});
