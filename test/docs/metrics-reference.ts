import { Counter, Gauge, Histogram } from 'prom-client';
import { createMetricSet } from '../../src/api/metrics/metric-set.ts';

const HEADER = `<!-- Generated from src/api/metrics by \`node test/docs/generate.ts\`; do not edit. -->

# Metrics

What a daemon serves on \`/metrics\`. Durations are in seconds. [metrics.md](../metrics.md) says what the labels hold and what to be woken by.

| metric | type | labels | is |
|---|---|---|---|
`;

/** The page that lists every metric. */
export function metricsReference(): string {
  const { registry } = createMetricSet();
  const rows = registry.getMetricsAsArray().map(({ name, help }) => {
    const metric = registry.getSingleMetric(name)! as unknown as { readonly labelNames: readonly string[] };
    const labels = metric.labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${typeOf(metric)} | ${labels} | ${help} |\n`;
  });
  return HEADER + rows.join('');
}

function typeOf(metric: unknown): string {
  if (metric instanceof Counter) return 'counter';
  if (metric instanceof Gauge) return 'gauge';
  return metric instanceof Histogram ? 'histogram' : 'unknown';
}
