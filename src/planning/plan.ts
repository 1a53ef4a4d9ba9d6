import type { Fleet, MetricSourceSpec } from '../domain/fleet.ts';
import type { Plan, PlanFinding, PlanSource, PlanTenant, PlanWave } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { ReleaseSpec, WavePlan } from '../domain/wave-plan.ts';
import { isExisting, isGenerated, type Workload } from '../domain/workload.ts';
import { rolloutName } from '../manifests/names.ts';
import { type AssignedWave, assignWaves } from './assign-waves.ts';
import { checkAnalyses } from './check-analyses.ts';
import { checkWave } from './check-wave.ts';
import { existingFindings } from './existing-targets.ts';
import { compare, error, inOrder } from './findings.ts';
import { planHash } from './hash.ts';
import { type TierSlos, tierSlos, waveMeasurements, withUniqueKeys } from './measurements.ts';
import { type TargetPlanner, targetPlanner } from './plan-targets.ts';
import { NO_TEMPLATES, podTemplates } from './pod-templates.ts';
import { resolveConcurrency, resolveFailures } from './resolve-count.ts';
import { type ResolvedTarget, resolveTargets } from './resolve-targets.ts';
import { allTurns, type Turns } from './turns.ts';

/** Everything a plan is made from. `now` decides which holds have ended, and nothing else. */
export interface PlanInput {
  readonly fleet: Fleet;
  readonly workload: Workload;
  readonly wavePlan: WavePlan;
  readonly release: ReleaseSpec;
  readonly now: Instant;
}

/** A plan, or every reason why there can be none. */
export type PlanResult =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly findings: readonly PlanFinding[] };

/** Plans a release: the same input gives the same bytes, whatever order its lists come in. */
export function plan(input: PlanInput): PlanResult {
  return allTurns(planInTurns(input));
}

/** The same in turns of a few milliseconds each. */
export function* planInTurns(input: PlanInput): Turns<PlanResult> {
  const { fleet, workload, wavePlan, release } = input;
  const resolved = resolveTargets({
    fleet,
    workload: workload.name,
    rollout: rolloutOf(workload),
    release,
    rollbackOrder: wavePlan.rollback.order,
    now: input.now,
  });
  const assigned = assignWaves(resolved.targets, resolved.excluded, wavePlan);
  const context = planContext(input, resolved.targets);
  const planner = targetPlanner({ workload, release, ...context });
  yield;
  const waves = yield* planWaves(assigned.waves, context, planner);
  yield;
  const findings = inOrder([
    ...nameFindings(input),
    ...resolved.findings,
    ...assigned.findings,
    ...context.findings,
    ...planner.findings,
    ...waves.findings,
    ...checkAnalyses({ ...context, analyses: workload.analyses, targets: resolved.targets, waves: waves.waves }),
  ]);
  if (findings.some((finding) => finding.severity === 'error')) return { kind: 'refused', findings };
  const content: Omit<Plan, 'hash'> = {
    schema: 1,
    release: release.name,
    workload: workload.name,
    source: workload.source.kind,
    wavePlan: wavePlan.name,
    version: release.version,
    waves: waves.waves,
    ...(workload.analyses.length === 0 ? {} : { analyses: workload.analyses }),
    rollback: wavePlan.rollback,
    tenants: planTenants(fleet),
    leftOut: resolved.leftOut,
    sources: context.sources,
    clusterSources: context.clusterSources,
    findings,
    manifests: planner.manifests,
  };
  return { kind: 'planned', plan: { hash: planHash(content), ...content } };
}

/** What is the same for every wave. */
interface PlanContext {
  readonly sources: readonly PlanSource[];
  readonly clusterSources: Readonly<Record<string, string>>;
  readonly sourceOf: (cluster: string) => MetricSourceSpec | undefined;
  readonly slosOf: (tier: string) => TierSlos['slos'];
  readonly templates: ReturnType<typeof podTemplates>;
  readonly findings: readonly PlanFinding[];
}

