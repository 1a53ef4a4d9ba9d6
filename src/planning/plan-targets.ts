import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { PlanFinding, PlanStep, PlanTarget } from '../domain/plan.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { type GeneratedWorkload, isGenerated, type JsonObject, ofTier, type Workload } from '../domain/workload.ts';
import { type Guard, type GuardedSlo, guardSpec } from '../manifests/guard-template.ts';
import { renderTarget } from '../manifests/render-target.ts';
import type { AssignedWave } from './assign-waves.ts';
import { canarySteps } from './canary-steps.ts';
import { existingRenderer } from './existing-targets.ts';
import { compare, error, warning } from './findings.ts';
import { digestOf } from './hash.ts';
import type { PodTemplates } from './pod-templates.ts';
import type { ResolvedTarget } from './resolve-targets.ts';
import type { Turns } from './turns.ts';

/** What is known before targets are rendered. */
export interface TargetPlannerInput {
  readonly workload: Workload;
  readonly release: ReleaseSpec;
  readonly templates: PodTemplates;
  readonly slosOf: (tier: string) => readonly GuardedSlo[];
  readonly sourceOf: (cluster: string) => MetricSourceSpec | undefined;
}

/** What one target gets: its steps, and the objects in the order they are written. */
export interface PlannedObjects {
  readonly replicas: number | null;
  readonly steps: readonly PlanStep[];
  readonly rollout: JsonObject;
  readonly support: readonly JsonObject[];
}

/** Decides steps and objects of one target. */
export type TargetRenderer = (target: ResolvedTarget, assigned: AssignedWave) => PlannedObjects;

/** Renders targets and keeps their bytes once each. */
export interface TargetPlanner {
  /** Yields after every hundred or so. */
  readonly planTargets: (assigned: AssignedWave) => Turns<readonly PlanTarget[]>;
  /** Digest → canonical JSON of every object rendered so far. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly findings: readonly PlanFinding[];
}

/** Rendering so many takes a few milliseconds. */
const TARGETS_PER_TURN = 100;

/** Makes a planner for one release. */
export function targetPlanner(input: TargetPlannerInput): TargetPlanner {
  const manifests: Record<string, string> = {};
  const findings: PlanFinding[] = [];
  const keep = (object: JsonObject): string => {
    const text = JSON.stringify(object);
    const digest = digestOf(text);
    manifests[digest] = text;
    return digest;
  };
  const { workload, release } = input;
  const render = isGenerated(workload)
    ? generatedRenderer(workload, input, findings)
    : existingRenderer(workload, release.version);
  const planTarget = (target: ResolvedTarget, assigned: AssignedWave): PlanTarget => {
    const { replicas, steps, rollout, support } = render(target, assigned);
    return {
      ...placeOf(target),
      replicas,
      steps,
      rolloutManifest: keep(rollout),
      supportManifests: support.map(keep),
    };
  };
  function* planTargets(assigned: AssignedWave): Turns<readonly PlanTarget[]> {
    const planned: PlanTarget[] = [];
    for (const target of assigned.targets) {
      planned.push(planTarget(target, assigned));
      if (planned.length % TARGETS_PER_TURN === 0) yield;
    }
    return planned;
  }
  return { planTargets, manifests, findings };
}

function generatedRenderer(
  workload: GeneratedWorkload,
  input: TargetPlannerInput,
  findings: PlanFinding[],
): TargetRenderer {
  return (target, assigned) => {
    const replicas = replicasOf(target, workload, findings);
    const steps = canarySteps(assigned.wave.steps, replicas);
    const guard = guardOf(target, assigned, input);
    if (guard.kind === 'none') findings.push(noGuard(guard.reason, guard.message));
    const rendered = renderTarget({
      ...target,
      workload,
      release: input.release.name,
      wave: assigned.wave.name,
      replicas,
      weights: steps.map((step) => step.weightPercent),
      template: input.templates.of(target),
      guard,
    });
    return { replicas, steps, ...rendered };
  };
}

function placeOf(target: ResolvedTarget) {
  return {
    id: target.id,
    cluster: target.cluster,
    namespace: target.namespace,
    rollout: target.rollout,
    kind: target.owner.kind === 'pool' ? ('pool' as const) : ('dedicated' as const),
    tier: target.tier,
    tenants: target.tenants.map((tenant) => tenant.name),
  };
}

function replicasOf(target: ResolvedTarget, workload: GeneratedWorkload, findings: PlanFinding[]): number {
  const replicas = ofTier(workload.source.replicas, target.tier);
  if (replicas !== undefined && replicas >= 1) return replicas;
  const message = `replicas are ${replicas ?? 'not given'} for tier ${target.tier}: give it or default, at least 1`;
  findings.push(error('NoReplicas', `workload ${workload.name}`, message));
  return 1;
}

function guardOf(target: ResolvedTarget, { wave }: AssignedWave, input: TargetPlannerInput): Guard {
  const source = input.sourceOf(target.cluster);
  if (source === undefined)
    return { kind: 'none', reason: 'UnknownMetricSource', message: 'the cluster has no source' };
  const heaviest = [...target.tenants].sort((a, b) => b.weight - a.weight || compare(a.name, b.name));
  return guardSpec({
    cluster: target.cluster,
    source,
    tenantIds: heaviest.map((tenant) => tenant.id),
    slos: input.slosOf(target.tier),
    windowMs: wave.analysis.windowMs,
    minRequests: wave.analysis.minRequests,
  });
}

function noGuard(reason: string, message: string): PlanFinding {
  return warning('NoGuard', reason, `${message}: nothing watches the canary in the cluster while Tidegate is down`);
}
