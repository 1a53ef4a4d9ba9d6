import { Counter, Histogram } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetricSet } from '../../../src/api/metrics/metric-set.ts';

test('names begin with tidegate_, and a histogram is of seconds', () => {
  const { registry } = createMetricSet();
  for (const { name } of registry.getMetricsAsArray()) {
    expect(name).toMatch(/^tidegate_[a-z_]+[a-z]$/);
    const metric = registry.getSingleMetric(name);
    if (metric instanceof Counter) expect(name).toMatch(/_total$/);
    if (metric instanceof Histogram) expect(name).toMatch(/_seconds$/);
  }
});
