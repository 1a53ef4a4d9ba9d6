import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';
import type { WorkloadAnalysis } from '../../domain/workload.ts';
import { placeholderValues } from '../../manifests/placeholders.ts';
import type { AnalysedPlace } from '../../planning/target-analysis.ts';
import { measurableTargets } from '../assess.ts';
import type { Measurable } from '../gate.ts';
import type { Snapshot } from '../snapshot.ts';
import { analysesOf, analysisKey } from './analysis-runs.ts';

/** A run of an analysis that a release wants. */
export interface WantedAnalysis {
  readonly key: string;
  readonly analysis: WorkloadAnalysis;
  readonly cluster: string;
  readonly source: string;
  readonly scrapeIntervalMs: number;
  readonly place: AnalysedPlace;
  /** Since when the exposure lasts. */
  readonly readyAt: Instant;
}

/** A run for each analysis of each target that can be measured, in waves that have not passed. */
export function wantedAnalyses(snapshot: Snapshot): readonly WantedAnalysis[] {
  const { plan } = snapshot.index;
  if (plan.analyses === undefined) return [];
  const scrapes = new Map(plan.sources.map(({ name, scrapeIntervalMs }) => [name, scrapeIntervalMs]));
  return snapshot.status.waves.flatMap(({ phase }, waveIndex) => {
    if (phase === 'Passed' || phase === 'Waiting') return [];
    return measurableTargets(snapshot, waveIndex).flatMap((measurable) => {
      const run = snapshot.runs.get(measurable.indexed.target.id)!;
      const { cluster } = measurable.indexed.target;
      const source = plan.clusterSources[cluster] ?? '';
      return analysesOf(snapshot, run).map((analysis) => ({
        key: analysisKey(run, measurable, analysis),
        analysis,
        cluster,
        source,
        scrapeIntervalMs: scrapes.get(source) ?? 0,
        place: placeOf(run, measurable),
        readyAt: measurable.readyAt,
      }));
    });
  });
}

function placeOf(run: TargetRun, { indexed, revision }: Measurable): AnalysedPlace {
  const { target, tenants } = indexed;
  const stableHash = run.previous.kind === 'revision' ? run.previous.hash : null;
  return {
    placeholders: placeholderValues(target, target.kind === 'pool' ? null : (tenants[0] ?? null)),
    latestHash: revision,
    stableHash,
  };
}
