import type { Json, JsonObject } from '../../domain/workload.ts';
import { FIELD_MANAGER } from '../../ports/kinds.ts';
import type { JsonPatchOperation, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { annotationPath, annotations } from '../../release/annotations.ts';
import { fieldsOf } from './rollout-fields.ts';
import { type AdoptionSubject, rolloutRef } from './subject.ts';

const STEPS = '/spec/strategy/canary/steps';

/**
 * Puts the Deployment's template, as it is, in the place of the reference to it, with other steps, in one patch: with both the Rollout
 * would be invalid. The same template gives the same pod hash.
 */
export async function inlineTemplate(
  subject: AdoptionSubject,
  rollout: KubernetesObject,
  deployment: KubernetesObject,
  steps: readonly JsonObject[],
): Promise<void> {
  await patch(subject, [
    ...sameRollout(rollout),
    { op: 'test', path: '/spec/workloadRef', value: fieldsOf(rollout).workloadRef },
    { op: 'remove', path: '/spec/workloadRef' },
    { op: 'add', path: '/spec/template', value: templateOf(deployment) },
    { op: 'add', path: STEPS, value: steps },
    ...noted(rollout, subject.workload),
  ]);
}

/** The way back: the reference and the steps that were there. */
export async function restoreReference(subject: AdoptionSubject, before: KubernetesObject): Promise<void> {
  await patch(subject, [
    ...sameRollout(before),
    { op: 'remove', path: '/spec/template' },
    { op: 'add', path: '/spec/workloadRef', value: fieldsOf(before).workloadRef },
    stepsBack(before),
    { op: 'remove', path: annotationPath(annotations.adopted) },
  ]);
}

/** Once nothing moved: the steps that were there. */
export async function restoreSteps(subject: AdoptionSubject, before: KubernetesObject): Promise<void> {
  await patch(subject, [...sameRollout(before), stepsBack(before)]);
}

/** Servers before 1.34 give a `creationTimestamp` that the Rollout's schema refuses. */
function templateOf(deployment: KubernetesObject): JsonObject {
  const template = fieldsOf(deployment).template ?? {};
  const { creationTimestamp: _none, ...metadata } = (template['metadata'] ?? {}) as JsonObject;
  return { ...template, metadata };
}

function sameRollout({ metadata }: KubernetesObject): readonly JsonPatchOperation[] {
  return [{ op: 'test', path: '/metadata/uid', value: metadata.uid }];
}

function stepsBack(before: KubernetesObject): JsonPatchOperation {
  const steps = fieldsOf(before).strategy?.canary?.steps;
  return steps === undefined
    ? { op: 'remove', path: STEPS }
    : { op: 'add', path: STEPS, value: steps as unknown as Json };
}

function noted({ metadata }: KubernetesObject, workload: string): readonly JsonPatchOperation[] {
  return metadata.annotations === undefined
    ? [{ op: 'add', path: '/metadata/annotations', value: { [annotations.adopted]: workload } }]
    : [{ op: 'add', path: annotationPath(annotations.adopted), value: workload }];
}

async function patch({ api, ...subject }: AdoptionSubject, operations: readonly JsonPatchOperation[]): Promise<void> {
  await api.patch(rolloutRef(subject), operations, { fieldManager: FIELD_MANAGER });
}
