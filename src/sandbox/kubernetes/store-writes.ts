import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { applyJsonPatch } from './json-patch.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { applyMergePatch } from './merge-patch.ts';
import { checkIdentity, checkName, checkPreconditions, checkUidKept } from './object-meta.ts';
import { secondsOf, withGeneratedName } from './object-stamp.ts';
import type { ObjectTable } from './object-table.ts';
import { planApply } from './server-side-apply.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  notFound,
  notServed,
  patchRefused,
  unexplained,
} from './status-error.ts';
import type { Store, SubresourceWrite } from './store.ts';
import type { StoreKernel } from './store-kernel.ts';
import { proposeObject, type WriteContext } from './write.ts';

type Writes = Pick<Store, 'create' | 'update' | 'jsonPatch' | 'mergePatch' | 'apply' | 'delete'>;
type Form = 'body' | 'patch' | 'apply';

/** The writes of a store: each turns a request into a proposal, has it judged, and commits what is left of it. */
export function storeWrites(kernel: StoreKernel): Writes {
  function contextOf(table: ObjectTable, form: Form, name: string, write: SubresourceWrite): WriteContext {
    const { resource } = table;
    const subresource = write.subresource ?? null;
    if (subresource !== null && !resource.hasStatus) throw resource.isCustom ? notFound(resource, name) : notServed();
    return {
      resource,
      writer: { manager: write.fieldManager, operation: form === 'apply' ? 'Apply' : 'Update', subresource },
      rules: {
        fieldValidation: write.fieldValidation ?? 'Strict',
        isPatch: form === 'patch',
        ...(write.onUnknownFields === undefined ? {} : { onUnknownFields: write.onUnknownFields }),
      },
      time: secondsOf(kernel.clock),
    };
  }

  function commitPatch(table: ObjectTable, live: KubernetesObject, patched: JsonObject, write: SubresourceWrite) {
    checkUidKept(table.resource, live, patched);
    checkPreconditions(table.resource, live, patched);
    const next = proposeObject(contextOf(table, 'patch', live.metadata.name, write), live, patched);
    return kernel.replace(table, live, next, write.dryRun === true);
  }

  return {
    create(object, kind, write) {
      const table = kernel.table(kind);
      const { resource } = table;
      checkIdentity(resource, object);
      const named = withGeneratedName(object, kernel.uids() + 1);
      const { name, namespace, resourceVersion } = named.metadata;
      checkName(resource, name);
      kernel.checkNamespace(resource, named);
      if ((resourceVersion ?? '') !== '') {
        throw unexplained('resourceVersion should not be set on objects to be created');
      }
      if (table.get(namespace ?? '', name) !== undefined) throw alreadyExists(resource, name);
      const context = { ...contextOf(table, 'body', name, write), withStatus: write.withStatus ?? false };
      return kernel.insert(table, proposeObject(context, undefined, named), write.dryRun === true);
    },
    update(object, kind, write) {
      const table = kernel.table(kind);
      checkIdentity(table.resource, object);
      const { name, namespace } = object.metadata;
      const live = kernel.live(table, { kind, namespace: namespace ?? null, name });
      if (table.resource.needsVersion && (object.metadata.resourceVersion ?? '') === '')
        throw versionMissing(table, name);
      checkPreconditions(table.resource, live, object);
      const next = proposeObject(contextOf(table, 'body', name, write), live, object);
      return kernel.replace(table, live, next, write.dryRun === true);
    },
    jsonPatch(ref, operations, write) {
      const table = kernel.table(ref.kind);
      const live = kernel.live(table, ref);
      const outcome = applyJsonPatch(live, operations);
      if (outcome.kind === 'refused' || !isJsonObject(outcome.document)) throw patchRefused();
      return commitPatch(table, live, outcome.document, write);
    },
    mergePatch(ref, patch, write) {
      const table = kernel.table(ref.kind);
      const live = kernel.live(table, ref);
      const merged = applyMergePatch(live, patch);
      if (!isJsonObject(patch) || !isJsonObject(merged)) throw badRequest('a merge patch must be an object');
      return commitPatch(table, live, merged, write);
    },
    apply(object, kind, write) {
      const table = kernel.table(kind);
      const { resource } = table;
      const { name, namespace, uid } = object.metadata;
      checkIdentity(resource, object);
      checkName(resource, name);
      const context = contextOf(table, 'apply', name, write);
      const live = table.get(namespace ?? '', name);
      if (live === undefined) kernel.checkNamespace(resource, object);
      else checkPreconditions(resource, live, object);
      if (live === undefined && uid !== undefined) {
        throw conflict(resource, name, 'uid mismatch: the object is not there');
      }
      const plan = planApply(context, live, object, write.force);
      const next = proposeObject({ ...context, owners: plan.owners }, live, plan.merged);
      const dryRun = write.dryRun === true;
      return live === undefined ? kernel.insert(table, next, dryRun) : kernel.replace(table, live, next, dryRun);
    },
    delete(ref, { dryRun, ...preconditions } = {}) {
      const table = kernel.table(ref.kind);
      const live = kernel.live(table, ref);
      // a real server names the kind here, not the plural
      checkPreconditions({ ...table.resource, plural: table.resource.kind }, live, { metadata: preconditions });
      return dryRun === true ? live : kernel.remove(table, live);
    },
  };
}

function versionMissing(table: ObjectTable, name: string): Error {
  const { group, plural } = table.resource;
  const message = 'Invalid value: 0: must be specified for an update';
  return invalid({ group, kind: plural }, name, [
    { reason: 'FieldValueInvalid', field: 'metadata.resourceVersion', message },
  ]);
}
