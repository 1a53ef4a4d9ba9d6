import type { Json, JsonObject } from '../domain/workload.ts';

/** The only names that are replaced inside a template's strings; everything else that looks like one stays as it is. */
export const placeholderNames = [
  'tenant.name',
  'tenant.id',
  'tenant.tier',
  'target.namespace',
  'cluster.name',
] as const;

type PlaceholderName = (typeof placeholderNames)[number];

/** What each name stands for; a pool has no tenant, so those may be missing. */
export type PlaceholderValues = Partial<Readonly<Record<PlaceholderName, string>>>;

/** What the names stand for at a place. `tenant` is `null` where many are served. */
export function placeholderValues(
  { namespace, cluster }: { readonly namespace: string; readonly cluster: string },
  tenant: { readonly name: string; readonly id: string; readonly tier: string } | null,
): PlaceholderValues {
  const places = { 'target.namespace': namespace, 'cluster.name': cluster };
  if (tenant === null) return places;
  return { ...places, 'tenant.name': tenant.name, 'tenant.id': tenant.id, 'tenant.tier': tenant.tier };
}

/** `${tenant.…}`, `${target.…}`, `${cluster.…}`: what looks like ours, right or misspelt. */
const PLACEHOLDER = /\$\{((?:tenant|target|cluster)\.[^}]*)\}/g;

/** Names used in any string of a value, sorted, each once; misspelt ones too. */
export function placeholdersIn(value: Json): readonly string[] {
  const found = new Set<string>();
  for (const match of JSON.stringify(value).matchAll(PLACEHOLDER)) found.add(match[1] ?? '');
  return [...found].sort();
}

/** The value with the placeholders in its strings replaced; a name that has no value stays as it is, and so do keys. */
export function substitute<T extends Json>(value: T, values: PlaceholderValues): T {
  return substituted(value, values) as T;
}

function substituted(value: Json, values: PlaceholderValues): Json {
  if (typeof value === 'string') return replaceIn(value, values);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry: Json) => substituted(entry, values));
  const copy: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(value as JsonObject)) copy[key] = substituted(entry, values);
  return copy;
}

function replaceIn(text: string, values: PlaceholderValues): string {
  if (!text.includes('${')) return text;
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => values[name as PlaceholderName] ?? whole);
}
