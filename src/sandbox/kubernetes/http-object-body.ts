import type { IncomingMessage } from 'node:http';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { mediaType, parseBody, readBody } from './http-body.ts';
import type { Route } from './http-route.ts';
import { isJsonObject, objectAt, textAt } from './json-value.ts';
import { badRequest } from './status-error.ts';

type Place = Extract<Route, { readonly kind: 'collection' | 'object' }>;

/** The object in a request's body. `name` is that of the URL, `null` for a create. @throws ApiError 400, 413, 415 */
export async function readObject(
  request: IncomingMessage,
  route: Place,
  name: string | null,
): Promise<KubernetesObject> {
  return completed(parseBody(await readBody(request), mediaType(request)), route, name);
}

/** A body with the namespace of the URL. @throws ApiError 400 when body and URL name different objects. */
export function completed(body: unknown, route: Place, name: string | null): KubernetesObject {
  if (!isJsonObject(body)) throw badRequest('the body is not an object');
  const meta = objectAt(body, 'metadata');
  if (name !== null && meta['name'] !== undefined && meta['name'] !== name) {
    throw badRequest(`the name of the object (${textAt(meta, 'name')}) does not match the name on the URL (${name})`);
  }
  if (route.namespace !== null && meta['namespace'] !== undefined && meta['namespace'] !== route.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const namespace = route.namespace === null ? {} : { namespace: route.namespace };
  const metadata = { ...meta, ...(name === null ? {} : { name }), ...namespace };
  return { ...body, metadata } as unknown as KubernetesObject;
}
