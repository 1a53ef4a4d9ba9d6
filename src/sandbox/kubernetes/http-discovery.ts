import { apiVersionOf, type Resource } from './resource.ts';
import { notServed } from './status-error.ts';
import type { Store } from './store.ts';

type Document = Readonly<Record<string, unknown>>;

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `/version`: the release whose behaviour the sandbox imitates. */
export const serverVersion = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.1+tidegate-sandbox',
  platform: 'linux/amd64',
} as const satisfies Document;

/** `/api` */
export const coreVersions: Document = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
};

/** `/apis` */
export function groupList(store: Store): Document {
  const names = new Set(store.resources().flatMap((resource) => (resource.group === '' ? [] : [resource.group])));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...names].map((name) => groupOf(store, name)) };
}

/** `/apis/<group>` @throws ApiError 404 */
export function groupDocument(store: Store, group: string): Document {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(store, group) };
}

function groupOf(store: Store, name: string): Document {
  const versions = [
    ...new Set(store.resources().flatMap((resource) => (resource.group === name ? [resource.version] : []))),
  ].map((version) => ({ groupVersion: `${name}/${version}`, version }));
  if (versions.length === 0) throw notServed();
  return { name, versions, preferredVersion: versions[0] };
}

/** `/api/v1`, `/apis/<group>/<version>` @throws ApiError 404 */
export function resourceList(store: Store, group: string, version: string): Document {
  const served = store.resources().filter((resource) => resource.group === group && resource.version === version);
  if (served.length === 0) throw notServed();
  const groupVersion = apiVersionOf({ group, version });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: served.flatMap(entriesOf) };
}

function entriesOf(resource: Resource): readonly Document[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = resource;
  const entry = { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, shortNames, categories };
  const status = { name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] };
  return resource.hasStatus ? [entry, status] : [entry];
}
