import { type ExpressionError, invalid, tooLarge } from './expression-error.ts';
import { MAX_NESTING } from './limits.ts';
import { type Token, type TokenKind, tokenText } from './token.ts';

/** The tokens of a text and how far they are read. */
export interface TokenReader {
  readonly tokens: readonly Token[];
  at: number;
  /** How many closures the present place is in: `#` has a meaning in one only. */
  closures: number;
  /** How many expressions the present place is in. */
  nesting: number;
}

/** The token that is to be read next; `EOF` at the end. */
export function current(reader: TokenReader): Token {
  const token = reader.tokens[Math.min(reader.at, reader.tokens.length - 1)];
  if (token === undefined) throw invalid(1, 'unexpected end of expression');
  return token;
}

/** Whether the next token is of this kind and, if any are given, has one of these values. */
export function isAt(reader: TokenReader, kind: TokenKind, value?: string): boolean {
  const token = current(reader);
  return token.kind === kind && (value === undefined || token.value === value);
}

/** Reads the next token. @throws {ExpressionError} `Invalid` at the end */
export function advance(reader: TokenReader): Token {
  const token = current(reader);
  if (token.kind === 'EOF') throw invalid(token.position, 'unexpected end of expression');
  reader.at += 1;
  return token;
}

/** Reads the next token if it is this one, and says whether it was. */
export function skip(reader: TokenReader, kind: TokenKind, value: string): boolean {
  if (!isAt(reader, kind, value)) return false;
  reader.at += 1;
  return true;
}

/** @throws {ExpressionError} `Invalid` if the next token is another one */
export function expect(reader: TokenReader, kind: TokenKind, value: string): void {
  if (!skip(reader, kind, value)) throw unexpected(current(reader));
}

/** The complaint about a token that does not belong where it is. */
export function unexpected(token: Token): ExpressionError {
  return invalid(token.position, `unexpected token ${tokenText(token)}`);
}

/** Reads one level deeper. @throws {ExpressionError} `TooLarge` past the limit */
export function nested<T>(reader: TokenReader, read: () => T): T {
  if (reader.nesting >= MAX_NESTING) {
    const message = `the expression nests deeper than ${MAX_NESTING} levels: write it flatter`;
    throw tooLarge(message, current(reader).position);
  }
  reader.nesting += 1;
  const value = read();
  reader.nesting -= 1;
  return value;
}
