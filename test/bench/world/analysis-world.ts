import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createGroupedEvaluator } from '../../../src/adapters/prometheus/grouped-evaluator.ts';
import type { RoundMetric } from '../../../src/adapters/prometheus/grouped-round.ts';
import { instantQuery } from '../../../src/adapters/prometheus/instant-query.ts';
import { openAccess } from '../../../src/adapters/prometheus/prometheus-access.ts';
import { connectPrometheus } from '../../../src/adapters/prometheus/prometheus-source.ts';
import { ownQuery } from '../../../src/analysis/grouped/plan-queries.ts';
import { instant, later } from '../../../src/domain/time.ts';
import type { MetricAnswers } from '../../../src/ports/grouped-queries.ts';
import { startPrometheus } from '../../../src/sandbox/prometheus/start-prometheus.ts';
import { sourceSpec } from '../../contract/metric-source/prometheus-world.ts';
import { processCpuMs } from './process-cpu.ts';

/** A real Prometheus that knows ten minutes of many tenants, and two ways to ask it. */
export interface AnalysisWorld {
  /** A round of ours. */
  together(metrics: readonly RoundMetric[]): Promise<readonly MetricAnswers[]>;
  /** Each target's own query, many at once: the values of each target of each metric. */
  oneByOne(metrics: readonly RoundMetric[]): Promise<readonly ReadonlyMap<string, readonly number[]>[]>;
  /** CPU of the server so far, ms. */
  serverCpuMs(): number;
  stop(): Promise<void>;
}

const SCRAPE_MS = 10_000;
const ROUND_DEADLINE_MS = 60_000;
/** Own queries under way at once; more are no faster. */
const AT_ONCE = 20;

/** Starts it and has its history written by another process. */
export async function createAnalysisWorld(bin: string, tenants: number): Promise<AnalysisWorld> {
  const prometheus = await startPrometheus({ bin, scrapeTargets: [], scrapeIntervalMs: SCRAPE_MS });
  const at = instant(Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS);
  await writeTenants(prometheus.url, tenants, at);
  const clock = createSystemClock();
  const connection = connectPrometheus(sourceSpec(prometheus.url), openAccess, {});
  const evaluator = createGroupedEvaluator(connection, { clock, random: Math.random });
  const { signal } = new AbortController();
  const limit = pLimit(AT_ONCE);
  return {
    together: (metrics) =>
      evaluator.evaluate({ at, deadlineAt: later(clock.now(), ROUND_DEADLINE_MS), metrics }, signal),
    oneByOne: (metrics) =>
      Promise.all(
        metrics.map(async ({ query, targets }) => {
          const answers = targets.map((target) =>
            limit(async () => {
              const promql = ownQuery(query, target);
              const samples = await instantQuery(connection, { promql, at, what: 'query the bench' }, signal);
              return [target.id, samples.map(({ value }) => value)] as const;
            }),
          );
          return new Map(await Promise.all(answers));
        }),
      ),
    serverCpuMs: () => processCpuMs(prometheus.pid()),
    stop: () => prometheus.stop(),
  };
}

/** Writes the ten minutes of the tenants up to `atMs`, by another process. */
export async function writeTenants(url: string, tenants: number, atMs: number): Promise<void> {
  const script = fileURLToPath(new URL('analysis-writer.ts', import.meta.url));
  const child = fork(script, [url, String(tenants), String(atMs)], { execArgv: [] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`writing ${tenants} tenants to ${url}: the writer ended with ${code}`);
}
