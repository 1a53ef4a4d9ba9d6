import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { removableKinds } from './installed-kinds.ts';

/** Namespaces of this cluster in which a hub is installed. */
export async function hubNamespaces(api: KubernetesApi): Promise<readonly string[]> {
  const { items } = await api.list(removableKinds.role, { namespace: null });
  return items.flatMap(({ metadata: { name, namespace } }) =>
    name === 'tidegate-hub' && namespace !== undefined ? [namespace] : [],
  );
}

interface Binding {
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace?: string }[];
}

/** Namespaces of this cluster whose account may release to it. */
export async function targetNamespaces(api: KubernetesApi): Promise<readonly string[]> {
  const { items } = await api.list(removableKinds.clusterRoleBinding, { namespace: null });
  return (items as readonly (KubernetesObject & Binding)[]).flatMap(({ roleRef, subjects = [] }) =>
    roleRef?.name === 'tidegate-target'
      ? subjects.flatMap(({ name, namespace }) => (name === 'tidegate' && namespace !== undefined ? [namespace] : []))
      : [],
  );
}
