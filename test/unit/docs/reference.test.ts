import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REFERENCE_FOLDER, referencePages } from '../../docs/pages.ts';

test.each(referencePages())(
  'docs/reference/$name is what the code says (else: node test/docs/generate.ts)',
  ({ name, text }) => {
    expect(readFileSync(join(REFERENCE_FOLDER, name), 'utf8')).toBe(text);
  },
);
