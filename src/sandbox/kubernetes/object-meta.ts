import type { KubernetesObject, ObjectMeta } from '../../ports/kubernetes-api.ts';
import { type JsonObject, objectAt, textAt } from './json-value.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { anyOfNamed, flag, listOf, mapListOf, record, type Schema, text, textMap } from './schema.ts';
import { badRequest, conflict, invalid } from './status-error.ts';

/** The schema of `metadata`. What the server itself writes is of any shape here: it is put back after admission. */
export const metaSchema: Schema = record({
  ...anyOfNamed(
    'uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds managedFields selfLink',
  ),
  name: text,
  generateName: text,
  namespace: text,
  labels: textMap,
  annotations: textMap,
  ownerReferences: mapListOf(
    record({ apiVersion: text, kind: text, name: text, uid: text, controller: flag, blockOwnerDeletion: flag }, [
      'apiVersion',
      'kind',
      'name',
      'uid',
    ]),
    'uid',
  ),
  finalizers: listOf(text),
});

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** Checks that the body is an object of this resource. @throws ApiError 400 */
export function checkIdentity(resource: Resource, object: JsonObject): void {
  const apiVersion = apiVersionOf(resource);
  if (object['apiVersion'] !== apiVersion || object['kind'] !== resource.kind) {
    const found = `${textAt(object, 'kind')} of ${textAt(object, 'apiVersion')}`;
    throw badRequest(`the object is ${found}, expected ${resource.kind} of ${apiVersion}`);
  }
}

/** Checks the name of a new object. @throws ApiError 422 */
export function checkName(resource: Resource, name: unknown): asserts name is string {
  const isValid =
    typeof name === 'string' && name.length <= 253 && (DNS_SUBDOMAIN.test(name) || resource.group.startsWith('rbac.'));
  if (isValid) return;
  const message =
    name === undefined || name === ''
      ? 'Required value: name or generateName is required'
      : `Invalid value: ${JSON.stringify(name)}: ${SUBDOMAIN_RULE}`;
  const reason = textAt({ name }, 'name') === '' ? 'FieldValueRequired' : 'FieldValueInvalid';
  throw invalid(resource, textAt({ name }, 'name'), [{ reason, field: 'metadata.name', message }]);
}

/** Checks the identity and version that a write carries against the live object. @throws ApiError 409, 400 */
export function checkPreconditions(resource: Resource, live: KubernetesObject, proposal: JsonObject): void {
  const meta = objectAt(proposal, 'metadata');
  const { name } = live.metadata;
  if (meta['name'] !== undefined && meta['name'] !== name) {
    throw badRequest(`the name of the object (${textAt(meta, 'name')}) does not match the name on the URL (${name})`);
  }
  if (meta['uid'] !== undefined && meta['uid'] !== live.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${textAt(meta, 'uid')}, UID in object meta: ${live.metadata.uid}`;
    throw conflict(resource, name, why);
  }
  const version = meta['resourceVersion'];
  if (version !== undefined && version !== '' && version !== '0' && version !== live.metadata.resourceVersion) {
    throw conflict(
      resource,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}

/** Checks that a patch leaves the uid alone. @throws ApiError 422 */
export function checkUidKept(resource: Resource, live: KubernetesObject, patched: JsonObject): void {
  const uid = objectAt(patched, 'metadata')['uid'];
  if (uid === undefined || uid === live.metadata.uid) return;
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  throw invalid(resource, live.metadata.name, [{ reason: 'FieldValueInvalid', field: 'metadata.uid', message }]);
}

/** What the server keeps of the live metadata, whatever a write says. */
export function keptMeta(live: ObjectMeta): Partial<ObjectMeta> {
  const { name, namespace, uid, creationTimestamp, deletionTimestamp, generation } = live;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(generation === undefined ? {} : { generation }),
  };
}

/** What a client may say in metadata, after admission. */
export function clientMeta(meta: JsonObject): JsonObject {
  const said: Record<string, unknown> = {};
  for (const key of ['labels', 'annotations', 'ownerReferences', 'finalizers']) {
    const value = meta[key];
    if (value !== undefined && !isEmpty(value)) said[key] = value;
  }
  return said;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
