import type { PointTest } from './pattern.ts';
import {
  badPattern,
  comesNext,
  type Flags,
  nextOf,
  type PatternReader,
  readSince,
  skipText,
  unsupportedPattern,
} from './pattern-reader.ts';
import { ignoringCase, not, pointFrom, posixClasses } from './point-tests.ts';
import { readClassEscape, readPointEscape } from './read-escape.ts';

/** `[a-z[:digit:]\d]`; a `]` that comes first is meant itself. */
export function readClass(reader: PatternReader, flags: Flags): PointTest {
  const start = reader.at;
  reader.at += 1;
  const isNegated = skipText(reader, '^');
  const tests: PointTest[] = [];
  while (nextOf(reader) !== ']' || tests.length === 0) {
    if (nextOf(reader) === '') {
      throw badPattern(reader, 'missing closing ]', reader.characters.slice(start).join(''));
    }
    const test = readNamedClass(reader) ?? readRange(reader, flags);
    tests.push(flags.i ? ignoringCase(test) : test);
  }
  reader.at += 1;
  const isInClass: PointTest = (point) => tests.some((test) => test(point));
  return isNegated ? not(isInClass) : isInClass;
}

function readNamedClass(reader: PatternReader): PointTest | null {
  if (nextOf(reader) === '\\') return readClassEscape(reader);
  if (!comesNext(reader, '[:')) return null;
  const start = reader.at;
  const end = closingAt(reader);
  if (end === null) return null;
  const name = reader.characters.slice(start + 2, end).join('');
  reader.at = end + 2;
  const test = posixClasses[name.replace('^', '')];
  if (test === undefined) throw badPattern(reader, 'invalid character class range', readSince(reader, start));
  return name.startsWith('^') ? not(test) : test;
}

/** Where the `:]` of a named class is, `null` if there is none. */
function closingAt(reader: PatternReader): number | null {
  const { characters } = reader;
  for (let at = reader.at + 2; at + 1 < characters.length; at += 1) {
    if (characters[at] === ':' && characters[at + 1] === ']') return at;
  }
  return null;
}

function readRange(reader: PatternReader, flags: Flags): PointTest {
  const start = reader.at;
  const first = readPoint(reader);
  const isRange = nextOf(reader) === '-' && ![']', ''].includes(reader.characters[reader.at + 1] ?? '');
  if (isRange) reader.at += 1;
  const last = isRange ? readPoint(reader) : first;
  if (last < first) throw badPattern(reader, 'invalid character class range', readSince(reader, start));
  if (flags.i && last > 127 && first > 127) throw unsupportedPattern(reader, '(?i) beyond ASCII');
  return pointFrom(first, last);
}

function readPoint(reader: PatternReader): number {
  if (nextOf(reader) === '\\') return readPointEscape(reader);
  const point = nextOf(reader).codePointAt(0) ?? 0;
  reader.at += 1;
  return point;
}
