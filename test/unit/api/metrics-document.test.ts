import { readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetricSet } from '../../../src/api/metrics/metric-set.ts';

const document = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

function typeOf(metric: unknown): string {
  if (metric instanceof Counter) return 'counter';
  if (metric instanceof Gauge) return 'gauge';
  return metric instanceof Histogram ? 'histogram' : 'unknown';
}

/** A row of the document's table for each metric. */
function rows(): readonly string[] {
  const { registry } = createMetricSet();
  return registry.getMetricsAsArray().map((known) => {
    const metric = registry.getSingleMetric(known.name)! as unknown as { readonly labelNames: readonly string[] };
    const labels = metric.labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${known.name}\` | ${typeOf(metric)} | ${labels} | ${known.help} |`;
  });
}

test('docs/metrics.md has a row for every metric, as it is, and no other', () => {
  expect(document.split('\n').filter((line) => line.startsWith('| `tidegate_'))).toEqual(rows());
});

test('names begin with tidegate_, and a histogram is of seconds', () => {
  const { registry } = createMetricSet();
  for (const { name } of registry.getMetricsAsArray()) {
    expect(name).toMatch(/^tidegate_[a-z_]+[a-z]$/);
    const metric = registry.getSingleMetric(name);
    if (metric instanceof Counter) expect(name).toMatch(/_total$/);
    if (metric instanceof Histogram) expect(name).toMatch(/_seconds$/);
  }
});
