import type { Resource } from './resource.ts';
import { type ReviewKind, reviewPaths } from './review.ts';
import { notFound, notServed } from './status-error.ts';
import type { Store } from './store.ts';

/** What a path asks for. */
export type Route =
  | { readonly kind: 'health' }
  | { readonly kind: 'version' }
  | { readonly kind: 'coreVersions' }
  | { readonly kind: 'groups' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'review'; readonly review: ReviewKind }
  | { readonly kind: 'collection'; readonly resource: Resource; readonly namespace: string | null }
  | {
      readonly kind: 'object';
      readonly resource: Resource;
      readonly namespace: string | null;
      readonly name: string;
      readonly subresource: 'status' | null;
    };

/** Reads a path. @throws ApiError 404 for one that is not served. */
export function parseRoute(store: Store, path: string): Route {
  const [root, ...rest] = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  if (root === 'healthz' || root === 'livez' || root === 'readyz') return { kind: 'health' };
  if (root === 'version') return { kind: 'version' };
  if (root === 'api') return rest.length === 0 ? { kind: 'coreVersions' } : parseGroup(store, '', rest);
  if (root !== 'apis') throw notServed();
  const [group, ...inGroup] = rest;
  if (group === undefined) return { kind: 'groups' };
  if (inGroup.length === 0) return { kind: 'group', group };
  const review = reviewPaths[rest.join('/')];
  return review === undefined ? parseGroup(store, group, inGroup) : { kind: 'review', review };
}

function parseGroup(store: Store, group: string, segments: readonly string[]): Route {
  const [version, first, second, ...rest] = segments;
  if (version === undefined) throw notServed();
  if (first === undefined) return { kind: 'resources', group, version };
  if (first === 'namespaces' && second !== undefined && rest.length > 0 && !isNamespaceSubresource(rest)) {
    return parseResource(store, { group, version, namespace: second }, rest);
  }
  return parseResource(store, { group, version, namespace: null }, segments.slice(1));
}

function isNamespaceSubresource(rest: readonly string[]): boolean {
  return rest.length === 1 && (rest[0] === 'status' || rest[0] === 'finalize');
}

function parseResource(
  store: Store,
  place: { readonly group: string; readonly version: string; readonly namespace: string | null },
  segments: readonly string[],
): Route {
  const [plural, name, subresource, ...more] = segments;
  const { group, version, namespace } = place;
  const resource = store
    .resources()
    .find((known) => known.plural === plural && known.group === group && known.version === version);
  if (resource === undefined || more.length > 0) throw notServed();
  if (namespace !== null && !resource.namespaced) throw notServed();
  if (name === undefined) return { kind: 'collection', resource, namespace };
  if (resource.namespaced && namespace === null) throw notServed();
  if (subresource !== undefined && (subresource !== 'status' || !resource.hasStatus)) {
    throw resource.isCustom ? notFound(resource, name) : notServed();
  }
  return { kind: 'object', resource, namespace, name, subresource: subresource === undefined ? null : 'status' };
}
