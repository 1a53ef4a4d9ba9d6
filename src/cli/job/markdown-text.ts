import { inline } from '../../planning/document/table.ts';

/** A text of somebody else's on one line of Markdown, where it can be no markup, link, mention or HTML. */
export function plain(text: string): string {
  return inline(text)
    .replaceAll(/\p{Cc}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]~#]/g, '\\$&')
    .replaceAll('@', '@\u200B');
}
