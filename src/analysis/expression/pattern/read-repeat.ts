import type { PatternNode } from './pattern.ts';
import { badPattern, nextOf, type PatternReader, readSince, skipText } from './pattern-reader.ts';

/** Go's own limit for a count, and for counts inside of counts. */
const MAX_COUNT = 1000;

/** A piece with the `*`, `+`, `?` or `{2,3}` behind it; a `?` behind that asks for the shortest match and changes nothing here. */
export function readRepeat(reader: PatternReader, part: PatternNode): PatternNode {
  const start = reader.at;
  const bounds = readBounds(reader);
  if (bounds === null) return part;
  skipText(reader, '?');
  const end = reader.at;
  const node: PatternNode = { kind: 'repeat', part, ...bounds };
  if (countOf(node) > MAX_COUNT) throw badPattern(reader, 'invalid repeat count', readSince(reader, start));
  if (readBounds(reader) !== null) {
    throw badPattern(reader, 'invalid nested repetition operator', readSince(reader, start));
  }
  reader.at = end;
  return node;
}

function readBounds(reader: PatternReader): { readonly least: number; readonly most: number | null } | null {
  if (skipText(reader, '*')) return { least: 0, most: null };
  if (skipText(reader, '+')) return { least: 1, most: null };
  if (skipText(reader, '?')) return { least: 0, most: 1 };
  if (nextOf(reader) !== '{') return null;
  const counts = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/.exec(reader.characters.slice(reader.at).join(''));
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
