import { failed } from './expression-error.ts';
import { floatOf, type GoValue, goTypeText, integerOf, wrapInt } from './go-value.ts';
import { power } from './power.ts';

/** `+ - *`: of two integers an int that wraps around, of other numbers a float64; `+` of strings joins them. */
export function calculate(operator: '+' | '-' | '*', left: GoValue, right: GoValue): GoValue {
  const a = integerOf(left);
  const b = integerOf(right);
  if (a !== null && b !== null) return wrapInt(operator === '+' ? a + b : operator === '-' ? a - b : a * b);
  const x = floatOf(left);
  const y = floatOf(right);
  if (x !== null && y !== null) return operator === '+' ? x + y : operator === '-' ? x - y : x * y;
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  throw mismatch(operator, left, right);
}

/** `/` of numbers, always a float64. */
export function divide(left: GoValue, right: GoValue): number {
  const x = floatOf(left);
  const y = floatOf(right);
  if (x === null || y === null) throw mismatch('/', left, right);
  return x / y;
}

/** `%` of integers; it has the sign of the left one. */
export function modulo(left: GoValue, right: GoValue): bigint {
  const a = integerOf(left);
  const b = integerOf(right);
  if (a === null || b === null) throw mismatch('%', left, right);
  if (b === 0n) throw failed('runtime error: integer divide by zero');
  return a % b;
}

/** `**` of numbers, always a float64. */
export function exponent(left: GoValue, right: GoValue): number {
  const x = floatOf(left);
  const y = floatOf(right);
  if (x === null || y === null) throw failed(`invalid operation: float(${goTypeText(x === null ? left : right)})`);
  return power(x, y);
}

/** `-` before a number; the type stays, an integer wraps around. */
export function negate(value: GoValue): GoValue {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return wrapInt(-value);
  if (value !== null && typeof value === 'object' && value.kind === 'integer') {
    const negative = value.type === 'uint8' ? BigInt.asUintN(8, -value.value) : wrapInt(-value.value);
    return { ...value, value: negative };
  }
  throw failed(`invalid operation: - ${goTypeText(value)}`);
}

/** `<` and its like, of two numbers or of two strings by their bytes. */
export function compare(operator: '<' | '>' | '<=' | '>=', left: GoValue, right: GoValue): boolean {
  const a = integerOf(left);
  const b = integerOf(right);
  if (a !== null && b !== null) return holds(operator, a, b);
  const x = floatOf(left);
  const y = floatOf(right);
  if (x !== null && y !== null) return holds(operator, x, y);
  if (typeof left === 'string' && typeof right === 'string') return holds(operator, left, right);
  throw mismatch(operator, left, right);
}

function holds<T extends bigint | number | string>(operator: '<' | '>' | '<=' | '>=', a: T, b: T): boolean {
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

function mismatch(operator: string, left: GoValue, right: GoValue): Error {
  return failed(`invalid operation: ${goTypeText(left)} ${operator} ${goTypeText(right)}`);
}
