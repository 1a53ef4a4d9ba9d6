import type { Clock } from '../ports/clock.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { AnalysisState } from '../release/analyses/analysis-state.ts';
import type { WantedAnalysis } from '../release/analyses/wanted-analyses.ts';
import { createAnalyst } from './analyst.ts';

/**
 * How the wanted runs stand now, for somebody who has not watched them: every point since their beginning is asked again, which gives what
 * the daemon has. Ends when the last of them is answered, or is not answered, or the signal aborts.
 */
export async function catchUp(
  sources: ReadonlyMap<string, MetricSource>,
  clock: Clock,
  wanted: readonly WantedAnalysis[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AnalysisState>> {
  if (wanted.length === 0) return new Map();
  const done = new AbortController();
  const end = () => {
    const now = clock.now();
    const isThere = ({ unanswered, nextAt }: AnalysisState) => unanswered !== null || nextAt === null || nextAt > now;
    const states = [...analyst.states.values()];
    if (states.length === wanted.length && states.every(isThere)) done.abort();
  };
  const analyst = createAnalyst(sources, clock, end);
  analyst.want(wanted);
  await analyst.run(AbortSignal.any([signal, done.signal]));
  return analyst.states;
}
