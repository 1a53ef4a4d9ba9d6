import type { PointTest } from './pattern.ts';
import { badPattern, nextOf, type PatternReader, readSince, skipText, unsupportedPattern } from './pattern-reader.ts';
import { not, perlClasses, unicodeClass } from './point-tests.ts';

const controlEscapes: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
const MAX_POINT = 0x10ffff;

/** The class that an escape such as `\d` or `\pL` names; `null`, and nothing is read, if it names none. */
export function readClassEscape(reader: PatternReader): PointTest | null {
  const letter = reader.characters[reader.at + 1] ?? '';
  const perl = perlClasses[letter.toLowerCase()];
  if (perl !== undefined) {
    reader.at += 2;
    return letter === letter.toLowerCase() ? perl : not(perl);
  }
  return letter === 'p' || letter === 'P' ? readUnicodeEscape(reader, letter) : null;
}

function readUnicodeEscape(reader: PatternReader, letter: string): PointTest {
  const start = reader.at;
  reader.at += 2;
  let name = nextOf(reader);
  reader.at += 1;
  if (name === '{') {
    const end = reader.characters.indexOf('}', reader.at);
    if (end < 0) throw badPattern(reader, 'invalid character class range', reader.characters.slice(start).join(''));
    name = reader.characters.slice(reader.at, end).join('');
    reader.at = end + 1;
  }
  if (name === '') throw badPattern(reader, 'invalid character class range', readSince(reader, start));
  const isNegated = name.startsWith('^') !== (letter === 'P');
  const test = unicodeClass(name.replace('^', ''));
  if (test === null) throw unsupportedPattern(reader, `the class ${readSince(reader, start)}`);
  return isNegated ? not(test) : test;
}

/** The code point that an escape means; the reader stands at the backslash. */
export function readPointEscape(reader: PatternReader): number {
  const start = reader.at;
  reader.at += 1;
  const letter = nextOf(reader);
  if (letter === '') throw badPattern(reader, 'trailing backslash at end of expression', '');
  reader.at += 1;
  const control = controlEscapes[letter];
  if (control !== undefined) return control;
  if (/^[0-7]$/.test(letter) && (letter === '0' || /^[0-7]$/.test(nextOf(reader)))) return readOctal(reader, letter);
  const point = letter === 'x' ? readHex(reader) : punctuationOf(letter);
  if (point === undefined) throw badPattern(reader, 'invalid escape sequence', readSince(reader, start));
  return point;
}

/** Any character of ASCII that is neither letter nor digit stands for itself. */
function punctuationOf(letter: string): number | undefined {
  const point = letter.codePointAt(0) ?? 0;
  return point < 128 && !/^[0-9A-Za-z]$/.test(letter) ? point : undefined;
}

function readOctal(reader: PatternReader, first: string): number {
  let digits = first;
  while (digits.length < 3 && /^[0-7]$/.test(nextOf(reader))) {
    digits += nextOf(reader);
    reader.at += 1;
  }
  return Number.parseInt(digits, 8);
}

/** `\x7f` or `\x{10ffff}`; `undefined` if it is neither. */
function readHex(reader: PatternReader): number | undefined {
  if (!skipText(reader, '{')) {
    const digits = reader.characters.slice(reader.at, reader.at + 2).join('');
    reader.at = Math.min(reader.at + 2, reader.characters.length);
    return /^[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
  }
  let digits = '';
  for (;;) {
    const character = nextOf(reader);
    reader.at = Math.min(reader.at + 1, reader.characters.length);
    if (character === '}' && digits !== '') break;
    digits += character;
    if (!/^[0-9a-fA-F]$/.test(character) || Number.parseInt(digits, 16) > MAX_POINT) return undefined;
  }
  return Number.parseInt(digits, 16);
}
