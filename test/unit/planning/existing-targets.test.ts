import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import type { ExistingWorkload } from '../../../src/domain/workload.ts';
import { type PlanInput, plan } from '../../../src/planning/plan.ts';
import { IMAGE, input, planned, release, workload } from './storefront.ts';

const adopted: ExistingWorkload = {
  ...workload,
  source: { kind: 'existing', rollout: 'shop', containers: { web: 'app', worker: 'app' }, replicas: null },
};

function adoptedPlan(parts: Partial<ExistingWorkload['source']> = {}): Plan {
  return planned({ workload: { ...adopted, source: { ...adopted.source, ...parts } } });
}

const GATED = [10, 25, 50].flatMap((setWeight) => [{ setWeight }, { pause: {} }]);

const firstTarget = (made: Plan) => made.waves[0]!.targets[0]!;
const manifest = (made: Plan) => JSON.parse(made.manifests[firstTarget(made).rolloutManifest]!) as unknown;

describe('a plan for Rollouts that others made', () => {
  it('writes images of the named containers and gated steps under the owner’s name, and nothing else', () => {
    const made = adoptedPlan();
    expect(made.source).toBe('existing');
    expect(firstTarget(made)).toMatchObject({ rollout: 'shop', supportManifests: [] });
    expect(manifest(made)).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop', namespace: firstTarget(made).namespace },
      spec: {
        strategy: { canary: { steps: GATED } },
        template: {
          spec: {
            containers: [
              { image: IMAGE, name: 'web' },
              { image: IMAGE, name: 'worker' },
            ],
          },
        },
      },
    });
  });

  it('keeps every declared step where the pods are not known, and says so', () => {
    const made = adoptedPlan();
    expect(firstTarget(made)).toMatchObject({
      replicas: null,
      steps: [10, 25, 50].map((weightPercent) => ({ weightPercent, effectivePercent: weightPercent })),
    });
    expect(made.findings.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['ReplicasUnknown', 'NoGuard']));
  });

  it('merges steps that give the same on the pods it is told of', () => {
    const made = adoptedPlan({ replicas: { default: 1 } });
    expect(firstTarget(made)).toMatchObject({ replicas: 1, steps: [{ weightPercent: 10, effectivePercent: 50 }] });
    expect(made.findings.map(({ reason }) => reason)).not.toContain('ReplicasUnknown');
  });

  it.each([
    [
      'a container whose image the release lacks',
      { web: 'app', worker: 'jobs' },
      'NoImage',
      'worker takes the image "jobs"',
    ],
    ['an image that no container takes', { web: 'web' }, 'UnknownContainer', 'image "app"'],
  ])('refuses %s', (_, containers, reason, part) => {
    const source = { ...adopted.source, containers };
    const made = plan({ ...input, workload: { ...adopted, source }, release } satisfies PlanInput);
    expect(made.kind).toBe('refused');
    const found = made.kind === 'refused' ? made.findings.filter((one) => one.reason === reason) : [];
    expect(found.map(({ message }) => message).join()).toContain(part);
  });
});
