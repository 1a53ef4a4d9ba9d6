import { isValidUtf8, textOfBytes } from '../byte-text.ts';
import { invalid, tooLarge } from '../expression-error.ts';
import { MAX_NESTING } from '../limits.ts';
import { compilePattern } from './compile-pattern.ts';
import type { Pattern, PatternNode, PointTest } from './pattern.ts';
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
import { ignoringCase, not, pointIs } from './point-tests.ts';
import { readClass } from './read-class.ts';
import { readClassEscape, readPointEscape } from './read-escape.ts';
import { readFlags } from './read-flags.ts';
import { readRepeat } from './read-repeat.ts';

/**
 * The automaton of a regular expression of Go.
 * @param bytes the pattern, in bytes
 * @param position where it is in the condition; 1-based
 * @throws {ExpressionError} `Invalid`, `NotSupported` or `TooLarge`
 */
export function readPattern(bytes: string, position: number): Pattern {
  if (!isValidUtf8(bytes)) throw invalid(position, `error parsing regexp: invalid UTF-8: \`${textOfBytes(bytes)}\``);
  const reader: PatternReader = { characters: Array.from(textOfBytes(bytes)), position, at: 0, groups: 0 };
  const root = readAlternatives(reader, { i: false, m: false, s: false }, 0);
  if (nextOf(reader) === ')') {
    throw badPattern(reader, 'unexpected )', reader.characters.join(''));
  }
  return compilePattern(root, position);
}

/** Reads up to the end of the group; a switch of flags holds until there. */
function readAlternatives(reader: PatternReader, given: Flags, depth: number): PatternNode {
  if (depth > MAX_NESTING) {
    const message = `the regular expression nests deeper than ${MAX_NESTING} groups`;
    throw tooLarge(message, reader.position);
  }
  let flags = given;
  let repeat: ReturnType<typeof readRepeat> = null;
  const options: PatternNode[] = [];
  let parts: PatternNode[] = [];
  while (nextOf(reader) !== '' && nextOf(reader) !== ')') {
    repeat = readRepeat(reader, parts, repeat);
    if (repeat !== null) continue;
    if (skipText(reader, '|')) {
      options.push({ kind: 'sequence', parts });
      parts = [];
    } else if (comesNext(reader, '(?') && !comesNext(reader, '(?P<') && !comesNext(reader, '(?<')) {
      const switched = readFlags(reader, flags);
      if (switched.opensGroup) parts.push(readGroup(reader, switched.flags, depth));
      else flags = switched.flags;
    } else {
      parts.push(...readPiece(reader, flags, depth));
    }
  }
  options.push({ kind: 'sequence', parts });
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'either', options };
}

function readGroup(reader: PatternReader, flags: Flags, depth: number): PatternNode {
  const node = readAlternatives(reader, flags, depth + 1);
  if (!skipText(reader, ')')) throw badPattern(reader, 'missing closing )', reader.characters.join(''));
  return node;
}

function readPiece(reader: PatternReader, flags: Flags, depth: number): readonly PatternNode[] {
  return skipText(reader, '\\Q') ? readQuoted(reader, flags) : [readAtom(reader, flags, depth)];
}

/** `\Q…\E`: what is between is meant itself. */
function readQuoted(reader: PatternReader, flags: Flags): readonly PatternNode[] {
  const nodes: PatternNode[] = [];
  while (nextOf(reader) !== '' && !comesNext(reader, '\\E')) {
    const point = nextOf(reader).codePointAt(0) ?? 0;
    reader.at += 1;
    nodes.push({ kind: 'point', test: literal(reader, point, flags) });
  }
  skipText(reader, '\\E');
  return nodes;
}

function readAtom(reader: PatternReader, flags: Flags, depth: number): PatternNode {
  const character = nextOf(reader);
  if (character === '(') return readCapture(reader, flags, depth);
  if (character === '[') return { kind: 'point', test: readClass(reader, flags) };
  if (character === '\\') return readEscaped(reader, flags);
  reader.at += 1;
  if (character === '.') return { kind: 'point', test: flags.s ? () => true : not(pointIs(10)) };
  if (character === '^') return { kind: 'assertion', assertion: flags.m ? 'lineStart' : 'textStart' };
  if (character === '$') return { kind: 'assertion', assertion: flags.m ? 'lineEnd' : 'textEnd' };
  return { kind: 'point', test: literal(reader, character.codePointAt(0) ?? 0, flags) };
}

function readCapture(reader: PatternReader, flags: Flags, depth: number): PatternNode {
  const start = reader.at;
  reader.at += 1;
  if (skipText(reader, '?P<') || skipText(reader, '?<')) {
    const end = reader.characters.indexOf('>', reader.at);
    const name = end < 0 ? '' : reader.characters.slice(reader.at, end).join('');
    if (!/^[A-Za-z0-9_]+$/.test(name)) {
      reader.at = end < 0 ? reader.characters.length : end + 1;
      throw badPattern(reader, 'invalid named capture', readSince(reader, start));
    }
    reader.at = end + 1;
  }
  return readGroup(reader, flags, depth);
}

const assertionEscapes = { A: 'textStart', z: 'textEnd', b: 'wordBoundary', B: 'noWordBoundary' } as const;

function readEscaped(reader: PatternReader, flags: Flags): PatternNode {
  const letter = reader.characters[reader.at + 1] ?? '';
  if (letter === 'A' || letter === 'z' || letter === 'b' || letter === 'B') {
    reader.at += 2;
    return { kind: 'assertion', assertion: assertionEscapes[letter] };
  }
  const test = readClassEscape(reader);
  if (test !== null) return { kind: 'point', test: flags.i ? ignoringCase(test) : test };
  return { kind: 'point', test: literal(reader, readPointEscape(reader), flags) };
}

function literal(reader: PatternReader, point: number, flags: Flags): PointTest {
  if (!flags.i) return pointIs(point);
  if (point > 127) throw unsupportedPattern(reader, '(?i) beyond ASCII');
  return ignoringCase(pointIs(point));
}
