import type { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import type { Report } from './document-source.ts';
import { suggestion } from './nearest-name.ts';
import { expectedMessage, show } from './wire/expected.ts';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Checks a value against a schema; every issue goes to `report`, and `null` comes back when there was one. */
export function validate<S extends z.ZodType>(schema: S, value: unknown, report: Report): z.output<S> | null {
  const fieldsAt = new Map<string, readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') fieldsAt.set(JSON.stringify(issue.path ?? []), fieldsOf(issue.inst));
      return explain(issue);
    },
  });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.filter((part) => typeof part !== 'symbol') as DocumentPath;
    if (issue.code === 'unrecognized_keys') reportUnknown(issue.keys, path, fieldsAt, report);
    else report(path, issue.message);
  }
  return null;
}

/** Unknown fields of one map that are told. */
const MAX_UNKNOWN = 100;

function reportUnknown(
  keys: readonly string[],
  path: DocumentPath,
  fieldsAt: ReadonlyMap<string, readonly string[]>,
  report: Report,
): void {
  const fields = fieldsAt.get(JSON.stringify(path)) ?? [];
  for (const key of keys.slice(0, MAX_UNKNOWN))
    report([...path, key], `unknown field "${key}"${suggestion(key, fields)}`, 'key');
}

/** The fields a strict object knows, without those that only Kubernetes writes. */
function fieldsOf(schema: unknown): readonly string[] {
  const def = (schema as { readonly _zod?: { readonly def?: { readonly shape?: object } } } | undefined)?._zod?.def;
  const fields = Object.keys(def?.shape ?? {});
  return fields.includes('managedFields') ? ['name', 'namespace', 'labels', 'annotations'] : fields;
}

/** The message of an issue whose schema has none of its own. */
function explain(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return explainType(issue.expected, issue.input);
    case 'invalid_value':
      return explainValue(issue.values, issue.input);
    case 'too_small':
      return explainBound('at least', issue.origin, Number(issue.minimum), issue.inclusive ?? true, issue.input);
    case 'too_big':
      return explainBound('at most', issue.origin, Number(issue.maximum), issue.inclusive ?? true, issue.input);
    case 'invalid_key':
      return `the name ${show(issue.path?.at(-1))} does not fit: ${issue.issues[0]?.message ?? 'see the field'}`;
    default:
      return issue.message ?? `not valid: ${show(issue.input)}`;
  }
}

const SPOKEN: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
};

function explainType(wanted: string, input: unknown): string {
  const message = expectedMessage(SPOKEN[wanted] ?? wanted, input);
  const unquoted = wanted === 'string' && (typeof input === 'number' || typeof input === 'boolean');
  return unquoted ? `${message}; put it in quotes` : message;
}

function explainValue(values: readonly unknown[], input: unknown): string {
  const nearest = typeof input === 'string' && values.length > 1 ? suggestion(input, values.map(String)) : '';
  const what = values.length === 1 ? show(values[0]) : `one of ${values.map(String).join(', ')}`;
  return `${expectedMessage(what, input)}${nearest.startsWith('; did') ? nearest : ''}`;
}

function explainBound(
  side: 'at least' | 'at most',
  origin: string,
  bound: number,
  inclusive: boolean,
  input: unknown,
): string {
  if (origin === 'array' || origin === 'set') return `expected ${side} ${bound} items`;
  if (origin === 'string') return `expected ${side} ${bound} characters`;
  const strict = side === 'at least' ? 'more than' : 'less than';
  return `expected ${inclusive ? side : strict} ${bound}, got ${show(input)}`;
}
