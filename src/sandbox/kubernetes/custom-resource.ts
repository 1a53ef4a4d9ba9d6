import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { adopt, isJsonObject, type JsonObject, objectAt } from './json-value.ts';
import type { PrinterColumn, Resource } from './resource.ts';
import { anyObject, type Schema } from './schema.ts';
import { IMMUTABLE_RULE } from './schema-check.ts';
import { invalid, type StatusCause } from './status-error.ts';

/**
 * The resource that a CustomResourceDefinition declares. Its storage version is the one that is served.
 *
 * @throws ApiError 422 when it declares none, or a CEL rule that the sandbox would silently not evaluate.
 */
export function resourceOfDefinition(definition: KubernetesObject): Resource {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  const version = storageVersion(definition, spec);
  const schema = schemaOf(version);
  const rules: StatusCause[] = [];
  findForeignRules(schema, 'spec.versions[0].schema.openAPIV3Schema', rules);
  if (rules.length > 0) throw invalid(kinds.customResourceDefinition, definition.metadata.name, rules);
  const subresources = objectAt(version, 'subresources');
  const kind = String(names['kind']);
  return {
    group: String(spec['group']),
    version: String(version['name']),
    kind,
    plural: String(names['plural']),
    namespaced: spec['scope'] === 'Namespaced',
    singular: typeof names['singular'] === 'string' ? names['singular'] : kind.toLowerCase(),
    shortNames: textList(names['shortNames']),
    categories: textList(names['categories']),
    schema,
    hasStatus: subresources['status'] !== undefined,
    hasGeneration: true,
    isCustom: true,
    needsVersion: true,
    columns: printerColumns(version['additionalPrinterColumns']),
  };
}

function storageVersion(definition: KubernetesObject, spec: JsonObject): JsonObject {
  const versions: readonly unknown[] = Array.isArray(spec['versions']) ? spec['versions'] : [];
  const stored = versions.filter(isJsonObject).find((version) => version['storage'] === true);
  if (stored !== undefined) return stored;
  throw invalid(kinds.customResourceDefinition, definition.metadata.name, [
    {
      reason: 'FieldValueInvalid',
      field: 'spec.versions',
      message: 'Invalid value: must have exactly one version marked as storage version',
    },
  ]);
}

function schemaOf(version: JsonObject): Schema {
  const declared = objectAt(version, 'schema')['openAPIV3Schema'];
  return isJsonObject(declared) ? adopt(declared) : anyObject;
}

function findForeignRules(schema: Schema, path: string, causes: StatusCause[]): void {
  for (const { rule } of schema['x-kubernetes-validations'] ?? []) {
    if (rule === IMMUTABLE_RULE) continue;
    const message = `Invalid value: ${JSON.stringify(rule)}: the sandbox evaluates only ${JSON.stringify(IMMUTABLE_RULE)}`;
    causes.push({ reason: 'FieldValueInvalid', field: `${path}.x-kubernetes-validations`, message });
  }
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    findForeignRules(member, `${path}.properties[${key}]`, causes);
  }
  if (schema.items !== undefined) findForeignRules(schema.items, `${path}.items`, causes);
  if (typeof schema.additionalProperties === 'object') {
    findForeignRules(schema.additionalProperties, `${path}.additionalProperties`, causes);
  }
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function printerColumns(value: unknown): readonly PrinterColumn[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((column) => ({
    name: String(column['name']),
    type: String(column['type']),
    jsonPath: String(column['jsonPath']),
    ...(typeof column['priority'] === 'number' ? { priority: column['priority'] } : {}),
  }));
}
