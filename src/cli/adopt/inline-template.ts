import type { JsonObject } from '../../domain/workload.ts';
import { FIELD_MANAGER } from '../../ports/kinds.ts';
import type { JsonPatchOperation, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { annotationPath, annotations } from '../../release/annotations.ts';
import { GATE, GATED } from './gate.ts';
import { fieldsOf, stepsOf } from './rollout-fields.ts';
import { type AdoptionSubject, rolloutRef } from './subject.ts';

const STEPS = '/spec/strategy/canary/steps';

/**
 * Puts the Deployment's template, as it is, in the place of the reference to it, behind the gate, in one patch: with both the Rollout
 * would be invalid. The same template gives the same pod hash.
 */
export async function inlineTemplate(
  subject: AdoptionSubject,
  rollout: KubernetesObject,
  deployment: KubernetesObject,
): Promise<void> {
  await patch(subject, [
    ...sameRollout(rollout),
    { op: 'test', path: '/spec/workloadRef', value: fieldsOf(rollout).workloadRef },
    { op: 'remove', path: '/spec/workloadRef' },
    { op: 'add', path: '/spec/template', value: templateOf(deployment) },
    { op: 'add', path: STEPS, value: GATE },
    ...noted(rollout, GATED, JSON.stringify(stepsOf(rollout))),
  ]);
}

/** The way back: the reference and the steps that were there. */
export async function restoreReference(subject: AdoptionSubject, before: KubernetesObject): Promise<void> {
  await patch(subject, [
    ...sameRollout(before),
    { op: 'remove', path: '/spec/template' },
    { op: 'add', path: '/spec/workloadRef', value: fieldsOf(before).workloadRef },
    stepsBack(before),
    { op: 'remove', path: annotationPath(GATED) },
  ]);
}

/** Once nothing moved: the steps that were there, and by which workload it is adopted. */
export async function finishTakeOver(subject: AdoptionSubject, before: KubernetesObject): Promise<void> {
  await patch(subject, [
    ...sameRollout(before),
    stepsBack(before),
    { op: 'remove', path: annotationPath(GATED) },
    { op: 'add', path: annotationPath(annotations.adopted), value: subject.workload },
  ]);
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
  const steps = stepsOf(before);
  return steps === null ? { op: 'remove', path: STEPS } : { op: 'add', path: STEPS, value: steps };
}

function noted({ metadata }: KubernetesObject, key: string, value: string): readonly JsonPatchOperation[] {
  return metadata.annotations === undefined
    ? [{ op: 'add', path: '/metadata/annotations', value: { [key]: value } }]
    : [{ op: 'add', path: annotationPath(key), value }];
}

async function patch({ api, ...subject }: AdoptionSubject, operations: readonly JsonPatchOperation[]): Promise<void> {
  await api.patch(rolloutRef(subject), operations, { fieldManager: FIELD_MANAGER });
}
