import { adopt, isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';
import { checkValue } from './schema-check.ts';
import type { StatusCause } from './status-error.ts';

/** What was found while a value was admitted. */
export interface Findings {
  /** Paths of fields that the schema does not know; pruned. */
  readonly unknownFields: string[];
  readonly causes: StatusCause[];
}

/** An empty list of findings. */
export function noFindings(): Findings {
  return { unknownFields: [], causes: [] };
}

/**
 * Prunes unknown fields, fills defaults and checks a value against its schema, in one walk; the result is frozen.
 *
 * A part that is the very part of the old object is taken unseen: it was admitted before.
 */
export function admitValue(schema: Schema, value: unknown, old: unknown, path: string, findings: Findings): unknown {
  if (value === old && value !== undefined) return value;
  let admitted = value;
  if (Array.isArray(value)) admitted = admitItems(schema, value, old, path, findings);
  else if (isJsonObject(value)) admitted = admitMembers(schema, value, old, path, findings);
  checkValue(schema, admitted, old, path, findings.causes);
  return admitted;
}

function admitItems(
  schema: Schema,
  items: readonly unknown[],
  old: unknown,
  path: string,
  findings: Findings,
): unknown {
  const itemSchema = schema.items;
  if (itemSchema === undefined) return adopt(items);
  const oldItems: readonly unknown[] = Array.isArray(old) ? old : [];
  return Object.freeze(
    items.map((item: unknown, i) => admitValue(itemSchema, item ?? null, oldItems[i], `${path}[${i}]`, findings)),
  );
}

function admitMembers(schema: Schema, value: JsonObject, old: unknown, path: string, findings: Findings): unknown {
  const properties = schema.properties;
  const rest = schema.additionalProperties;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || rest === true;
  if (properties === undefined && rest === undefined && keepsUnknown) return adopt(value);
  const oldMembers: JsonObject = isJsonObject(old) ? old : {};
  const admitted: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const memberPath = path === '' ? key : `${path}.${key}`;
    const known = properties?.[key] ?? (typeof rest === 'object' ? rest : undefined);
    if (member === undefined || (member === null && dropsNull(known, schema))) continue;
    if (known !== undefined) admitted[key] = admitValue(known, member, oldMembers[key], memberPath, findings);
    else if (keepsUnknown || isEmbeddedMeta(schema, key)) admitted[key] = adopt(member);
    else findings.unknownFields.push(memberPath);
  }
  fillDefaults(properties, admitted);
  return Object.freeze(admitted);
}

/** `null` is absent unless it is allowed, or nothing is known of the member. */
function dropsNull(known: Schema | undefined, parent: Schema): boolean {
  if (known === undefined) return parent['x-kubernetes-preserve-unknown-fields'] !== true;
  return known.nullable !== true && known['x-kubernetes-preserve-unknown-fields'] !== true;
}

function isEmbeddedMeta(schema: Schema, key: string): boolean {
  return (
    schema['x-kubernetes-embedded-resource'] === true && (key === 'apiVersion' || key === 'kind' || key === 'metadata')
  );
}

function fillDefaults(properties: Schema['properties'], admitted: Record<string, unknown>): void {
  if (properties === undefined) return;
  for (const key in properties) {
    const fallback = properties[key]?.default;
    if (fallback !== undefined && admitted[key] === undefined) admitted[key] = adopt(fallback);
  }
}
