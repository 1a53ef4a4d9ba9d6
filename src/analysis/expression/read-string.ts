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
  for (;;) {
    const character = cursor.characters[cursor.at] ?? '';
    if (character === '' || character === '\n') throw invalid(cursor.start + 1, 'literal not terminated');
    cursor.at += 1;
    if (character === quote) return bytes;
    if (character === '\\') bytes += readEscape(cursor, quote);
    else if (character !== '\r') bytes += bytesOfText(character);
    else bytes += '\n';
  }
}

function readEscape(cursor: Cursor, quote: string): string {
  const character = cursor.characters[cursor.at] ?? '';
  cursor.at += 1;
  if (character === quote) return quote;
  const simple = simpleEscapes[character];
  if (simple !== undefined) return simple;
  const digits = hexDigits[character];
  if (digits !== undefined)
    return bytesOfPoint(cursor, Number.parseInt(readDigits(cursor, /^[0-9a-fA-F]$/, digits), 16));
  if (!/^[0-7]$/.test(character)) throw invalid(cursor.at, 'invalid char escape');
  const rest = readDigits(cursor, /^[0-7]$/, 2);
  if (character > '3') throw invalid(cursor.at, 'unable to unescape string');
  return bytesOfPoint(cursor, Number.parseInt(character + rest, 8));
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
function bytesOfPoint(cursor: Cursor, point: number): string {
  if (point > 0x7fffffff) return String.fromCharCode(point & 0xff);
  if (point > 0x10ffff) throw invalid(cursor.at, 'unable to unescape string');
  return bytesOfText(point >= 0xd800 && point <= 0xdfff ? '\ufffd' : String.fromCodePoint(point));
}
