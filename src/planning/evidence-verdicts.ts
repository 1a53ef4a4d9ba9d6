import type { Plan, PlanMeasurement, PlanTarget, PlanWave } from '../domain/plan.ts';
import type { AnalysisSample, DecidingSample, TargetRun } from '../domain/target-run.ts';
import type { WorkloadAnalysis } from '../domain/workload.ts';
import type { PlaceholderValues } from '../manifests/placeholders.ts';
import type { AnalysisEvidence, EvidenceBasis, VerdictEvidence } from './evidence.ts';
import { type TargetAnalysis, targetAnalysis } from './target-analysis.ts';

/** The verdicts of the last decision on a target, each with what it stands on. */
export function verdictEvidence(plan: Plan, wave: PlanWave, run: TargetRun): readonly VerdictEvidence[] {
  const target = wave.targets.find(({ id }) => id === run.target);
  return run.deciding.map((sample) => ({
    at: run.failure?.at ?? run.goalAt,
    wave: wave.name,
    target: run.target,
    slo: sample.slo,
    verdict: sample.verdict,
    counts: { good: sample.good, total: sample.total },
    objective: sample.objective,
    basis: basisOf(plan, wave, target, sample),
  }));
}

function basisOf(
  plan: Plan,
  wave: PlanWave,
  target: PlanTarget | undefined,
  { slo, basis }: DecidingSample,
): EvidenceBasis | null {
  const measurement = target === undefined ? undefined : measurementOf(plan, wave, target, slo);
  if (basis === undefined || measurement === undefined) return null;
  const source = plan.sources.find(({ name }) => name === measurement.source);
  const { minRequests, windowMs } = wave.analysis;
  return {
    ...basis,
    source: measurement.source,
    query: measurement.query,
    minRequests,
    windowMs,
    scrapeIntervalMs: source?.scrapeIntervalMs ?? 0,
  };
}

/** The question that speaks for a target: its tier's, to its cluster's source; of a wave's verdict any tier's. */
export function measurementOf(
  plan: Plan,
  wave: PlanWave,
  { tier, cluster }: Pick<PlanTarget, 'tier' | 'cluster'>,
  slo: string,
): PlanMeasurement | undefined {
  const named = wave.measurements.filter((one) => one.slo === slo);
  const own = named.find((one) => one.tier === tier && one.source === plan.clusterSources[cluster]);
  return own ?? named[0];
}

/** The metrics of the last decision on a target, with queries and conditions filled in as they were. */
export function analysisEvidence(plan: Plan, wave: PlanWave, run: TargetRun): readonly AnalysisEvidence[] {
  const target = wave.targets.find(({ id }) => id === run.target);
  if (target === undefined) return [];
  const asked = new Map((plan.analyses ?? []).map((one) => [one.name, askedOf(plan, target, run, one)]));
  return (run.analyses ?? []).flatMap((sample) => {
    const analysis = asked.get(sample.analysis) ?? null;
    return analysis === null ? [] : metricEvidence(plan, wave, { run, target }, sample, analysis);
  });
}

/** What an analysis asked of a target, for the pod hashes that the record has; `null` when it has none. */
export function askedOf(
  plan: Plan,
  target: PlanTarget,
  run: TargetRun,
  analysis: WorkloadAnalysis,
): TargetAnalysis | null {
  if (run.revision === null) return null;
  const stableHash = run.previous.kind === 'revision' ? run.previous.hash : null;
  const place = { placeholders: placeholdersOf(plan, target), latestHash: run.revision, stableHash };
  const asked = targetAnalysis(analysis, place);
  return asked.kind === 'problem' ? null : asked;
}

function placeholdersOf(plan: Plan, target: PlanTarget): PlaceholderValues {
  const places = { 'target.namespace': target.namespace, 'cluster.name': target.cluster };
  const tenant = target.kind === 'pool' ? undefined : plan.tenants.find(({ name }) => name === target.tenants[0]);
  if (tenant === undefined) return places;
  return { ...places, 'tenant.name': tenant.name, 'tenant.id': tenant.id, 'tenant.tier': tenant.tier };
}

function metricEvidence(
  plan: Plan,
  wave: PlanWave,
  { run, target }: { readonly run: TargetRun; readonly target: PlanTarget },
  sample: AnalysisSample,
  { prepared, queries, args }: TargetAnalysis,
): readonly AnalysisEvidence[] {
  const metric = prepared.metrics.find(({ name }) => name === sample.metric);
  const { basis } = sample;
  if (metric === undefined || basis === undefined) return [];
  const { inconclusive, error, consecutiveError, consecutiveSuccess } = basis;
  return [
    {
      at: run.failure?.at ?? run.goalAt,
      wave: wave.name,
      target: run.target,
      analysis: sample.analysis,
      metric: sample.metric,
      source: plan.clusterSources[target.cluster] ?? '',
      query: metric.asks.query ?? queries[sample.metric] ?? '',
      args,
      successCondition: metric.successCondition,
      failureCondition: metric.failureCondition,
      limits: {
        count: metric.effectiveCount,
        failure: metric.failureLimit,
        inconclusive: metric.inconclusiveLimit,
        consecutiveError: metric.consecutiveErrorLimit,
        consecutiveSuccess: metric.consecutiveSuccessLimit,
      },
      dryRun: metric.dryRun,
      runPhase: sample.phase,
      phase: basis.phase,
      counters: {
        count: sample.count,
        failed: sample.failed,
        inconclusive,
        error,
        consecutiveError,
        consecutiveSuccess,
      },
      readings: basis.readings,
    },
  ];
}
