import type { GeneratedWorkload, JsonObject } from '../domain/workload.ts';
import { inCanonicalOrder } from './canonical-json.ts';
import { type Guard, guardTemplate } from './guard-template.ts';
import { labelKeys, type Placed, placedLabels } from './labels.ts';
import { labelValue } from './names.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { rolloutSpec } from './rollout.ts';
import { service } from './service.ts';

/** One target, everything decided. */
export interface RenderInput {
  readonly workload: GeneratedWorkload;
  readonly release: string;
  readonly wave: string;
  readonly namespace: string;
  readonly rollout: string;
  readonly tier: string;
  readonly owner: Placed['owner'];
  readonly replicas: number;
  readonly weights: readonly number[];
  /** The pod template at the release's version, placeholders replaced. */
  readonly template: JsonObject;
  readonly guard: Guard;
}

/** The objects of a target, in the order they are written: support first, the Rollout names what must be there. */
export interface RenderedTarget {
  readonly rollout: JsonObject;
  /** AnalysisTemplate, Service, PodDisruptionBudget. */
  readonly support: readonly JsonObject[];
}

/** Renders the objects of one target. No namespace: it belongs to whoever made the tenant. */
export function renderTarget(input: RenderInput): RenderedTarget {
  const { workload, rollout, namespace } = input;
  const labels = placedLabels({ workload: workload.name, tier: input.tier, owner: input.owner });
  const support = [
    input.guard.kind === 'guard' ? guardTemplate(rollout, namespace, input.guard.spec) : null,
    service(workload.name, rollout, namespace, workload.source.ports),
    podDisruptionBudget(workload.name, rollout, namespace),
  ];
  return {
    rollout: renderRollout(input, labels),
    support: support.filter((object) => object !== null).map((object) => withLabels(object, labels)),
  };
}

function renderRollout(input: RenderInput, labels: JsonObject): JsonObject {
  const ofRelease = inCanonicalOrder({
    ...labels,
    [labelKeys.release]: labelValue(input.release),
    [labelKeys.wave]: labelValue(input.wave),
  });
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { labels: ofRelease, name: input.rollout, namespace: input.namespace },
    spec: rolloutSpec({
      workload: input.workload.name,
      rollout: input.rollout,
      replicas: input.replicas,
      weights: input.weights,
      template: input.template,
      progressDeadlineSeconds: input.workload.source.progressDeadlineSeconds,
      hasGuard: input.guard.kind === 'guard',
    }),
  };
}

function withLabels(object: JsonObject, labels: JsonObject): JsonObject {
  return { ...object, metadata: { labels, ...(object['metadata'] as JsonObject) } };
}
