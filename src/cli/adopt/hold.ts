import { FIELD_MANAGER } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { annotationPath, annotations } from '../../release/annotations.ts';
import type { Found } from './find-rollout.ts';
import { GATE, GATED, stepsBefore } from './gate.ts';
import { finishTakeOver, inlineTemplate, restoreReference } from './inline-template.ts';
import { ownFields } from './own-fields.ts';
import { type AdoptionSubject, rolloutRef } from './subject.ts';

/** What can be taken hold of: a Rollout, with the Deployment that it takes its template from. */
export type Holdable =
  | Extract<Found, { kind: 'rollout' }>
  | (Found & { kind: 'reference'; deployment: KubernetesObject });

/** A Rollout whose fields are ours, behind the gate. */
export interface Hold {
  /** Gives the steps back. Proven, it is adopted from here on; else nothing says so, and a template that was taken over is a reference again. */
  letGo(isProven: boolean): Promise<void>;
}

/** Takes hold of the fields that a release writes, behind the gate. `null`: it would take more, and nothing was written. */
export async function takeHold(subject: AdoptionSubject, found: Holdable): Promise<Hold | null> {
  const { rollout } = found;
  if (found.kind === 'reference') {
    await inlineTemplate(subject, rollout, found.deployment);
    return { letGo: (isProven) => (isProven ? finishTakeOver(subject, rollout) : restoreReference(subject, rollout)) };
  }
  const steps = stepsBefore(rollout);
  const owning = await ownFields(subject, { steps: GATE, annotations: { [GATED]: JSON.stringify(steps) } });
  if (owning === 'notGranular') return null;
  return {
    async letGo(isProven) {
      await ownFields(subject, { steps, annotations: isProven ? { [annotations.adopted]: subject.workload } : {} });
    },
  };
}

/** Takes back the word that a Rollout is adopted. */
export async function disown({ api, ...subject }: AdoptionSubject): Promise<void> {
  const path = annotationPath(annotations.adopted);
  await api.patch(rolloutRef(subject), [{ op: 'remove', path }], { fieldManager: FIELD_MANAGER });
}
