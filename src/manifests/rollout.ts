import type { JsonObject } from '../domain/workload.ts';
import { gatedSteps } from './gated-steps.ts';
import { LATEST_HASH } from './guard-template.ts';
import { selectorLabels } from './labels.ts';
import { guardName } from './names.ts';

/** Old ReplicaSets kept: a rollback needs the old one, and a pruned one makes it a full release. */
const REVISION_HISTORY = 10;
/** Revisions that may stand between the running and the restored one, aborted releases included, before Argo walks the steps. */
const ROLLBACK_WINDOW = 3;

/** What a Rollout's spec is made of. */
export interface RolloutSpecInput {
  readonly workload: string;
  readonly rollout: string;
  /** Sent in the create only; a person or an autoscaler owns it from then on. */
  readonly replicas: number;
  /** Canary weights, rising, 1…99. */
  readonly weights: readonly number[];
  readonly template: JsonObject;
  readonly progressDeadlineSeconds: number;
  readonly hasGuard: boolean;
}

/** The spec of a generated Rollout without traffic router: one Service, the split is by pods. */
export function rolloutSpec(input: RolloutSpecInput): JsonObject {
  return {
    progressDeadlineSeconds: input.progressDeadlineSeconds,
    replicas: input.replicas,
    revisionHistoryLimit: REVISION_HISTORY,
    rollbackWindow: { revisions: ROLLBACK_WINDOW },
    selector: { matchLabels: selectorLabels(input.workload) },
    strategy: { canary: canary(input) },
    template: input.template,
  };
}

function canary(input: RolloutSpecInput): JsonObject {
  return {
    ...(input.hasGuard ? { analysis: guardAnalysis(input.rollout) } : {}),
    maxSurge: '25%',
    // With 0 and a full quota a rollback stands still, old pods waiting for room that new ones keep; a single pod is never taken away.
    maxUnavailable: input.replicas > 1 ? 1 : 0,
    ...(input.weights.length > 0 ? { steps: gatedSteps(input.weights) } : {}),
  };
}

function guardAnalysis(rollout: string): JsonObject {
  return {
    args: [{ name: LATEST_HASH, valueFrom: { podTemplateHashValue: 'Latest' } }],
    templates: [{ templateName: guardName(rollout) }],
  };
}
