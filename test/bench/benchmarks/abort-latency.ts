import { atMost, beside, type Figure } from '../figure.ts';
import { median, quantile } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { failingStart } from '../world/failing-start.ts';

const STARTS = 200;
const BAR_MS = 1000;

/** Seeded releases on virtual time: how much later than one analysis interval the abort is at the API server. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const starts = [];
  for (let seed = 1; seed <= Math.max(10, Math.round(STARTS * scale)); seed += 1) starts.push(await failingStart(seed));
  const beyond = starts.map(({ latencyMs, intervalMs }) => latencyMs - intervalMs);
  const shares = starts.map(({ latencyMs, intervalMs }) => latencyMs / intervalMs);
  const about = `${starts.length} seeds, intervals 1–15 s, requests 0–20 ms each way`;
  return [
    atMost(BAR_MS, 'abort-latency beyond one interval p99', quantile(beyond, 0.99), 'ms', about),
    beside('abort-latency beyond one interval max', quantile(beyond, 1), 'ms'),
    beside('abort-latency in intervals, median', median(shares), 'intervals'),
    beside(
      'abort-latency median',
      median(starts.map((one) => one.latencyMs)),
      'ms',
      'first failing measurement possible → last abort of the wave',
    ),
  ];
}
