import type { Json, JsonObject } from '../domain/workload.ts';

/** A ConfigMap or Secret that a pod reads by name: what is in it can change under a version, and does not roll back. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Where a pod names configuration: field of the reference → kind and field of the name. */
const REFERENCES: Readonly<Record<string, { readonly kind: ConfigReference['kind']; readonly nameField: string }>> = {
  configMapRef: { kind: 'ConfigMap', nameField: 'name' },
  configMapKeyRef: { kind: 'ConfigMap', nameField: 'name' },
  configMap: { kind: 'ConfigMap', nameField: 'name' },
  secretRef: { kind: 'Secret', nameField: 'name' },
  secretKeyRef: { kind: 'Secret', nameField: 'name' },
};

/** Every ConfigMap and Secret of a PodTemplateSpec, sorted, each once. */
export function configReferences(template: JsonObject): readonly ConfigReference[] {
  const found = new Map<string, ConfigReference>();
  walk(template, (key, value) => {
    const reference = referenceIn(key, value);
    if (reference !== null) found.set(`${reference.kind}/${reference.name}`, reference);
  });
  return [...found.keys()].sort().map((key) => found.get(key) as ConfigReference);
}

function referenceIn(field: string, value: JsonObject): ConfigReference | null {
  // A volume names its Secret by `secretName`, a projected one by `name`.
  const rule =
    field === 'secret'
      ? { kind: 'Secret' as const, nameField: 'secretName' in value ? 'secretName' : 'name' }
      : REFERENCES[field];
  const name = rule === undefined ? undefined : value[rule.nameField];
  return rule !== undefined && typeof name === 'string' ? { kind: rule.kind, name } : null;
}

function walk(value: Json, visit: (key: string, value: JsonObject) => void): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== null && typeof entry === 'object' && !Array.isArray(entry)) visit(key, entry as JsonObject);
    walk(entry as Json, visit);
  }
}
