import { z } from 'zod';

/** A node of the OpenAPI v3 schema that a CRD carries. */
export interface StructuralSchema {
  readonly [keyword: string]: unknown;
}

/**
 * The structural schema of a zod schema: what the apiserver accepts in a CRD.
 *
 * It takes no closed objects (unknown fields are pruned, or refused by strict validation), no union of types (an integer or a
 * text has a keyword of its own; anything else stays untyped), no bound that only says "safe integer".
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ jsonSchema }) => makeStructural(jsonSchema as Record<string, unknown>),
  });
}

function makeStructural(node: Record<string, unknown>): void {
  delete node['propertyNames'];
  if (node['minimum'] === Number.MIN_SAFE_INTEGER) delete node['minimum'];
  if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
  if (node['additionalProperties'] === false) delete node['additionalProperties'];
  if (node['x-kubernetes-int-or-string'] === true) delete node['anyOf'];
  if (node['x-kubernetes-preserve-unknown-fields'] === true) {
    delete node['anyOf'];
    delete node['additionalProperties'];
    if (Object.keys((node['properties'] as object | undefined) ?? {}).length === 0) delete node['properties'];
  }
}
