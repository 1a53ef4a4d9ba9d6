import { record } from './record.ts';

/** One step into an object: a field, or the item of a list that is keyed by `name`. */
export type FieldStep = string | { readonly name: string };

/** From the object's root to a field: `['spec', 'template', 'spec', 'containers', { name: 'app' }, 'image']`. */
export type FieldPath = readonly FieldStep[];

/** Who owns a field, as the API server keeps it. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** RFC 3339; of the manager's last write to any field. `null`: not said. */
  readonly time: string | null;
}

/**
 * Owners of a field of the object itself (not of its status), from `metadata.managedFields`, each manager and operation once.
 *
 * A manager that owns something above the field in one piece (an atomic list, a map set to nothing) counts as an owner.
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function ownersOf(managedFields: unknown, path: FieldPath): readonly FieldOwner[] {
  if (!Array.isArray(managedFields)) return [];
  return (managedFields as readonly unknown[]).flatMap((given): FieldOwner[] => {
    const entry = record(given);
    if (entry['subresource'] !== undefined || !owns(entry['fieldsV1'], path)) return [];
    return [
      {
        manager: typeof entry['manager'] === 'string' ? entry['manager'] : '',
        operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
        time: typeof entry['time'] === 'string' ? entry['time'] : null,
      },
    ];
  });
}

function owns(fields: unknown, path: FieldPath): boolean {
  let here = record(fields);
  for (const step of path) {
    const next = here[keyOf(step)];
    if (next === undefined) return false;
    here = record(next);
    if (Object.keys(here).length === 0) return true;
  }
  return Object.hasOwn(here, '.');
}

function keyOf(step: FieldStep): string {
  return typeof step === 'string' ? `f:${step}` : `k:${JSON.stringify({ name: step.name })}`;
}
