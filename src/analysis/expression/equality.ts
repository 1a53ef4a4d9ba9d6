import { failed } from './expression-error.ts';
import { elementAt, floatOf, type GoMap, type GoSlice, type GoValue, goTypeText, integerOf } from './go-value.ts';

/** Counts what an evaluation costs. @throws {ExpressionError} past the limit */
export type CountStep = () => void;

/** `==`: numbers by value whatever their types, everything else by type and value, to the depths. */
export function isEqual(left: GoValue, right: GoValue, count: CountStep): boolean {
  const a = integerOf(left);
  const b = integerOf(right);
  if (a !== null && b !== null) return a === b;
  const x = floatOf(left);
  const y = floatOf(right);
  if (x !== null && y !== null) return x === y;
  return isDeepEqual(left, right, count);
}

/** Equal in type and value; inside arrays and maps `1` and `1.0` differ. */
function isDeepEqual(left: GoValue, right: GoValue, count: CountStep): boolean {
  count();
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (left.kind === 'integer')
    return right.kind === 'integer' && left.type === right.type && left.value === right.value;
  if (left.kind === 'map') return right.kind === 'map' && isEqualMap(left, right, count);
  return right.kind === 'slice' && isEqualSlice(left, right, count);
}

function isEqualSlice(left: GoSlice, right: GoSlice, count: CountStep): boolean {
  if (left.elem !== right.elem || left.length !== right.length) return false;
  if (left.backing === right.backing && left.start === right.start) return true;
  for (let index = 0; index < left.length; index += 1) {
    if (!isDeepEqual(elementAt(left, index), elementAt(right, index), count)) return false;
  }
  return true;
}

function isEqualMap(left: GoMap, right: GoMap, count: CountStep): boolean {
  if (left === right) return true;
  if (left.entries.size !== right.entries.size) return false;
  for (const [name, value] of left.entries) {
    const other = right.entries.get(name);
    if (other === undefined || !isDeepEqual(value, other, count)) return false;
  }
  return true;
}

/** `needle in container`: an element equal to it, or a name of a map. */
export function isIn(needle: GoValue, container: GoValue, count: CountStep): boolean {
  if (container === null) return false;
  if (typeof container === 'object' && container.kind === 'slice') {
    for (let index = 0; index < container.length; index += 1) {
      count();
      if (isEqual(elementAt(container, index), needle, count)) return true;
    }
    return false;
  }
  if (typeof container === 'object' && container.kind === 'map')
    return container.entries.has(mapKey(needle, 'MapIndex'));
  throw failed(`operator "in" not defined on ${goTypeText(container)}`);
}

/** The name that a value is in a map; `nil` is the empty one. */
export function mapKey(value: GoValue, operation: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  throw failed(`reflect.Value.${operation}: value of type ${goTypeText(value)} is not assignable to type string`);
}
