import type { MetricSet } from '../../../src/api/metrics/metric-set.ts';

/** Labels and value of every series of a metric, as a scrape shows them. */
export async function seriesOf({ registry }: MetricSet, name: string): Promise<readonly string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines
    .filter((line) => /^[{ ]/.test(line.slice(name.length)) && line.startsWith(name))
    .map((line) => line.slice(name.length));
}
