import { failed } from './expression-error.ts';
import { goQuote } from './go-quote.ts';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** The integer a text is, as `asInt` reads it: decimal digits and a sign. @throws {ExpressionError} `Failed` */
export function parseGoInt(text: string): bigint {
  const problem = (why: string) => failed(`strconv.ParseInt: parsing ${goQuote(text)}: ${why}`);
  if (!/^[+-]?[0-9]+$/.test(text)) throw problem('invalid syntax');
  const value = BigInt(text.replace(/^\+/, ''));
  if (value < MIN_INT || value > MAX_INT) throw problem('value out of range');
  return value;
}

/** The number a text is, as `asFloat` reads it. @throws {ExpressionError} `Failed` */
export function parseGoFloat(text: string): number {
  const problem = (why: string) => failed(`strconv.ParseFloat: parsing ${goQuote(text)}: ${why}`);
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

function decimalFloat(word: string): number | null {
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/.test(word)) return null;
  return Number(word);
}

/** `0x1.8p3`: the digits as an integer, times a power of two. Digits past the 53rd bit are rounded once. */
function hexFloat(word: string): number | null {
  const parts = /^([+-]?)0x_?([0-9a-f_]*)\.?([0-9a-f_]*)p([+-]?[0-9]+)$/.exec(word);
  if (parts === null || /__|_\.|\._|_p/.test(word)) return null;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = parts;
  const digits = `${whole}${fraction}`.replaceAll('_', '');
  if (digits === '') return null;
  const power = Number(exponent) - 4 * fraction.replaceAll('_', '').length;
  const value = Number(BigInt(`0x${digits}`)) * 2 ** power;
  return sign === '-' ? -value : value;
}
