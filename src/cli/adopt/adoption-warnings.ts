import { rolloutTrouble } from '../../controller/target-looks.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { liveContainers } from '../../release/container-images.ts';
import { projectRollout } from '../../release/observed-target.ts';
import { type AdoptionFinding, adoptedBy } from '../../release/ownership.ts';
import type { Found } from './find-rollout.ts';
import { fieldsOf, stepsOf } from './rollout-fields.ts';
import type { AdoptionSubject } from './subject.ts';

/** What a person should know before the proof, and what forbids it: nothing may be under way, and nothing else may serve. */
export function adoptionWarnings(
  found: Extract<Found, { rollout: unknown }>,
  { workload, containers }: Pick<AdoptionSubject, 'workload' | 'containers'>,
): readonly AdoptionFinding[] {
  const { rollout } = found;
  const trouble = rolloutTrouble(projectRollout(rollout));
  const by = adoptedBy(rollout);
  return [
    ...(trouble === null ? [] : [error(trouble.reason, `${nameOf(rollout)} ${trouble.message}`)]),
    ...(by === null || by === workload
      ? []
      : [error('AdoptedByOther', `${nameOf(rollout)} is released by workload ${by}: one Rollout has one workload`)]),
    ...(found.kind === 'reference' ? referenceTrouble(found.rollout, found.deployment, containers) : []),
    ...stepsReplaced(rollout),
  ];
}

/** A Deployment that still has pods would serve beside the Rollout, at no version of ours. */
function referenceTrouble(
  rollout: KubernetesObject,
  deployment: KubernetesObject | null,
  containers: readonly string[],
): readonly AdoptionFinding[] {
  const { workloadRef } = fieldsOf(rollout);
  const named = `${workloadRef?.kind} ${workloadRef?.name}`;
  if (deployment === null) {
    const message = `${nameOf(rollout)} takes its template from ${named}: only a Deployment that is there can be taken over`;
    return [error('NoDeployment', message)];
  }
  const has = liveContainers(fieldsOf(deployment).template).map(({ name }) => name);
  const missing = containers.filter((container) => !has.includes(container));
  if (missing.length > 0)
    return [error('ContainerMissing', `${named} has no container ${missing.join(', ')}, it has ${has.join(', ')}`)];
  const pods = (deployment['status'] as { readonly replicas?: number } | undefined)?.replicas ?? 0;
  const wanted = fieldsOf(deployment).replicas ?? 1;
  if (pods === 0 && wanted === 0) return [];
  const message = `${named} still has ${Math.max(pods, wanted)} pods behind the same Service: set spec.workloadRef.scaleDown of ${nameOf(rollout)} to onsuccess, or scale it to 0`;
  return [error('DeploymentServes', message)];
}

/** Gates of somebody's own steps do not run during a release. */
function stepsReplaced(rollout: KubernetesObject): readonly AdoptionFinding[] {
  const own = (stepsOf(rollout) ?? []).flatMap((step) => Object.keys(step));
  const lost = [...new Set(own)].filter((kind) => kind !== 'setWeight' && kind !== 'pause');
  if (lost.length === 0) return [];
  const message = `a release replaces the canary steps of ${nameOf(rollout)}, so its ${lost.join(', ')} does not run then; a rollback puts them back`;
  return [{ severity: 'warning', reason: 'StepsReplaced', message }];
}

function nameOf({ metadata }: KubernetesObject): string {
  return `the Rollout ${metadata.name}`;
}

function error(reason: string, message: string): AdoptionFinding {
  return { severity: 'error', reason, message };
}
