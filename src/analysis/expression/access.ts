import { mapKey } from './equality.ts';
import { failed } from './expression-error.ts';
import { goPrint } from './go-print.ts';
import { elementAt, type GoSlice, type GoValue, goTypeText, toInt } from './go-value.ts';

/** `from[key]` and `from.key`: an element (from the end if negative), a byte of a string, or a map's value, `nil` if it has none. */
export function fetch(from: GoValue, key: GoValue): GoValue {
  if (typeof from === 'string') {
    const index = indexIn(from.length, key, 'string');
    return { kind: 'integer', type: 'uint8', value: BigInt(from.charCodeAt(index)) };
  }
  if (from !== null && typeof from === 'object') {
    if (from.kind === 'slice') return elementAt(from, indexIn(from.length, key, 'slice'));
    if (from.kind === 'map') return from.entries.get(mapKey(key, 'MapIndex')) ?? null;
  }
  throw failed(`cannot fetch ${goPrint(key)} from ${goTypeText(from)}`);
}

function indexIn(length: number, key: GoValue, what: string): number {
  const asked = toInt(key);
  const index = asked < 0n ? BigInt(length) + asked : asked;
  if (index < 0n || index >= BigInt(length)) throw failed(`reflect: ${what} index out of range`);
  return Number(index);
}

/** The element of a collection at an index that it has; a map has none. */
export function elementByIndex(collection: GoValue, index: number): GoValue {
  if (typeof collection === 'object' && collection?.kind === 'map') {
    throw failed('reflect: call of reflect.Value.Index on map Value');
  }
  return fetch(collection, BigInt(index));
}

/** `base[from:to]`: bounds are cut to what is there, a negative one counts from the end. */
export function slice(base: GoValue, from: GoValue, to: GoValue): GoValue {
  const length = lengthOf(base);
  if (length === null || (typeof base === 'object' && base?.kind === 'map')) {
    throw failed(`cannot slice ${goPrint(from)}`);
  }
  const first = bound(toInt(from), length);
  const end = Math.min(bound(toInt(to), length), length);
  const start = Math.min(first, end);
  if (typeof base === 'string') return base.slice(start, end);
  const array = base as GoSlice;
  return { ...array, start: array.start + start, length: end - start };
}

function bound(asked: bigint, length: number): number {
  const fromStart = asked < 0n ? BigInt(length) + asked : asked;
  if (fromStart < 0n) return 0;
  return fromStart > BigInt(length) ? length : Number(fromStart);
}

/** The number of elements, bytes or names; `null` of what has none. */
export function lengthOf(value: GoValue): number | null {
  if (typeof value === 'string') return value.length;
  if (value === null || typeof value !== 'object') return null;
  if (value.kind === 'slice') return value.length;
  return value.kind === 'map' ? value.entries.size : null;
}

/** `len(value)`. */
export function len(value: GoValue): bigint {
  const length = lengthOf(value);
  if (length === null) throw failed(`invalid argument for len (type ${goTypeText(value)})`);
  return BigInt(length);
}
