import { TerminalError } from '../domain/errors.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef, ResourceKind } from '../ports/kubernetes-api.ts';

const clusterWide = (group: string, kind: string, plural: string): ResourceKind => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced: false,
});
const namespaced = (group: string, kind: string, plural: string): ResourceKind => ({
  ...clusterWide(group, kind, plural),
  namespaced: true,
});
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** The kinds of an installation that an upgrade may prune and an uninstallation removes. */
export const removableKinds = {
  serviceAccount: namespaced('', 'ServiceAccount', 'serviceaccounts'),
  role: namespaced(RBAC, 'Role', 'roles'),
  roleBinding: namespaced(RBAC, 'RoleBinding', 'rolebindings'),
  clusterRole: clusterWide(RBAC, 'ClusterRole', 'clusterroles'),
  clusterRoleBinding: clusterWide(RBAC, 'ClusterRoleBinding', 'clusterrolebindings'),
  policy: clusterWide(ADMISSION, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  policyBinding: clusterWide(ADMISSION, 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
  service: kinds.service,
  networkPolicy: namespaced('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'),
  podDisruptionBudget: kinds.podDisruptionBudget,
  deployment: namespaced('apps', 'Deployment', 'deployments'),
  serviceMonitor: namespaced('monitoring.coreos.com', 'ServiceMonitor', 'servicemonitors'),
} as const satisfies Record<string, ResourceKind>;

/** Those stay where they are: what people declared goes with them. */
const LASTING: readonly ResourceKind[] = [kinds.namespace, kinds.customResourceDefinition];

/** What Tidegate can do without: an older API server, or one without the Prometheus operator, does not have it. */
const OPTIONAL: ReadonlySet<ResourceKind> = new Set<ResourceKind>([
  removableKinds.policy,
  removableKinds.policyBinding,
  removableKinds.serviceMonitor,
]);

/** The kind of an object that an installation writes. */
export function installedKindOf(object: KubernetesObject): ResourceKind {
  return [...LASTING, ...Object.values<ResourceKind>(removableKinds)].find(({ kind }) => kind === object.kind)!;
}

/** Whether an installation goes on without this kind. */
export function isOptional(kind: ResourceKind): boolean {
  return OPTIONAL.has(kind);
}

/** Where an installed object is. */
export function installedRef(object: KubernetesObject): ObjectRef {
  const { name, namespace = null } = object.metadata;
  return { kind: installedKindOf(object), namespace, name };
}

/** Whether the API server has this kind, and we may list it. */
export async function isServed(api: KubernetesApi, kind: ResourceKind): Promise<boolean> {
  try {
    await api.list(kind, { namespace: null, limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof TerminalError) return false;
    throw error;
  }
}
