import type { ClusterPace } from '../../release/pace.ts';
import type { MetricSet } from './metric-set.ts';

/** Sets the gauges of how each cluster's controllers keep up; what has not been measured yet has none. */
export function showPace(metrics: MetricSet, pace: ReadonlyMap<string, ClusterPace>): void {
  const { lag, effect, owed } = metrics;
  lag.reset();
  effect.reset();
  owed.reset();
  for (const [cluster, { lagP50Ms, lagP90Ms, effectP90Ms, waiting }] of pace) {
    if (lagP50Ms !== null) lag.set({ cluster, percentile: '50' }, lagP50Ms / 1000);
    if (lagP90Ms !== null) lag.set({ cluster, percentile: '90' }, lagP90Ms / 1000);
    if (effectP90Ms !== null) effect.set({ cluster, percentile: '90' }, effectP90Ms / 1000);
    owed.set({ cluster }, waiting);
  }
}
