import { describe } from 'vitest';
import { makePrometheusWorld, prometheusForTests } from './prometheus-world.ts';
import { describeMetricSource } from './suite.ts';

const bin = await prometheusForTests();

describe.skipIf(bin === null)('with a real Prometheus', () => {
  describeMetricSource('the Prometheus adapter', () => makePrometheusWorld(bin ?? ''));
});
