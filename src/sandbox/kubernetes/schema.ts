/** The part of a structural OpenAPI v3 schema that the sandbox obeys; also tells which lists and maps merge. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[];
}

/** Accepts any value and keeps it as it is. */
export const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/** An object whose members are kept, known or not. */
export const anyObject: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
export const intOrString: Schema = { 'x-kubernetes-int-or-string': true };
export const textMap: Schema = { type: 'object', additionalProperties: text };
/** A label selector: changed as a whole. */
export const labelSelector: Schema = {
  type: 'object',
  'x-kubernetes-map-type': 'atomic',
  properties: { matchLabels: textMap, matchExpressions: { type: 'array', items: anyObject } },
};

/** A list that is replaced as a whole. */
export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** A list whose items merge by the value of `keys`. */
export function mapListOf(items: Schema, ...keys: readonly string[]): Schema {
  return { type: 'array', items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

/** An object of these members only. */
export function record(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

/** The members named in a blank-separated list, each of any shape. */
export function anyOfNamed(names: string): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, anything]));
}

/** The schema of a member; `undefined` when nothing is known of it. */
export function memberSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const named = schema?.properties?.[key];
  if (named !== undefined) return named;
  const rest = schema?.additionalProperties;
  return typeof rest === 'object' ? rest : undefined;
}

/** The keys by which a list's items merge; `null` when the list is atomic. */
export function mergeKeys(schema: Schema | undefined): readonly string[] | null {
  return schema?.['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? null) : null;
}

/** Is an object of this schema owned member by member? */
export function isGranular(schema: Schema | undefined): boolean {
  return schema?.['x-kubernetes-map-type'] !== 'atomic';
}
