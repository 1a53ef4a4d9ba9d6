import { isJsonObject, jsonEqual } from './json-value.ts';
import type { Schema } from './schema.ts';
import type { StatusCause } from './status-error.ts';

/** The only CEL rule that the sandbox evaluates: the value may never change. */
export const IMMUTABLE_RULE = 'self == oldSelf';

/** Checks one value, not its members, and adds what is wrong. `old` is the value it replaces, `undefined` for none. */
export function checkValue(schema: Schema, value: unknown, old: unknown, path: string, causes: StatusCause[]): void {
  if (value === null && schema.nullable === true) return;
  const found = typeFault(schema, value, path);
  if (found !== null) {
    causes.push(cause('FieldValueTypeInvalid', path, found));
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => jsonEqual(allowed, value))) {
    const supported = schema.enum.map((allowed) => JSON.stringify(allowed)).join(', ');
    causes.push(
      cause(
        'FieldValueNotSupported',
        path,
        `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
      ),
    );
  }
  if (typeof value === 'number') checkNumber(schema, value, path, causes);
  if (typeof value === 'string') checkText(schema, value, path, causes);
  if (Array.isArray(value)) checkList(schema, value, path, causes);
  else if (isJsonObject(value)) checkMembers(schema, value, path, causes);
  checkCombinations(schema, value, path, causes);
  checkTransitions(schema, value, old, path, causes);
}

function cause(reason: string, path: string, message: string): StatusCause {
  return { reason, field: path === '' ? '<nil>' : path, message };
}

function wrong(path: string, value: unknown, why: string): StatusCause {
  return cause('FieldValueInvalid', path, `Invalid value: ${JSON.stringify(value)}: ${why}`);
}

function typeFault(schema: Schema, value: unknown, path: string): string | null {
  const found = typeName(value);
  const accepted =
    schema['x-kubernetes-int-or-string'] === true
      ? ['integer', 'string']
      : schema.type === undefined
        ? null
        : [schema.type];
  if (accepted === null || accepted.some((type) => type === found || (type === 'number' && found === 'integer')))
    return null;
  const wanted = accepted.length === 2 ? 'integer,string' : accepted[0];
  return `Invalid value: ${JSON.stringify(found)}: ${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkNumber(schema: Schema, value: number, path: string, causes: StatusCause[]): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    causes.push(
      wrong(path, value, `should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`),
    );
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    causes.push(wrong(path, value, `should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`));
  }
}

const patterns = new Map<string, RegExp>();

function checkText(schema: Schema, value: string, path: string, causes: StatusCause[]): void {
  if (schema.minLength !== undefined && value.length < schema.minLength) {
    causes.push(wrong(path, value, `should be at least ${schema.minLength} chars long`));
  }
  if (schema.maxLength !== undefined && value.length > schema.maxLength) {
    causes.push(cause('FieldValueTooLong', path, `Too long: may not be more than ${schema.maxLength} bytes`));
  }
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) {
    causes.push(wrong(path, value, 'must be of type date-time'));
  }
  if (schema.pattern !== undefined && !compiled(schema.pattern).test(value)) {
    causes.push(wrong(path, value, `should match '${schema.pattern}'`));
  }
}

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}

function checkList(schema: Schema, value: readonly unknown[], path: string, causes: StatusCause[]): void {
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    causes.push(wrong(path, value.length, `should have at least ${schema.minItems} items`));
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    causes.push(
      cause('FieldValueTooMany', path, `Too many: ${value.length}: must have at most ${schema.maxItems} items`),
    );
  }
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] === 'map') checkDuplicates(value, (item) => keyOf(item, keys), path, causes);
  if (schema['x-kubernetes-list-type'] === 'set') checkDuplicates(value, (item) => JSON.stringify(item), path, causes);
}

function keyOf(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(isJsonObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item);
}

function checkDuplicates(
  items: readonly unknown[],
  identify: (item: unknown) => string,
  path: string,
  causes: StatusCause[],
): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const id = identify(item);
    if (seen.has(id)) causes.push(cause('FieldValueDuplicate', `${path}[${i}]`, `Duplicate value: ${id}`));
    seen.add(id);
  });
}

function checkMembers(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  causes: StatusCause[],
): void {
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) {
      causes.push(cause('FieldValueRequired', path === '' ? key : `${path}.${key}`, 'Required value'));
    }
  }
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    causes.push(wrong(path, count, `should have at least ${schema.minProperties} properties`));
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    causes.push(wrong(path, count, `should have at most ${schema.maxProperties} properties`));
  }
}

function checkCombinations(schema: Schema, value: unknown, path: string, causes: StatusCause[]): void {
  const { oneOf, anyOf, allOf, not } = schema;
  if (oneOf !== undefined && oneOf.filter((branch) => satisfies(branch, value)).length !== 1) {
    causes.push(wrong(path, value, 'must validate one and only one schema (oneOf)'));
  }
  if (anyOf !== undefined && !anyOf.some((branch) => satisfies(branch, value))) {
    causes.push(wrong(path, value, 'must validate at least one schema (anyOf)'));
  }
  if (allOf !== undefined && !allOf.every((branch) => satisfies(branch, value))) {
    causes.push(wrong(path, value, 'must validate all the schemas (allOf)'));
  }
  if (not !== undefined && satisfies(not, value)) causes.push(wrong(path, value, 'must not validate the schema (not)'));
}

function satisfies(schema: Schema, value: unknown): boolean {
  const causes: StatusCause[] = [];
  checkValue(schema, value, undefined, '', causes);
  if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(schema.properties ?? {})) {
      if (value[key] !== undefined && !satisfies(member, value[key])) return false;
    }
  }
  return causes.length === 0;
}

function checkTransitions(schema: Schema, value: unknown, old: unknown, path: string, causes: StatusCause[]): void {
  if (old === undefined) return;
  for (const { rule, message } of schema['x-kubernetes-validations'] ?? []) {
    if (rule === IMMUTABLE_RULE && !jsonEqual(value, old)) {
      causes.push(wrong(path, typeName(value), message ?? `failed rule: ${rule}`));
    }
  }
}

/** Whether a schema, or a part of it, has CEL rules. */
export function hasRules(schema: Schema): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  const { properties = {}, items, additionalProperties } = schema;
  const parts = [...Object.values(properties), items, additionalProperties];
  return parts.some((part) => typeof part === 'object' && hasRules(part));
}
