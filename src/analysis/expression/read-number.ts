import { invalid } from './expression-error.ts';

/** A number as it is written: an int, or a float64 if it has a point or an exponent. */
export type NumberLiteral =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number };

const MAX_INT = 2n ** 63n - 1n;

/** @throws {ExpressionError} `Invalid` for what Argo cannot read: octal and binary numbers, `0X`, what is out of range */
export function readNumberLiteral(word: string, position: number): NumberLiteral {
  const text = word.replaceAll('_', '');
  if (text.includes('x')) return { kind: 'int', value: readInt(text, /^0x[0-9a-fA-F]+$/, position, 'hex') };
  if (/[.eE]/.test(text)) return { kind: 'float', value: readFloat(text, position) };
  return { kind: 'int', value: readInt(text, /^[0-9]+$/, position, 'integer') };
}

function readInt(text: string, syntax: RegExp, position: number, what: string): bigint {
  const problem = (why: string) =>
    invalid(position, `invalid ${what} literal: strconv.ParseInt: parsing "${text}": ${why}`);
  if (!syntax.test(text)) throw problem('invalid syntax');
  const value = BigInt(text);
  if (value > MAX_INT) throw problem('value out of range');
  return value;
}

function readFloat(text: string, position: number): number {
  const problem = (why: string) =>
    invalid(position, `invalid float literal: strconv.ParseFloat: parsing "${text}": ${why}`);
  if (!/^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) throw problem('invalid syntax');
  const value = Number(text);
  if (!Number.isFinite(value)) throw problem('value out of range');
  return value;
}
