import type { ObjectRef, ResourceKind } from '../../ports/kubernetes-api.ts';

/** Query of a request; `undefined` fields are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/apis/argoproj.io/v1alpha1/namespaces/pool-free/rollouts`; all namespaces when `namespace` is `null`. */
export function collectionPath(kind: ResourceKind, namespace: string | null): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace !== null ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.plural}`;
}

/** The collection's path and the object's name. */
export function objectPath(ref: ObjectRef, subresource?: 'status'): string {
  const path = `${collectionPath(ref.kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** `?a=b&c=d`, or nothing when no field is set. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
