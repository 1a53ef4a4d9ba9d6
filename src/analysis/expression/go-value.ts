import { failed } from './expression-error.ts';

/**
 * A value while evaluating, as Go holds it: `number` is a float64, `bigint` an int, `string` a string in bytes (`byte-text.ts`).
 * The other integer types and the arrays are objects, for the language tells them apart: `[]float64` never equals `[]interface {}`.
 */
export type GoValue = null | boolean | number | bigint | string | GoInteger | GoSlice | GoMap;

/** An integer of another type than int: what `asInt` gives, or a byte of a string. */
export interface GoInteger {
  readonly kind: 'integer';
  readonly type: 'int64' | 'uint8';
  readonly value: bigint;
}

/** A part of an array. Two slices of one backing at one place are the same to Go, even if they hold NaN. */
export interface GoSlice {
  readonly kind: 'slice';
  readonly elem: 'any' | 'int' | 'float64';
  readonly backing: Backing;
  readonly start: number;
  readonly length: number;
}

/** What slices share: a list, or the integers from a first one on. */
export type Backing =
  | { readonly kind: 'list'; readonly items: readonly GoValue[] }
  | { readonly kind: 'range'; readonly from: bigint };

/** A `map[string]interface {}`; its names are bytes. */
export interface GoMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, GoValue>;
}

/** All of a list as one slice. */
export function sliceOfItems(elem: GoSlice['elem'], items: readonly GoValue[]): GoSlice {
  return { kind: 'slice', elem, backing: { kind: 'list', items }, start: 0, length: items.length };
}

/** The integers from `from` on, `length` of them. */
export function sliceOfRange(from: bigint, length: number): GoSlice {
  return { kind: 'slice', elem: 'int', backing: { kind: 'range', from }, start: 0, length };
}

/** The element at an index in 0…length−1. */
export function elementAt(slice: GoSlice, index: number): GoValue {
  const at = slice.start + index;
  return slice.backing.kind === 'list' ? (slice.backing.items[at] ?? null) : slice.backing.from + BigInt(at);
}

/** The name of a value's type in Argo's messages. */
export function goTypeText(value: GoValue): string {
  if (value === null) return '<nil>';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    default:
      break;
  }
  if (value.kind === 'integer') return value.type;
  if (value.kind === 'map') return 'map[string]interface {}';
  return value.elem === 'any' ? '[]interface {}' : `[]${value.elem}`;
}

/** The value of an integer of any type, or `null`. */
export function integerOf(value: GoValue): bigint | null {
  if (typeof value === 'bigint') return value;
  return value !== null && typeof value === 'object' && value.kind === 'integer' ? value.value : null;
}

/** The value of a number of any type as a float64, or `null`. */
export function floatOf(value: GoValue): number | null {
  if (typeof value === 'number') return value;
  const integer = integerOf(value);
  return integer === null ? null : Number(integer);
}

/** An int of 64 bits: what does not fit wraps around. */
export function wrapInt(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

const MIN_INT = -(2n ** 63n);

/** A float64 as an int, as amd64 converts it: cut off, and the least int for what does not fit and for NaN. */
export function truncate(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : MIN_INT;
}

/** A number of any type as an index or bound. */
export function toInt(value: GoValue): bigint {
  if (typeof value === 'number') return truncate(value);
  const integer = integerOf(value);
  if (integer === null) throw failed(`invalid operation: int(${goTypeText(value)})`);
  return integer;
}

/** The bool that a value has to be where one is needed. */
export function toBool(value: GoValue): boolean {
  if (typeof value !== 'boolean') throw notOfType(value, 'bool');
  return value;
}

/** Go's complaint about a value of another type. */
export function notOfType(value: GoValue, wanted: string): Error {
  const type = value === null ? 'nil' : goTypeText(value);
  return failed(`interface conversion: interface {} is ${type}, not ${wanted}`);
}
