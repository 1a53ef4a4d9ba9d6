import type { MetricAssessment, Reading } from '../../analysis/assess/assessment.ts';
import type { AnalysisReading, AnalysisSample } from '../../domain/target-run.ts';
import type { Measurable } from '../gate.ts';
import type { Snapshot } from '../snapshot.ts';
import { analysesOf, analysisKey } from './analysis-runs.ts';
import type { AnalysisState } from './analysis-state.ts';

/** Measurements that are kept of a metric with a decision: the last ones that say something. */
const READINGS_KEPT = 3;
/** Longer values are cut. */
const VALUE_CHARACTERS = 120;

/** What is kept of the analyses with a decision: each of their metrics. */
export function analysisSamples(snapshot: Snapshot, measurable: Measurable | null): readonly AnalysisSample[] {
  const run = measurable === null ? undefined : snapshot.runs.get(measurable.indexed.target.id);
  if (measurable === null || run === undefined) return [];
  return analysesOf(snapshot, run).flatMap((analysis) => {
    const state = snapshot.analyses.get(analysisKey(run, measurable, analysis));
    return state === undefined ? [] : samplesOf(analysis.name, state);
  });
}

function samplesOf(analysis: string, { assessment }: AnalysisState): readonly AnalysisSample[] {
  return assessment.metrics.map((metric) => sampleOf(analysis, assessment.phase, metric));
}

function sampleOf(analysis: string, phase: AnalysisSample['phase'], metric: MetricAssessment): AnalysisSample {
  const last = metric.readings.at(-1);
  const { count, failed, inconclusive, error, consecutiveError, consecutiveSuccess } = metric;
  return {
    analysis,
    metric: metric.name,
    phase,
    count,
    failed,
    value: cut(last?.value ?? ''),
    at: last?.finishedAt ?? null,
    basis: {
      phase: metric.phase,
      inconclusive,
      error,
      consecutiveError,
      consecutiveSuccess,
      readings: metric.readings.flatMap(kept).slice(-READINGS_KEPT),
    },
  };
}

/** An error has no value that could be judged again. */
function kept({ phase, value, finishedAt }: Reading): readonly AnalysisReading[] {
  return phase === 'Error' ? [] : [{ at: finishedAt, phase, value: cut(value) }];
}

function cut(value: string): string {
  return value.length <= VALUE_CHARACTERS ? value : `${value.slice(0, VALUE_CHARACTERS)}…`;
}
