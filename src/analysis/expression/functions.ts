import { textOfBytes } from './byte-text.ts';
import { failed } from './expression-error.ts';
import { goPrint } from './go-print.ts';
import { floatOf, type GoInteger, type GoValue, goTypeText, integerOf, notOfType, truncate } from './go-value.ts';
import { parseGoFloat, parseGoInt } from './parse-go-number.ts';
import type { FunctionName } from './syntax-tree.ts';

/**
 * Calls one of Argo's functions.
 * @param result the whole result: `isNil` and `default` look at it and not at their first argument
 * @throws {ExpressionError} `Failed` where Argo panics
 */
export function callFunction(name: FunctionName, args: readonly GoValue[], result: GoValue): GoValue {
  const [first = null, second = null] = args;
  switch (name) {
    case 'asInt':
      return asInt(first);
    case 'asFloat':
      return asFloat(first);
    case 'isNaN':
      return Number.isNaN(float64(first));
    case 'isInf':
      return Math.abs(float64(first)) === Number.POSITIVE_INFINITY;
    case 'isNil':
      return result === null;
    case 'default':
      return result === null ? second : result;
  }
}

function asInt(value: GoValue): GoInteger {
  const integer = integerOf(value) ?? integerFrom(value);
  if (integer === null) throw failed(`asInt() not supported on ${goTypeText(value)} ${goPrint(value)}`);
  return { kind: 'integer', type: 'int64', value: integer };
}

function integerFrom(value: GoValue): bigint | null {
  if (typeof value === 'number') return truncate(value);
  return typeof value === 'string' ? parseGoInt(textOfBytes(value)) : null;
}

function asFloat(value: GoValue): number {
  if (typeof value === 'string') return parseGoFloat(textOfBytes(value));
  const float = floatOf(value);
  if (float === null) throw failed(`asFloat() not supported on ${goTypeText(value)} ${goPrint(value)}`);
  return float;
}

function float64(value: GoValue): number {
  if (typeof value !== 'number') throw notOfType(value, 'float64');
  return value;
}
