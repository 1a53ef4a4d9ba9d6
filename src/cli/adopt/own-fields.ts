import { ConflictError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/workload.ts';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { liveContainers } from '../../release/container-images.ts';
import { fieldsOf } from './rollout-fields.ts';
import { type AdoptionSubject, describeSubject, rolloutRef } from './subject.ts';

/** What a forced apply is to leave behind. */
export interface WantedFields {
  /** `null`: the Rollout has none. */
  readonly steps: readonly JsonObject[] | null;
  /** Annotations of ours; those of an earlier apply that are not among them go. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Whether the fields are ours now; `notGranular`: the API server would have replaced more than them, and nothing was written. */
export type Owning = 'owned' | 'notGranular';

/** A Rollout changes under a writer now and then: an autoscaler, its controller. */
const ATTEMPTS = 5;

/**
 * Takes ownership of images, as they run, and of the canary steps, by a forced apply; it is rehearsed first. A JSON patch would not do: it
 * owns only what it changes.
 *
 * @throws ConflictError when the Rollout keeps changing or is gone
 */
export async function ownFields(subject: AdoptionSubject, wanted: WantedFields): Promise<Owning> {
  const { api } = subject;
  for (let attempt = 1; ; attempt += 1) {
    const live = await api.get(rolloutRef(subject));
    if (live === undefined) throw new ConflictError(`adopting ${describeSubject(subject)}: it was deleted meanwhile`);
    const applied = ownershipOf(live, subject.containers, wanted);
    const write = { fieldManager: FIELD_MANAGER, force: true };
    try {
      const rehearsed = await api.apply(applied, kinds.rollout, { ...write, dryRun: true });
      if (beside(rehearsed, subject.containers) !== beside(live, subject.containers)) return 'notGranular';
      await api.apply(applied, kinds.rollout, write);
      return 'owned';
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The partial Rollout that is applied. Its resourceVersion refuses it when anything changed since the look: an image that came meanwhile is not undone. */
function ownershipOf(
  live: KubernetesObject,
  containers: readonly string[],
  { steps, annotations }: WantedFields,
): KubernetesObject {
  const { name, namespace, resourceVersion } = live.metadata;
  const ours = liveContainers(fieldsOf(live).template).filter((container) => containers.includes(container.name));
  const podSpec: Record<string, Json[]> = {};
  for (const { name: container, image, path } of ours)
    (podSpec[path.split('/')[2]!] ??= []).push({ name: container, image });
  return {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      annotations,
    },
    spec: { template: { spec: podSpec }, ...(steps === null ? {} : { strategy: { canary: { steps } } }) },
  };
}

/** All of a spec but the steps: what must be the same before and after, images included. */
function beside(rollout: KubernetesObject, containers: readonly string[]): string {
  const spec = fieldsOf(rollout);
  const { steps: _steps, ...canary } = spec.strategy?.canary ?? {};
  const present = liveContainers(spec.template).filter(({ name }) => containers.includes(name));
  return canonicalJson([{ ...spec, strategy: { ...spec.strategy, canary } }, present] as unknown as Json);
}
