import { shippedObjects } from '../../../src/cli/shipped-objects.ts';
import type { Access } from '../../../src/ports/access-review.ts';
import { FIELD_MANAGER } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../../src/ports/kubernetes-api.ts';

/** A Role or ClusterRole that is shipped, right by right. */
export interface ShippedRole {
  readonly kind: 'Role' | 'ClusterRole';
  /** `tidegate-viewer` */
  readonly name: string;
  readonly rights: readonly RoleRight[];
}

/** One thing that a role allows. */
export interface RoleRight {
  /** `patch rollouts/status.argoproj.io` */
  readonly text: string;
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `rollouts/status`. */
  readonly resource: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Every role that is shipped, for the hub and for targets. */
export function shippedRoles(): readonly ShippedRole[] {
  return [...shippedObjects('hub'), ...shippedObjects('target')]
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .map((object) => ({
      kind: object['kind'] as ShippedRole['kind'],
      name: (object['metadata'] as { readonly name: string }).name,
      rights: (object['rules'] as unknown as readonly Rule[]).flatMap(rightsOf),
    }));
}

/** One of them. @throws RangeError when none has this name */
export function shippedRole(kind: ShippedRole['kind'], name: string): ShippedRole {
  const found = shippedRoles().find((role) => role.kind === kind && role.name === name);
  if (found === undefined) throw new RangeError(`no ${kind} ${name} is shipped`);
  return found;
}

function rightsOf({ apiGroups, resources, verbs }: Rule): readonly RoleRight[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.map((verb) => ({ text: spellRight(verb, resource, group), verb, group, resource })),
    ),
  );
}

/** `list pods`, `patch rollouts/status.argoproj.io` */
export function spellRight(verb: string, resource: string, group: string): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** The right as a question to the API server. */
export function accessOf({ verb, group, resource: path }: RoleRight, namespace: string): Access {
  const [resource = '', subresource] = path.split('/');
  return { verb, group, resource, ...(subresource === undefined ? {} : { subresource }), namespace };
}

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };

/** Gives a role of a test just these rights; a ClusterRole where the namespace is `null`. */
export async function writeRole(
  api: KubernetesApi,
  name: string,
  namespace: string | null,
  rights: readonly RoleRight[],
): Promise<void> {
  const isCluster = namespace === null;
  const kind: ResourceKind = isCluster
    ? { ...RBAC, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }
    : { ...RBAC, kind: 'Role', plural: 'roles', namespaced: true };
  const object: KubernetesObject = {
    apiVersion: `${RBAC.group}/${RBAC.version}`,
    kind: kind.kind,
    metadata: { name, ...(isCluster ? {} : { namespace }) },
    rules: rights.map(({ verb, group, resource }) => ({ apiGroups: [group], resources: [resource], verbs: [verb] })),
  };
  await api.apply(object, kind, { fieldManager: FIELD_MANAGER, force: true });
}
