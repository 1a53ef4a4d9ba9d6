import { assertNever } from '../../domain/assert-never.ts';
import { bytesOfText, textOfBytes } from './byte-text.ts';
import { tooLarge } from './expression-error.ts';
import { elementAt, type GoValue, sliceOfItems } from './go-value.ts';
import { MAX_RESULT_CHARACTERS, MAX_RESULT_DEPTH, MAX_RESULT_VALUES } from './limits.ts';
import type { JsonValue, MetricValue } from './metric-value.ts';
import { ANY, BOOL, FLOAT64, MAP, STRING, type StaticType, sliceOf } from './static-type.ts';

/** A measured value as the language holds it. @throws {ExpressionError} `TooLarge` for JSON past the limits */
export function goValueOf(result: MetricValue): GoValue {
  switch (result.kind) {
    case 'scalar':
      return result.value;
    case 'vector':
      return sliceOfItems('float64', result.values);
    case 'json': {
      const read = { values: 0, characters: 0 };
      return goValueOfJson(result.value, 0, read);
    }
    default:
      return assertNever(result);
  }
}

/** How much of a JSON result has been read. */
interface JsonRead {
  values: number;
  characters: number;
}

function goValueOfJson(value: JsonValue, depth: number, read: JsonRead): GoValue {
  read.values += 1;
  read.characters += typeof value === 'string' ? value.length : 0;
  if (depth > MAX_RESULT_DEPTH || read.values > MAX_RESULT_VALUES || read.characters > MAX_RESULT_CHARACTERS) {
    const limits = `${MAX_RESULT_VALUES} values, ${MAX_RESULT_DEPTH} levels, ${MAX_RESULT_CHARACTERS} characters`;
    throw tooLarge(`the result is larger than a condition may look at (${limits})`);
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return bytesOfText(value);
  if (isList(value))
    return sliceOfItems(
      'any',
      value.map((item) => goValueOfJson(item, depth + 1, read)),
    );
  const entries = new Map<string, GoValue>();
  for (const [name, item] of Object.entries(value))
    entries.set(bytesOfText(name), goValueOfJson(item, depth + 1, read));
  return { kind: 'map', entries };
}

/** The type of `result` for a measured value. */
export function typeOfResult(result: MetricValue): StaticType {
  if (result.kind === 'scalar') return FLOAT64;
  if (result.kind === 'vector') return sliceOf(FLOAT64);
  const { value } = result;
  if (value === null) return null;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number') return FLOAT64;
  if (typeof value === 'string') return STRING;
  return isList(value) ? sliceOf(ANY) : MAP;
}

/** A value for people: integers are numbers, or texts where a number would not hold them. */
export function jsonOfGoValue(value: GoValue): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'string') return textOfBytes(value);
  if (value === null || typeof value !== 'object') return value;
  if (value.kind === 'integer') return jsonOfGoValue(value.value);
  if (value.kind === 'slice') {
    return Array.from({ length: value.length }, (_, index) => jsonOfGoValue(elementAt(value, index)));
  }
  return Object.fromEntries([...value.entries].map(([name, item]) => [textOfBytes(name), jsonOfGoValue(item)]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
