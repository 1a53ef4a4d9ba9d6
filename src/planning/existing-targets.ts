import type { PlanFinding, PlanStep } from '../domain/plan.ts';
import { type ExistingWorkload, ofTier } from '../domain/workload.ts';
import { existingRollout } from '../manifests/existing-rollout.ts';
import type { RenderedVersion } from '../manifests/pod-template.ts';
import { canarySteps } from './canary-steps.ts';
import { compare, error, warning } from './findings.ts';
import type { PlannedObjects, TargetRenderer } from './plan-targets.ts';

/** Renders what a release writes into Rollouts that others made: images and steps, no object beside them. */
export function existingRenderer(workload: ExistingWorkload, version: RenderedVersion): TargetRenderer {
  const images = ownedImages(workload, version);
  return (target, { wave }): PlannedObjects => {
    const replicas = workload.source.replicas === null ? null : (ofTier(workload.source.replicas, target.tier) ?? null);
    const steps = replicas === null ? asDeclared(wave.steps) : canarySteps(wave.steps, replicas);
    const weights = steps.map((step) => step.weightPercent);
    const { namespace, rollout } = target;
    return { replicas, steps, rollout: existingRollout({ namespace, rollout, images, weights }), support: [] };
  };
}

/** What a person should know of a workload whose Rollouts are others'. */
export function existingFindings(workload: ExistingWorkload, version: RenderedVersion): readonly PlanFinding[] {
  const subject = `workload ${workload.name}`;
  const { containers, replicas } = workload.source;
  const keys = Object.keys(version.images).sort(compare);
  const missing = Object.entries(containers).filter(([, key]) => version.images[key] === undefined);
  const unused = keys.filter((key) => !Object.values(containers).includes(key));
  return [
    ...missing.map(([container, key]) =>
      error(
        'NoImage',
        subject,
        `container ${container} takes the image "${key}", the release has ${keys.join(', ') || 'none'}`,
      ),
    ),
    ...unused.map((key) =>
      error('UnknownContainer', subject, `no container takes the release's image "${key}": name it in source.existing`),
    ),
    ...(replicas === null
      ? [
          warning(
            'ReplicasUnknown',
            subject,
            'source.existing names no replicas, so the effective weights of its steps are not known: tidegate adopt prints them',
          ),
        ]
      : []),
    warning(
      'NoGuard',
      subject,
      "its Rollouts are others': no guard of Tidegate's watches the canary in the cluster while Tidegate is down, an analysis of their own stays",
    ),
  ];
}

/** Container → image, as far as the release has one. */
function ownedImages({ source }: ExistingWorkload, version: RenderedVersion): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(source.containers).map(([container, key]) => [container, version.images[key] ?? '']),
  );
}

/** With unknown pods a share is what it says, as a traffic router would give it. */
function asDeclared(weights: readonly number[]): readonly PlanStep[] {
  return weights.map((weightPercent) => ({ weightPercent, effectivePercent: weightPercent }));
}
