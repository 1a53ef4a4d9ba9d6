import { type ExpressionError, invalid, notSupported } from '../expression-error.ts';

/** What `(?ims-U)` switches. */
export interface Flags {
  /** Letters match whatever their case. */
  readonly i: boolean;
  /** `^` and `$` match at lines. */
  readonly m: boolean;
  /** `.` matches a new line too. */
  readonly s: boolean;
}

/** A pattern and how far it is read. */
export interface PatternReader {
  readonly characters: readonly string[];
  /** Where the pattern is in the condition; 1-based. */
  readonly position: number;
  at: number;
  groups: number;
}

/** The next character, '' at the end. */
export function nextOf(reader: PatternReader): string {
  return reader.characters[reader.at] ?? '';
}

/** Steps over a text if it comes next, and says whether it did. */
export function skipText(reader: PatternReader, text: string): boolean {
  if (!comesNext(reader, text)) return false;
  reader.at += text.length;
  return true;
}

/** Whether a text, of ASCII, comes next. */
export function comesNext(reader: PatternReader, text: string): boolean {
  return reader.characters.slice(reader.at, reader.at + text.length).join('') === text;
}

/** Go's complaint about a part of the pattern. */
export function badPattern(reader: PatternReader, what: string, part: string): ExpressionError {
  return invalid(reader.position, `error parsing regexp: ${what}: \`${part}\``);
}

/** A refusal of what Go knows. */
export function unsupportedPattern(reader: PatternReader, what: string): ExpressionError {
  return notSupported(reader.position, `${what} in a regular expression is not supported`);
}

/** The pattern from a place to where reading stands. */
export function readSince(reader: PatternReader, start: number): string {
  return reader.characters.slice(start, reader.at).join('');
}
