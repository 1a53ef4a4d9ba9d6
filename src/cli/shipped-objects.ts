import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../domain/workload.ts';

/** What a cluster is for: it holds Tidegate's objects, or it is released to. One cluster may be both. */
export type ClusterRole = 'hub' | 'target';

/** Files below `deploy/`, in the order they are written. */
const FILES: Readonly<Record<ClusterRole, readonly string[]>> = {
  hub: ['hub/daemon.yaml', 'hub/people.yaml', 'hub/policy.yaml'],
  target: ['target/daemon.yaml', 'target/people.yaml'],
};

/** The namespace that the files are written for. */
const SHIPPED_NAMESPACE = 'tidegate-system';

/** By these an upgrade finds what an earlier version installed and this one no longer ships. */
export const installedLabels = {
  'app.kubernetes.io/part-of': 'tidegate',
  'app.kubernetes.io/managed-by': 'tidegate-install',
} as const;

/** The objects that `deploy/` has for a cluster, apart from the definitions of our kinds; a namespace comes before what is in it. */
export function shippedObjects(role: ClusterRole, namespace = SHIPPED_NAMESPACE): readonly JsonObject[] {
  return shippedIn(FILES[role], namespace);
}

/** The objects of some files below `deploy/`, for a namespace, with the labels of what is installed. */
export function shippedIn(paths: readonly string[], namespace: string): readonly JsonObject[] {
  return paths.flatMap(readObjects).map((object) => inNamespace(withOwnLabels(object), namespace));
}

function withOwnLabels(object: JsonObject): JsonObject {
  const metadata = object['metadata'] as { readonly labels?: JsonObject };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...installedLabels } } };
}

/** The files for a cluster, below `deploy/`. */
export function shippedFiles(role: ClusterRole): readonly string[] {
  return FILES[role];
}

/** The text of a file below `deploy/`. */
export function shippedText(path: string): string {
  return readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');
}

function readObjects(path: string): readonly JsonObject[] {
  return parseAllDocuments(shippedText(path)).map((document) => document.toJS() as JsonObject);
}

/** The same object for another namespace: its own, and those of the accounts it binds. A cluster may be the target of several hubs. */
function inNamespace(object: JsonObject, namespace: string): JsonObject {
  if (namespace === SHIPPED_NAMESPACE) return object;
  const { metadata, subjects } = object as unknown as NamespacedParts;
  const moved = metadata.namespace === undefined ? metadata : { ...metadata, namespace };
  const accounts = subjects?.map((subject) => ({ ...subject, namespace }));
  const placed = { ...object, metadata: moved, ...(accounts === undefined ? {} : { subjects: accounts }) };
  switch (object['kind']) {
    case 'Namespace':
      return { ...placed, metadata: { ...moved, name: namespace } };
    case 'ClusterRoleBinding':
      return { ...placed, metadata: { ...moved, name: `${metadata.name}-${namespace}` } };
    default:
      return placed;
  }
}

interface NamespacedParts {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

/** One thing that a role allows, as RBAC names it. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** `rollouts` */
  readonly resource: string;
  /** `status`; `null` for the object itself. */
  readonly subresource: string | null;
}

/** Every right that the daemon needs in a cluster of this role: one list for what is granted and what is checked. */
export function daemonRights(role: ClusterRole): readonly Right[] {
  const name = `tidegate-${role}`;
  const roles = shippedObjects(role).filter((object) => isRole(object) && nameOf(object) === name);
  return roles.flatMap((object) => (object['rules'] as unknown as readonly PolicyRule[]).flatMap(rightsOf));
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function rightsOf({ apiGroups, resources, verbs }: PolicyRule): readonly Right[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((path) => {
      const [resource = '', subresource = null] = path.split('/');
      return verbs.map((verb) => ({ verb, group, resource, subresource }));
    }),
  );
}

function isRole(object: JsonObject): boolean {
  return object['kind'] === 'Role' || object['kind'] === 'ClusterRole';
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as { readonly name: string }).name;
}
