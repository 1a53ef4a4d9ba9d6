import { crds } from '../config/crds.ts';
import { kindNames } from '../config/wire/kinds.ts';
import { TerminalError, TransientError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import type { Clock } from '../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../ports/kubernetes-api.ts';
import { resourceOf } from './hub-documents.ts';
import { outcomeOf, type WriteOutcome } from './object-meaning.ts';
import { type ClusterRole, shippedObjects } from './shipped-objects.ts';

/** What became of an installed object; `notServed` where the API server is too old to have its kind. */
export interface Installed {
  readonly kind: string;
  readonly name: string;
  readonly outcome: WriteOutcome | 'notServed';
}

/** An API server serves a new kind within a second or two. */
const SERVED_DEADLINE_MS = 30_000;
const LOOK_MS = 250;

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

/** The kinds that an installation writes. */
const installedKinds: readonly ResourceKind[] = [
  kinds.namespace,
  kinds.customResourceDefinition,
  namespaced('', 'ServiceAccount', 'serviceaccounts'),
  namespaced(RBAC, 'Role', 'roles'),
  namespaced(RBAC, 'RoleBinding', 'rolebindings'),
  clusterWide(RBAC, 'ClusterRole', 'clusterroles'),
  clusterWide(RBAC, 'ClusterRoleBinding', 'clusterrolebindings'),
  clusterWide(ADMISSION, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  clusterWide(ADMISSION, 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
];

/** What Tidegate can do without: an older API server does not have it. */
const OPTIONAL_KINDS: ReadonlySet<string> = new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);

/** Everything that a cluster of this role needs, in the order it is written. */
export function installedObjects(namespace: string, role: ClusterRole = 'hub'): readonly JsonObject[] {
  const shipped = shippedObjects(role, namespace);
  return role === 'target' ? shipped : [...(crds() as unknown as readonly JsonObject[]), ...shipped];
}

/** Applies the objects, and waits until every kind among them is served. @throws TransientError when one is not after half a minute */
export async function install(
  api: KubernetesApi,
  clock: Clock,
  objects: readonly JsonObject[],
): Promise<readonly Installed[]> {
  const outcomes: Installed[] = [];
  for (const object of objects as unknown as readonly KubernetesObject[]) outcomes.push(await applyOne(api, object));
  if (outcomes.some(({ kind }) => kind === kinds.customResourceDefinition.kind)) await untilServed(api, clock);
  return outcomes;
}

async function untilServed(api: KubernetesApi, clock: Clock): Promise<void> {
  const endsAt = clock.now() + SERVED_DEADLINE_MS;
  for (const kind of kindNames.map(resourceOf)) {
    while (!(await isServed(api, kind))) {
      if (clock.now() >= endsAt)
        throw new TransientError(`installing ${kind.plural}: the API server does not serve them yet, try again`);
      await clock.sleep(LOOK_MS);
    }
  }
}

async function applyOne(api: KubernetesApi, object: KubernetesObject): Promise<Installed> {
  const kind = installedKinds.find((one) => one.kind === object.kind)!;
  const { name, namespace = null } = object.metadata;
  if (OPTIONAL_KINDS.has(kind.kind) && !(await isServed(api, kind)))
    return { kind: object.kind, name, outcome: 'notServed' };
  const before = await api.get({ kind, namespace, name });
  const after = await api.apply(object, kind, { fieldManager: FIELD_MANAGER, force: true });
  return { kind: object.kind, name, outcome: outcomeOf(before, after) };
}

async function isServed(api: KubernetesApi, kind: ResourceKind): Promise<boolean> {
  try {
    await api.list(kind, { namespace: null, limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof TerminalError) return false;
    throw error;
  }
}
