import type { QueryTarget } from '../../../src/analysis/grouped/plan-queries.ts';
import { risingCounter } from '../../contract/metric-source/prometheus-world.ts';
import type { WrittenSeries } from '../../contract/metric-source/remote-write.ts';
import { fleetName } from './fleet-name.ts';

const NEW = 'canary1';
const OLD = 'stable1';
const PER_WINDOW = 1200;
const BOUNDS = ['0.1', '0.3', '0.5', '1', '+Inf'];

const mine = 'tenant_id="{{args.tenant}}",pod_hash="{{args.hash}}"';

/** Queries of four SLOs, as templates have them. */
export const sloQueries: readonly string[] = [
  `sum(rate(requests_total{${mine},code!~"5.."}[2m])) / sum(rate(requests_total{${mine}}[2m]))`,
  `sum(rate(requests_total{${mine},code=~"4.."}[2m])) / sum(rate(requests_total{${mine}}[2m])) or vector(0)`,
  `sum(rate(request_seconds_bucket{${mine},le="0.3"}[2m])) / sum(rate(request_seconds_count{${mine}}[2m]))`,
  `histogram_quantile(0.95, sum by (le) (rate(request_seconds_bucket{${mine}}[2m])))`,
];

/** Four more, to make eight metrics. */
export const moreQueries: readonly string[] = [
  `sum(increase(requests_total{${mine}}[2m]))`,
  `max(rate(requests_total{${mine}}[1m]))`,
  `sum by (code) (rate(requests_total{${mine}}[2m]))`,
  'sum(rate(requests_total{tenant_id="{{args.tenant}}",pod_hash="canary1"}[2m])) / sum(rate(requests_total{tenant_id="{{args.tenant}}"}[2m]))',
];

/** Tenants with a new version each; every fifth has a hash of its own. */
export function analysisTargets(count: number): readonly QueryTarget[] {
  return Array.from({ length: count }, (_, index) => {
    const tenant = fleetName('t', index);
    return { id: tenant, args: { tenant, hash: hashOf(index) } };
  });
}

/** What a Prometheus knows of the tenants `from` ≤ index < `to`: two versions each, eighteen series. */
export function analysisSeries(from: number, to: number, atMs: number): readonly WrittenSeries[] {
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  return indexes.flatMap((index) => [OLD, hashOf(index)].flatMap((hash) => versionSeries(index, hash, atMs)));
}

function hashOf(index: number): string {
  return index % 5 === 0 ? fleetName('own', index) : NEW;
}

function versionSeries(index: number, hash: string, atMs: number): readonly WrittenSeries[] {
  const labels = { tenant_id: fleetName('t', index), pod_hash: hash };
  const series = (name: string, perWindow: number, more: Readonly<Record<string, string>>) =>
    risingCounter({ __name__: name, ...labels, ...more }, perWindow, atMs);
  return [
    ...['200', '404', '503'].map((code, part) =>
      series('requests_total', PER_WINDOW / (part + 1 + (index % 7)), { code }),
    ),
    ...BOUNDS.map((le, part) => series('request_seconds_bucket', (PER_WINDOW * (part + 1)) / BOUNDS.length, { le })),
    series('request_seconds_count', PER_WINDOW, {}),
  ];
}
