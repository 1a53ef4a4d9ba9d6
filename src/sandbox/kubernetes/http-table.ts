import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Resource } from './resource.ts';

/** Does the client want a table, as `kubectl get` does? */
export function wantsTable(accept: string | undefined): boolean {
  return accept?.includes('as=Table') === true && accept.includes('g=meta.k8s.io');
}

/** Objects as the table that `kubectl get` prints. */
export function tableOf(resource: Resource, objects: readonly KubernetesObject[], metadata: JsonObject): JsonObject {
  const columns = resource.columns.filter((column) => column.name !== 'Age');
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', priority: 0, description: '' },
      ...columns.map(({ name, type, priority }) => ({
        name,
        type,
        format: '',
        priority: priority ?? 0,
        description: '',
      })),
      { name: 'Created At', type: 'date', format: '', priority: 0, description: '' },
    ],
    rows: objects.map((object) => ({
      cells: [
        object.metadata.name,
        ...columns.map((column) => cellAt(object, column.jsonPath)),
        object.metadata.creationTimestamp ?? '',
      ],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

/** The value at a plain path, `.status.phase` or `.status.conditions[0].type`; `null` when it is not there. */
function cellAt(object: KubernetesObject, jsonPath: string): unknown {
  let value: unknown = object;
  for (const segment of jsonPath.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(value)) value = value[Number(segment)];
    else value = isJsonObject(value) ? value[segment] : undefined;
  }
  return value ?? null;
}
