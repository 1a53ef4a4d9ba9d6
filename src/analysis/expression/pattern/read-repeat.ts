import type { PatternNode } from './pattern.ts';
import { badPattern, nextOf, type PatternReader, readSince, skipText } from './pattern-reader.ts';

/** Go's own limit for a count, and for counts inside of counts. */
const MAX_COUNT = 1000;

/** A `*`, `+`, `?` or `{2,3}`, and where it begins. */
interface Repeat {
  readonly start: number;
  readonly least: number;
  readonly most: number | null;
}

/**
 * Repeats the last part if the pattern asks for it here; a `?` behind that asks for the shortest match and changes nothing here.
 * @param previous what was read just before, if that was a repetition as well
 * @returns what was read, or `null`
 */
export function readRepeat(reader: PatternReader, parts: PatternNode[], previous: Repeat | null): Repeat | null {
  const start = reader.at;
  const bounds = readBounds(reader);
  if (bounds === null) return null;
  skipText(reader, '?');
  if (previous !== null) {
    throw badPattern(reader, 'invalid nested repetition operator', readSince(reader, previous.start));
  }
  const part = parts.pop();
  const text = readSince(reader, start);
  if (part === undefined) throw badPattern(reader, 'missing argument to repetition operator', text);
  const node: PatternNode = { kind: 'repeat', part, ...bounds };
  if (countOf(node) > MAX_COUNT) throw badPattern(reader, 'invalid repeat count', text);
  parts.push(node);
  return { start, ...bounds };
}

function readBounds(reader: PatternReader): Omit<Repeat, 'start'> | null {
  if (skipText(reader, '*')) return { least: 0, most: null };
  if (skipText(reader, '+')) return { least: 1, most: null };
  if (skipText(reader, '?')) return { least: 0, most: 1 };
  if (nextOf(reader) !== '{') return null;
  let end = reader.at + 1;
  while (/^[0-9,]$/.test(reader.characters[end] ?? '')) end += 1;
  const braces = reader.characters.slice(reader.at, end + 1).join('');
  const counts = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}$/.exec(braces);
  if (counts === null) return null;
  const [text, first = '', comma, second] = counts;
  const start = reader.at;
  reader.at += text.length;
  const least = Number(first);
  const most = comma === undefined ? least : second === undefined ? null : Number(second);
  if (least > MAX_COUNT || (most !== null && (most > MAX_COUNT || most < least))) {
    throw badPattern(reader, 'invalid repeat count', readSince(reader, start));
  }
  return { least, most };
}

/** How often a piece inside is repeated at most, all counts around it multiplied. */
function countOf(node: PatternNode): number {
  switch (node.kind) {
    case 'sequence':
      return Math.max(1, ...node.parts.map(countOf));
    case 'either':
      return Math.max(1, ...node.options.map(countOf));
    case 'repeat': {
      const times = node.least === 0 && node.most === null ? 1 : Math.max(1, node.most ?? node.least);
      return times * countOf(node.part);
    }
    default:
      return 1;
  }
}
