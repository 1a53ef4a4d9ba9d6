import { bytesOfText } from './byte-text.ts';
import type { Cursor } from './cursor.ts';
import { invalid } from './expression-error.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * What a string means, in bytes; the cursor stands behind its first quote, and then behind its last.
 * @throws {ExpressionError} `Invalid` if it does not end on its line, or has an escape that is none
 */
export function readString(cursor: Cursor, quote: string): string {
  let bytes = '';
  let meaninglessAt: number | null = null;
  for (;;) {
    const character = cursor.characters[cursor.at] ?? '';
    if (character === '' || character === '\n') throw invalid(cursor.start + 1, 'literal not terminated');
    cursor.at += 1;
    if (character === quote) break;
    const read = character === '\\' ? readEscape(cursor, quote) : bytesOfText(character === '\r' ? '\n' : character);
    if (read === null) meaninglessAt ??= cursor.at;
    bytes += read ?? '';
  }
  if (meaninglessAt !== null) throw invalid(meaninglessAt, 'unable to unescape string');
  return bytes;
}

/** What an escape means; `null` for one that is well formed and means nothing, of which Argo complains last. */
function readEscape(cursor: Cursor, quote: string): string | null {
  const character = cursor.characters[cursor.at] ?? '';
  cursor.at += 1;
  const simple = character === quote ? quote : simpleEscapes[character];
  if (simple !== undefined) return simple;
  const digits = hexDigits[character];
  if (digits !== undefined) return bytesOfPoint(Number.parseInt(readDigits(cursor, /^[0-9a-fA-F]$/, digits), 16));
  if (!/^[0-7]$/.test(character)) throw invalid(cursor.at, 'invalid char escape');
  const rest = readDigits(cursor, /^[0-7]$/, 2);
  return character > '3' ? null : bytesOfPoint(Number.parseInt(character + rest, 8));
}

function readDigits(cursor: Cursor, digit: RegExp, count: number): string {
  let digits = '';
  while (digits.length < count) {
    const character = cursor.characters[cursor.at] ?? '';
    if (!digit.test(character)) throw invalid(cursor.at + 1, 'invalid char escape');
    digits += character;
    cursor.at += 1;
  }
  return digits;
}

/** `\U` past 7fffffff is negative to Go, and only its last byte is kept. */
function bytesOfPoint(point: number): string | null {
  if (point > 0x7fffffff) return String.fromCharCode(point & 0xff);
  if (point > 0x10ffff) return null;
  return bytesOfText(point >= 0xd800 && point <= 0xdfff ? '\ufffd' : String.fromCodePoint(point));
}
