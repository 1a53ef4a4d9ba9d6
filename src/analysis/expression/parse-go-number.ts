import { goQuote } from '../go-quote.ts';
import { failed, tooLarge } from './expression-error.ts';
import { MAX_NUMBER_CHARACTERS } from './limits.ts';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** The integer a text is, as `asInt` reads it: decimal digits and a sign. @throws {ExpressionError} `Failed` */
export function parseGoInt(text: string): bigint {
  const problem = (why: string) => failed(`strconv.ParseInt: parsing ${goQuote(text)}: ${why}`);
  requireShort(text);
  if (!/^[+-]?[0-9]+$/.test(text)) throw problem('invalid syntax');
  const value = BigInt(text.replace(/^\+/, ''));
  if (value < MIN_INT || value > MAX_INT) throw problem('value out of range');
  return value;
}

/** The number a text is, as `asFloat` reads it. @throws {ExpressionError} `Failed` */
export function parseGoFloat(text: string): number {
  const problem = (why: string) => failed(`strconv.ParseFloat: parsing ${goQuote(text)}: ${why}`);
  requireShort(text);
  const word = text.toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(word))
    return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (word === 'nan') return Number.NaN;
  const isHex = /^[+-]?0x/.test(word);
  const value = isHex ? hexFloat(word) : decimalFloat(word);
  if (value === null) throw problem('invalid syntax');
  if (!Number.isFinite(value)) throw problem('value out of range');
  return value;
}

function requireShort(text: string): void {
  if (text.length > MAX_NUMBER_CHARACTERS)
    throw tooLarge(`a number is read from ${MAX_NUMBER_CHARACTERS} characters at most`);
}

/** Digits, with an underscore between two of them where somebody likes. */
const digits = '[0-9](?:_?[0-9])*';
const hexDigits = '[0-9a-f](?:_?[0-9a-f])*';
const decimalSyntax = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`);
const hexSyntax = new RegExp(`^([+-]?)0x_?(${hexDigits})?\\.?(${hexDigits})?p([+-]?${digits})$`);

function decimalFloat(word: string): number | null {
  return decimalSyntax.test(word) ? Number(word.replaceAll('_', '')) : null;
}

/** `0x1.8p3`: the digits as an integer, times a power of two. Digits past the 53rd bit are rounded once. */
function hexFloat(word: string): number | null {
  const parts = hexSyntax.exec(word);
  if (parts === null) return null;
  const [sign, whole, fraction, exponent] = parts.slice(1).map((part) => (part ?? '').replaceAll('_', ''));
  if (`${whole}${fraction}` === '') return null;
  const power = Number(exponent) - 4 * (fraction ?? '').length;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** power;
  return sign === '-' ? -value : value;
}
