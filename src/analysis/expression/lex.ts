import { goQuote } from '../go-quote.ts';
import { accept, type Cursor, isAlphanumeric, peek, skipWhile, word } from './cursor.ts';
import { invalid } from './expression-error.ts';
import { readString } from './read-string.ts';
import type { Token, TokenKind } from './token.ts';

const wordOperators: ReadonlySet<string> = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
]);

/**
 * The tokens of a text, `EOF` last; comments and spaces are gone.
 * @throws {ExpressionError} `Invalid` where Argo finds no token either
 */
export function lex(text: string): readonly Token[] {
  const cursor: Cursor = { characters: Array.from(text), start: 0, at: 0 };
  const tokens: Token[] = [];
  while (cursor.at < cursor.characters.length) {
    cursor.start = cursor.at;
    tokens.push(...readToken(cursor));
  }
  tokens.push({ kind: 'EOF', value: '', position: cursor.characters.length + 1 });
  return tokens;
}

function readToken(cursor: Cursor): readonly Token[] {
  const first = peek(cursor);
  if (first === '/') return readSlash(cursor);
  if (first === '#') return readPointer(cursor);
  if (/^[0-9]$/.test(first)) return readNumber(cursor);
  if (first === '.') return readDot(cursor);
  if (isAlphanumeric(first)) return readWord(cursor);
  cursor.at += 1;
  if (/^[\p{White_Space}]$/u.test(first)) return [];
  if (first === "'" || first === '"') return [{ ...token(cursor, 'String'), value: readString(cursor, first) }];
  if ('([{)]}'.includes(first)) return [token(cursor, 'Bracket')];
  return readSymbol(cursor, first);
}

function readSymbol(cursor: Cursor, first: string): readonly Token[] {
  if (first === '?') accept(cursor, '.?');
  else if (first === '|') accept(cursor, '|');
  else if ('&!=*<>'.includes(first)) accept(cursor, '&=*');
  else if (!',:;%+-^'.includes(first)) {
    const point = (first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw invalid(cursor.start + 1, `unrecognized character: U+${point} '${first}'`);
  }
  return [token(cursor, 'Operator')];
}

function readSlash(cursor: Cursor): readonly Token[] {
  cursor.at += 1;
  if (accept(cursor, '/')) {
    skipWhile(cursor, (character) => character !== '\n');
    return [];
  }
  if (!accept(cursor, '*')) return [token(cursor, 'Operator')];
  while (cursor.at < cursor.characters.length) {
    cursor.at += 1;
    if (cursor.characters[cursor.at - 1] === '*' && accept(cursor, '/')) return [];
  }
  throw invalid(cursor.start + 1, 'unclosed comment');
}

function readPointer(cursor: Cursor): readonly Token[] {
  cursor.at += 1;
  accept(cursor, '#');
  const operator = token(cursor, 'Operator');
  cursor.start = cursor.at;
  skipWhile(cursor, isAlphanumeric);
  return cursor.at > cursor.start ? [operator, token(cursor, 'Identifier')] : [operator];
}

function readWord(cursor: Cursor): readonly Token[] {
  skipWhile(cursor, isAlphanumeric);
  return [token(cursor, wordOperators.has(word(cursor)) ? 'Operator' : 'Identifier')];
}

function readDot(cursor: Cursor): readonly Token[] {
  cursor.at += 1;
  if (/^[0-9]$/.test(peek(cursor))) return readNumber(cursor);
  accept(cursor, '.');
  return [token(cursor, 'Operator')];
}

function readNumber(cursor: Cursor): readonly Token[] {
  const isDigit = digitsOf(cursor);
  skipWhile(cursor, isDigit);
  const beforeDot = cursor.at;
  if (accept(cursor, '.')) {
    if (peek(cursor) === '.') {
      cursor.at = beforeDot;
      return [token(cursor, 'Number')];
    }
    skipWhile(cursor, isDigit);
  }
  if (accept(cursor, 'eE')) {
    accept(cursor, '+-');
    skipWhile(cursor, isDigit);
  }
  if (isAlphanumeric(peek(cursor))) {
    cursor.at += 1;
    throw invalid(cursor.start + 1, `bad number syntax: ${goQuote(word(cursor))}`);
  }
  return [token(cursor, 'Number')];
}

/** Steps over a prefix such as `0x`, and says what counts as a digit after it. */
function digitsOf(cursor: Cursor): (character: string) => boolean {
  let digits = '0123456789_';
  if (accept(cursor, '0')) {
    if (accept(cursor, 'xX')) digits = '0123456789abcdefABCDEF_';
    else if (accept(cursor, 'oO')) digits = '01234567_';
    else if (accept(cursor, 'bB')) digits = '01_';
  }
  return (character) => digits.includes(character);
}

function token(cursor: Cursor, kind: TokenKind): Token {
  return { kind, value: word(cursor), position: cursor.start + 1 };
}
