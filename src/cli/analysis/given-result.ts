import { readFile } from 'node:fs/promises';
import type { JsonValue, MetricValue } from '../../analysis/expression/metric-value.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { badArgument } from '../failure.ts';

/** Longest file that is read as a value, in characters. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Inf', Number.POSITIVE_INFINITY],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
]);

/** Reads `--result`: JSON, or the path of a file with it. @throws InvalidInput when it is neither */
export async function readResult(text: string): Promise<JsonValue> {
  const own = parsed(text);
  if (own.kind === 'json') return own.value;
  const file = await readFile(text, 'utf8').catch(() => null);
  if (file === null) {
    throw badArgument(
      `--result: expected JSON such as 0.99, [0.99] or '["NaN"]', or a file of it, got "${text}": ${own.message}`,
    );
  }
  if (file.length > MAX_CHARACTERS) throw badArgument(`--result: ${text} is longer than ${MAX_CHARACTERS} characters`);
  const read = parsed(file);
  if (read.kind === 'json') return read.value;
  throw badArgument(`--result: ${text} is not JSON: ${read.message}`);
}

type Parsed =
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'invalid'; readonly message: string };

function parsed(text: string): Parsed {
  const special = SPECIAL.get(text.trim());
  if (special !== undefined) return { kind: 'json', value: special };
  try {
    return { kind: 'json', value: withNumbers(JSON.parse(text) as JsonValue) };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

/** The value with numbers for the texts by which JSON writes NaN and infinities. */
function withNumbers(value: JsonValue): JsonValue {
  if (typeof value === 'string') return SPECIAL.get(value) ?? value;
  if (isList(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNumbers(one)]));
}

/** Any value as a condition sees it: a number is a scalar, a list of numbers a vector, the rest is JSON. */
export function metricValue(value: JsonValue): MetricValue {
  if (typeof value === 'number') return { kind: 'scalar', value };
  if (isList(value) && value.every((one) => typeof one === 'number')) return { kind: 'vector', values: value };
  return { kind: 'json', value };
}

/**
 * The value of each metric: of a map by its names, else the same for the only one.
 *
 * @throws InvalidInput when a metric has no value, a name is no metric's, or a value is nothing that Prometheus answers
 */
export function metricValues(given: JsonValue, metrics: readonly string[]): ReadonlyMap<string, MetricValue> {
  const byName = mapOf(given);
  if (byName === null) {
    if (metrics.length > 1) {
      const example = `{${metrics.map((name) => `"${name}": [1]`).join(', ')}}`;
      throw badArgument(`--result: the template has ${metrics.length} metrics, give a value for each: '${example}'`);
    }
    return new Map([[metrics[0]!, sampleValue(given, 'the value')]]);
  }
  const unknown = Object.keys(byName).filter((name) => !metrics.includes(name));
  const missing = metrics.filter((name) => !Object.hasOwn(byName, name));
  const wrong = [
    ...unknown.map((name) => `--result: the template has no metric "${name}"${suggestion(name, metrics)}`),
    ...missing.map((name) => `--result: no value for metric ${name}: give it one, [] for no data`),
  ];
  if (wrong.length > 0) throw badArgument(...wrong);
  return new Map(metrics.map((name) => [name, sampleValue(byName[name]!, name)]));
}

function sampleValue(value: JsonValue, name: string): MetricValue {
  const sample = metricValue(value);
  if (sample.kind !== 'json') return sample;
  throw badArgument(`--result: ${name}: expected a number or a list of numbers, as Prometheus answers`);
}

function mapOf(value: JsonValue): Readonly<Record<string, JsonValue>> | null {
  return typeof value === 'object' && value !== null && !isList(value) ? value : null;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
