import pLimit from 'p-limit';
import type { MeasuredRow, MeasureRequest, MetricSource } from '../../../src/ports/metric-source.ts';
import { findPrometheus } from '../../../src/sandbox/prometheus/find-prometheus.ts';
import { PrometheusUnavailable } from '../../../src/sandbox/prometheus/prometheus-unavailable.ts';
import { atLeast, beside, type Figure, unmeasured } from '../figure.ts';
import { median } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { createManyTenants } from '../world/many-tenants.ts';

const TENANTS = 500;
const BAR = 20;
const RUNS = 5;
/** Questions under way at once when each tenant is asked for by itself; the source lets four of its queries through. */
const AT_ONCE = 16;

/** One round of 500 tenants and four SLOs against one real Prometheus: grouped, and one query a tenant, in turns. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const bin = await binary();
  if (bin === null) return [unmeasured('slo-round grouped', 'x', BAR, 'no Prometheus is there')];
  const tenants = Math.max(10, Math.round(TENANTS * scale));
  const world = await createManyTenants(bin, tenants);
  try {
    const grouped: number[] = [];
    const single: number[] = [];
    // the first of each is for connections and caches
    for (let index = 0; index <= RUNS; index += 1) {
      const together = await timed(() => askGrouped(world.source, world.rounds));
      const each = await timed(() => askEach(world.source, world.rounds));
      if (together.answer !== each.answer)
        throw new Error(`the ways to ask differ: ${together.answer} and ${each.answer}`);
      if (index > 0) grouped.push(together.ms);
      if (index > 0) single.push(each.ms);
    }
    const ratio = median(single) / median(grouped);
    return [
      atLeast(
        BAR,
        'slo-round grouped',
        ratio,
        'x less wall',
        `${tenants} tenants × ${world.rounds.length} SLOs, two revisions each`,
      ),
      beside('slo-round grouped, a round', median(grouped), 'ms', `median of ${RUNS}`),
      beside(
        'slo-round a query a tenant, a round',
        median(single),
        'ms',
        `median of ${RUNS}, four queries under way at once`,
      ),
    ];
  } finally {
    await world.stop();
  }
}

async function binary(): Promise<string | null> {
  try {
    return await findPrometheus({ log: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (error instanceof PrometheusUnavailable) return null;
    throw error;
  }
}

async function timed(
  ask: () => Promise<readonly MeasuredRow[]>,
): Promise<{ readonly ms: number; readonly answer: string }> {
  const since = performance.now();
  const rows = await ask();
  const ms = performance.now() - since;
  const requests = rows.reduce((sum, row) => sum + row.total, 0);
  return { ms, answer: `${rows.length} rows with ${Math.round(requests)} requests` };
}

async function askGrouped(source: MetricSource, rounds: readonly MeasureRequest[]): Promise<readonly MeasuredRow[]> {
  const { signal } = new AbortController();
  return (await Promise.all(rounds.map((round) => source.measure(round, signal)))).flat();
}

async function askEach(source: MetricSource, rounds: readonly MeasureRequest[]): Promise<readonly MeasuredRow[]> {
  const { signal } = new AbortController();
  const limit = pLimit(AT_ONCE);
  const questions = rounds.flatMap((round) => round.rows.map((row) => ({ ...round, rows: [row] })));
  return (await Promise.all(questions.map((one) => limit(() => source.measure(one, signal))))).flat();
}