function planContext({ fleet, workload, release }: PlanInput, targets: readonly ResolvedTarget[]): PlanContext {
  const sourceByName = new Map(fleet.metricSources.map((source) => [source.name, source]));
  const sourceByCluster = new Map(fleet.clusters.map(({ name, metrics }) => [name, metrics]));
  const sourceOf = (cluster: string) => sourceByName.get(sourceByCluster.get(cluster) ?? '');
  const clusters = [...new Set(targets.map((target) => target.cluster))].sort(compare);
  const slosByTier = new Map(
    [...new Set(targets.map((target) => target.tier))].map((tier) => [tier, tierSlos(workload, tier)]),
  );
  const templates = isGenerated(workload) ? podTemplates(workload, release.version, targets) : NO_TEMPLATES;
  const used = new Map(clusters.flatMap((cluster) => sourceOf(cluster) ?? []).map((source) => [source.name, source]));
  return {
    sources: [...used.values()].map(toPlanSource).sort((a, b) => compare(a.name, b.name)),
    clusterSources: Object.fromEntries(clusters.map((cluster) => [cluster, sourceByCluster.get(cluster) ?? ''])),
    sourceOf,
    slosOf: (tier) => slosByTier.get(tier)?.slos ?? [],
    templates,
    findings: [
      ...templates.findings,
      ...(isExisting(workload) ? existingFindings(workload, release.version) : []),
      ...[...slosByTier.values()].flatMap((tier) => tier.findings),
      ...sourceFindings(clusters, sourceOf, sourceByCluster),
      ...(workload.slos.length === 0 ? [noSlos(workload)] : []),
    ],
  };
}

function* planWaves(
  assigned: readonly AssignedWave[],
  context: PlanContext,
  planner: TargetPlanner,
): Turns<{ readonly waves: readonly PlanWave[]; readonly findings: readonly PlanFinding[] }> {
  const findings: PlanFinding[] = [];
  const measured = assigned.map((wave) => {
    const result = waveMeasurements({ assigned: wave, ...context });
    findings.push(...result.findings);
    return { name: wave.wave.name, measurements: result.measurements };
  });
  const measurements = withUniqueKeys(measured);
  const waves: PlanWave[] = [];
  for (const [index, wave] of assigned.entries()) {
    const planned = yield* planWave(wave, measurements[index] ?? [], planner);
    findings.push(...checkWave(wave.wave, planned, context.sources));
    waves.push(planned);
  }
  return { waves, findings };
}

function* planWave(
  assigned: AssignedWave,
  measurements: PlanWave['measurements'],
  planner: TargetPlanner,
): Turns<PlanWave> {
  const { wave, targets } = assigned;
  return {
    name: wave.name,
    maxConcurrency: resolveConcurrency(wave.maxConcurrency, targets.length),
    maxFailures: resolveFailures(wave.maxFailures, targets.length),
    bakeStepMs: wave.bakeStepMs,
    bakeWaveMs: wave.bakeWaveMs,
    targetDeadlineMs: wave.targetDeadlineMs,
    waveDeadlineMs: wave.waveDeadlineMs,
    analysis: wave.analysis,
    requiredApprovals: wave.requiredApprovals,
    windows: wave.windows,
    onFailure: wave.onFailure,
    targets: yield* planner.planTargets(assigned),
    measurements,
  };
}

/** The Rollout's name: our own choice, or as its owner called it. */
export function rolloutOf(workload: Workload): string {
  return isExisting(workload) ? workload.source.rollout : rolloutName(workload.name);
}

function planTenants(fleet: Fleet): readonly PlanTenant[] {
  return fleet.tenants
    .map(({ name, id, tier, weight }) => ({ name, id, tier, weight }))
    .sort((a, b) => compare(a.name, b.name));
}

function toPlanSource(source: MetricSourceSpec): PlanSource {
  return {
    name: source.name,
    scrapeIntervalMs: source.scrapeIntervalMs,
    tellsRevisions: source.revision.kind !== 'none',
  };
}

function sourceFindings(
  clusters: readonly string[],
  sourceOf: PlanContext['sourceOf'],
  sourceByCluster: ReadonlyMap<string, string>,
): readonly PlanFinding[] {
  return clusters.flatMap((cluster) => {
    const source = sourceOf(cluster);
    if (source === undefined) {
      const wanted = sourceByCluster.get(cluster) ?? '';
      return [error('UnknownMetricSource', `cluster ${cluster}`, `its metric source ${wanted} is not in the fleet`)];
    }
    if (source.revision.kind !== 'none') return [];
    return [
      error(
        'CannotTellVersions',
        `source ${source.name}`,
        'it cannot tell versions apart, so no step could be proven on the new pods alone: set labels.revision to the label with the pod hash',
      ),
    ];
  });
}

function noSlos(workload: Workload): PlanFinding {
  return error('NoSlo', `workload ${workload.name}`, 'it has no slo, so no gate could ever pass: give it at least one');
}

function nameFindings({ release, workload, wavePlan }: PlanInput): readonly PlanFinding[] {
  const subject = `release ${release.name}`;
  const findings: PlanFinding[] = [];
  if (release.workload !== workload.name) {
    findings.push(error('WrongWorkload', subject, `it releases ${release.workload}, not ${workload.name}`));
  }
  if (release.wavePlan !== wavePlan.name) {
    findings.push(error('WrongWavePlan', subject, `it goes along ${release.wavePlan}, not ${wavePlan.name}`));
  }
  return findings;
}
