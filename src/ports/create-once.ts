import { ConflictError } from '../domain/errors.ts';
import { FIELD_MANAGER } from './kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from './kubernetes-api.ts';

/**
 * Creates an object unless one of its name is there already; what is there is left as it is.
 *
 * @throws ConflictError when the server refused and the object is not there either.
 */
export async function createOnce(api: KubernetesApi, object: KubernetesObject, kind: ResourceKind): Promise<void> {
  try {
    await api.create(object, kind, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const { name, namespace } = object.metadata;
    if ((await api.get({ kind, namespace: namespace ?? null, name })) === undefined) throw error;
  }
}
