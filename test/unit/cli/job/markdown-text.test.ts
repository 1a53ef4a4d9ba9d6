import { expect, test } from 'vitest';
import { plain } from '../../../../src/cli/job/markdown-text.ts';

test.each([
  ['a line break', 'a\n# b', 'a \\# b'],
  ['markup', '**a** _b_ `c` [d](e)', '\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\[d\\](e)'],
  ['HTML', '<img src=x> &amp;', '&lt;img src=x> &amp;amp;'],
  ['a mention', '@everyone', '@\u200Beveryone'],
  ['a control character', 'a\u001Bb', 'a\uFFFDb'],
])('%s of somebody else is text', (_, text, written) => {
  expect(plain(text)).toBe(written);
});
