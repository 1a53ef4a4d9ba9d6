/**
 * What is known of a value before evaluating, in the words of Go. `null` is the type of `nil`, and of a node that has not been checked:
 * the language does not tell these apart either.
 */
export type StaticType =
  | { readonly kind: 'any' | 'bool' | 'int' | 'int64' | 'float64' | 'string' | 'map' }
  | { readonly kind: 'slice'; readonly elem: StaticType }
  | null;

export const ANY: StaticType = { kind: 'any' };
export const BOOL: StaticType = { kind: 'bool' };
export const INT: StaticType = { kind: 'int' };
export const INT64: StaticType = { kind: 'int64' };
export const FLOAT64: StaticType = { kind: 'float64' };
export const STRING: StaticType = { kind: 'string' };
export const MAP: StaticType = { kind: 'map' };

/** The type of arrays of this element. */
export function sliceOf(elem: StaticType): StaticType {
  return { kind: 'slice', elem };
}

/** The type's name in Argo's messages. */
export function typeText(type: StaticType): string {
  if (type === null) return '<nil>';
  switch (type.kind) {
    case 'any':
      return 'interface {}';
    case 'map':
      return 'map[string]interface {}';
    case 'slice':
      return `[]${typeText(type.elem)}`;
    default:
      return type.kind;
  }
}

export const isAny = (type: StaticType): boolean => type?.kind === 'any';
export const isBool = (type: StaticType): boolean => type?.kind === 'bool';
export const isString = (type: StaticType): boolean => type?.kind === 'string';
export const isFloat = (type: StaticType): boolean => type?.kind === 'float64';
export const isInteger = (type: StaticType): boolean => type?.kind === 'int' || type?.kind === 'int64';
export const isNumber = (type: StaticType): boolean => isInteger(type) || isFloat(type);

/** Whether a value of the first type may stand where the second is wanted; only for types that are not `nil`. */
export function isAssignable(type: StaticType, wanted: StaticType): boolean {
  return isAny(wanted) || typeText(type) === typeText(wanted);
}

/** Whether `==` and `in` are allowed between the two. */
export function isComparable(left: StaticType, right: StaticType): boolean {
  if (left === null || right === null) return true;
  return left.kind === right.kind || (isNumber(left) && isNumber(right)) || isAny(left) || isAny(right);
}

/** The type of a sum, difference, product or remainder of two numbers. */
export function combined(left: StaticType, right: StaticType): StaticType {
  if (left?.kind === right?.kind) return left;
  return isFloat(left) || isFloat(right) ? FLOAT64 : INT;
}

/**
 * The type of a value that is one of two. The first counts for both if it may stand for the second, even where that may be anything.
 * @param isForAll whether something of the types may be unknown yet; then they are known to be one only if nothing is unknown in them
 */
export function typeOfEither(first: StaticType, second: StaticType, isForAll: boolean): StaticType {
  if (isForAll && (isPartlyAny(first) || isPartlyAny(second))) return ANY;
  if (first === null) return second;
  if (second === null) return first;
  return isAssignable(first, second) ? first : ANY;
}

/** The type of `left ?? right`: the left one's if the right one may stand for it. */
export function typeOfCoalescing(left: StaticType, right: StaticType, isForAll: boolean): StaticType {
  if (isForAll && (isPartlyAny(left) || isPartlyAny(right))) return ANY;
  if (left === null) return right;
  if (right === null) return left;
  return isAssignable(right, left) ? left : ANY;
}

function isPartlyAny(type: StaticType): boolean {
  return isAny(type) || (type?.kind === 'slice' && isPartlyAny(type.elem));
}
