import { kinds } from '../../ports/kinds.ts';
import { ingressKind } from '../kubernetes/built-in-resources.ts';
import { refOf } from '../model-store.ts';
import { mergeArguments, rolloutArguments } from './analysis-arguments.ts';
import { analysisReferences, flattenTemplates } from './analysis-template.ts';
import { conditionOf, makeCondition, removeCondition, setCondition } from './conditions.ts';
import { type Pass, type PassEnvironment, timeText } from './pass.ts';
import { phaseOf } from './phase.ts';
import { canaryOf, type Rollout, stepsOf } from './rollout.ts';
import { pauseMs } from './steps.ts';

/** What makes the Rollout invalid, in Argo's words, the first thing only; `null` when it is valid. */
export function whatIsInvalid(rollout: Rollout, environment: PassEnvironment): string | null {
  return (
    invalidSpec(rollout) ??
    missingService(rollout, environment) ??
    invalidAnalysis(rollout, environment) ??
    missingIngress(rollout, environment)
  );
}

function invalidSpec(rollout: Rollout): string | null {
  const { selector, template, strategy, progressDeadlineSeconds = 600, minReadySeconds = 0 } = rollout.spec;
  const wanted = Object.entries(selector?.matchLabels ?? {});
  if (wanted.length === 0) return "spec.selector: Required value: Rollout has missing field '.spec.selector'";
  const labels = template.metadata?.labels ?? {};
  if (wanted.some(([key, value]) => labels[key] !== value)) {
    return `spec.template.metadata.labels: Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  }
  if (progressDeadlineSeconds <= minReadySeconds) {
    return `spec.progressDeadlineSeconds: Invalid value: ${progressDeadlineSeconds}: must be greater than minReadySeconds`;
  }
  if (strategy?.canary === undefined) {
    return "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'";
  }
  return invalidFenceposts(rollout) ?? invalidStep(rollout);
}

function invalidFenceposts(rollout: Rollout): string | null {
  const isZero = (value: number | string | undefined): boolean =>
    value !== undefined && Number.parseInt(String(value), 10) === 0;
  const { maxSurge, maxUnavailable } = canaryOf(rollout);
  if (!isZero(maxSurge) || !isZero(maxUnavailable)) return null;
  return `spec.strategy.maxSurge: Invalid value: ${JSON.stringify(maxSurge)}: MaxSurge and MaxUnavailable both can not be zero`;
}

function invalidStep(rollout: Rollout): string | null {
  for (const [index, step] of stepsOf(rollout).entries()) {
    const path = `spec.strategy.steps[${index}]`;
    if (step.setWeight !== undefined && (step.setWeight < 0 || step.setWeight > 100)) {
      return `${path}.setWeight: Invalid value: ${step.setWeight}: SetWeight needs to be between 0 and 100`;
    }
    if (step.pause?.duration !== undefined && pauseMs(step.pause) === null) {
      return `${path}.pause.duration: Invalid value: ${step.pause.duration}: Duration needs to be greater than 0`;
    }
    if (step.setWeight === undefined && step.pause === undefined && step.analysis === undefined) {
      return `${path}: Invalid value: "null": Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause`;
    }
  }
  return null;
}

function missingService(rollout: Rollout, environment: PassEnvironment): string | null {
  for (const field of ['canaryService', 'stableService'] as const) {
    const name = canaryOf(rollout)[field];
    if (name === undefined || environment.findService(rollout.metadata.namespace ?? '', name) !== undefined) continue;
    return `spec.strategy.canary.${field}: Invalid value: "${name}": service "${name}" not found`;
  }
  return null;
}

function missingIngress(rollout: Rollout, { store }: PassEnvironment): string | null {
  const name = canaryOf(rollout).trafficRouting?.nginx?.stableIngress;
  const namespace = rollout.metadata.namespace ?? null;
  if (name === undefined || store.get({ kind: ingressKind, namespace, name }) !== undefined) return null;
  return `spec.strategy.canary.trafficRouting.nginx.stableIngress: Invalid value: "${name}": ingress.networking.k8s.io "${name}" not found`;
}

function invalidAnalysis(rollout: Rollout, environment: PassEnvironment): string | null {
  const find = (name: string) => environment.findTemplate(rollout.metadata.namespace ?? '', name);
  for (const { reference, path } of analysisReferences(rollout)) {
    const templates = flattenTemplates(reference, path, find);
    if (templates.kind === 'invalid') return templates.message;
    const noRoles = { canary: undefined, stable: undefined, others: [] };
    const args = mergeArguments(templates.declared, rolloutArguments(rollout, reference.args ?? [], noRoles));
    if (typeof args === 'string') return `${path}: Invalid value: "${args}": args.${args} was not resolved`;
  }
  return null;
}

/** Says in the status that the spec is invalid. Nothing else is done: no scaling, no abort. */
export function sayInvalid(pass: Pass, problem: string): void {
  const { rollout, environment } = pass;
  const message = `The Rollout "${rollout.metadata.name}" is invalid: ${problem}`;
  const before = rollout.status.conditions ?? [];
  const known = conditionOf(before, 'InvalidSpec');
  const generation = String(rollout.metadata.generation);
  if (known?.message === message && rollout.status.observedGeneration === generation) return;
  const parts = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message } as const;
  const kept = known?.message === message ? before : removeCondition(before, 'InvalidSpec');
  const conditions = setCondition(kept, makeCondition(parts, timeText(environment.now())));
  const phase = phaseOf(rollout.spec, { ...rollout.status, conditions });
  const status = { conditions, observedGeneration: generation, ...phase };
  environment.store.mergePatch(refOf(kinds.rollout, rollout), { status }, 'status');
}
