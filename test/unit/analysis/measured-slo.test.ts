import { describe, expect, it } from 'vitest';
import { measuredSlo } from '../../../src/analysis/measured-slo.ts';
import type { LatencySlo, RatioSlo } from '../../../src/domain/workload.ts';

const availability: RatioSlo = {
  kind: 'ratio',
  name: 'availability',
  good: 'requests_total{code!~"5.."}',
  total: 'requests_total',
  objective: { free: 0.99, enterprise: 0.999 },
};
const latency: LatencySlo = {
  kind: 'latency',
  name: 'latency',
  histogram: 'duration_seconds',
  belowSeconds: { free: 1, default: 0.5 },
  objective: { default: 0.95 },
};

describe('measuredSlo', () => {
  it('takes the objective of the tier', () => {
    expect(measuredSlo(availability, 'enterprise')).toEqual({
      kind: 'measured',
      measured: { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' },
      objective: 0.999,
    });
  });

  it.each([
    ['its own', 'free', 1],
    ['the default', 'business', 0.5],
  ])('takes %s bound', (_, tier, belowSeconds) => {
    expect(measuredSlo(latency, tier)).toEqual({
      kind: 'measured',
      measured: { kind: 'latency', histogram: 'duration_seconds', belowSeconds },
      objective: 0.95,
    });
  });

  it.each([
    [
      'no objective',
      availability,
      'NoObjectiveForTier',
      'slo availability has no objective for tier business: add business or default',
    ],
    [
      'no bound',
      { ...latency, belowSeconds: { free: 1 } },
      'NoBoundForTier',
      'slo latency has no bound for tier business: add business or default to below',
    ],
    [
      'a query instead of a selector',
      { ...availability, objective: { default: 0.9 }, total: 'rate(x[5m])' },
      'SelectorNotUnderstood',
      'slo availability total, column 5: expected a selector of a counter, found a call of rate: rate and sum are added later',
    ],
    [
      'a bad good selector',
      { ...availability, objective: { default: 0.9 }, good: 'x{' },
      'SelectorNotUnderstood',
      'slo availability good, column 3: expected a label name',
    ],
    [
      'a bucket instead of a histogram',
      { ...latency, histogram: 'duration_seconds_bucket' },
      'HistogramNotUnderstood',
      'slo latency histogram: write its name without _bucket, the suffix is added',
    ],
    [
      'a bound inside the histogram',
      { ...latency, histogram: 'duration_seconds{le="1"}' },
      'HistogramNotUnderstood',
      'slo latency histogram: leave the label le out, the bound is added from below',
    ],
  ] as const)('refuses %s', (_, slo, reason, message) => {
    expect(measuredSlo(slo, 'business')).toEqual({ kind: 'problem', reason, message });
  });
});
