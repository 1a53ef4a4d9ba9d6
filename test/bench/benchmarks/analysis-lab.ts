import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, LabUnavailable, startLab } from '../../../lab/lab.ts';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../../src/adapters/kubernetes/index.ts';
import { createGroupedEvaluator } from '../../../src/adapters/prometheus/grouped-evaluator.ts';
import { openAccess } from '../../../src/adapters/prometheus/prometheus-access.ts';
import { connectPrometheus } from '../../../src/adapters/prometheus/prometheus-source.ts';
import { instant, later } from '../../../src/domain/time.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { sourceSpec } from '../../contract/metric-source/prometheus-world.ts';
import { atLeast, atMost, beside, type Figure, unmeasured } from '../figure.ts';
import { type AnalysisPlan, startArgoAnalysis } from '../lab/argo-analysis.ts';
import { beyondIdle, type LabUsage, labUsage, totalCpuMs, usedBetween } from '../lab/lab-usage.ts';
import { type OwnAnalysis, runOwnAnalysis } from '../lab/own-analysis.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { analysisTargets, sloQueries } from '../world/analysis-fleet.ts';
import { writeTenants } from '../world/analysis-world.ts';

const RUNS = 200;
const INTERVAL_MS = 5000;
const MEASURED_MS = 60_000;
const IDLE_MS = 15_000;
const CPU_BAR = 50;
/** The series are written ahead, so that there are data at each moment of the bench. */
const AHEAD_MS = 540_000;

/** The same queries of the same targets, by the controller's own AnalysisRuns and by our rounds, one after the other in one lab. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const lab = await started();
  if (typeof lab === 'string') return [unmeasured('analysis-lab', 'x', CPU_BAR, lab)];
  const clock = createSystemClock();
  const access = await kubeconfigAccess({ path: lab.kubeconfigPath, context: 'lab' });
  const api = createKubernetesApi({ cluster: 'lab', access, clock });
  try {
    const targets = analysisTargets(Math.max(10, Math.round(RUNS * scale)));
    const prometheusUrl = lab.prometheusUrl ?? '';
    await writeTenants(prometheusUrl, targets.length, clock.now() + AHEAD_MS);
    const plan = { prometheusUrl, queries: sloQueries, targets, intervalMs: INTERVAL_MS, condition: 'len(result) > 0' };
    const idle = await used(lab, api, () => sleep(IDLE_MS));
    const own = await measureOwn(lab, api, plan);
    const argo = await measureArgo(lab, api, plan);
    return figures({ plan, idle: idle.usage, own, argo });
  } finally {
    await api.close();
    await lab.stop();
  }
}

interface Measured<T> {
  readonly usage: LabUsage;
  readonly result: T;
}

async function used<T>(lab: Lab, api: KubernetesApi, work: () => Promise<T>): Promise<Measured<T>> {
  const before = await labUsage(lab, api);
  const result = await work();
  return { usage: usedBetween(before, await labUsage(lab, api)), result };
}

async function measureOwn(lab: Lab, api: KubernetesApi, plan: AnalysisPlan): Promise<Measured<OwnAnalysis>> {
  const clock = createSystemClock();
  const connection = connectPrometheus(sourceSpec(plan.prometheusUrl), openAccess, {});
  const evaluator = createGroupedEvaluator(connection, { clock, random: Math.random });
  return used(lab, api, () => runOwnAnalysis(evaluator, plan, clock, later(instant(clock.now()), MEASURED_MS)));
}

async function measureArgo(lab: Lab, api: KubernetesApi, plan: AnalysisPlan): Promise<Measured<number>> {
  const analysis = await startArgoAnalysis(api, plan);
  const before = await analysis.measured();
  const { usage } = await used(lab, api, () => sleep(MEASURED_MS));
  return { usage, result: (await analysis.measured()) - before };
}

interface Sides {
  readonly plan: AnalysisPlan;
  readonly idle: LabUsage;
  readonly own: Measured<OwnAnalysis>;
  readonly argo: Measured<number>;
}

function figures({ plan, idle, own, argo }: Sides): readonly Figure[] {
  const share = MEASURED_MS / IDLE_MS;
  const [ours, theirs] = [beyondIdle(own.usage, idle, share), beyondIdle(argo.usage, idle, share)];
  const ownMs = totalCpuMs(ours) / own.result.judged;
  const argoMs = totalCpuMs(theirs) / argo.result;
  const size = `${plan.targets.length} targets × ${plan.queries.length} metrics every ${plan.intervalMs / 1000} s for ${MEASURED_MS / 1000} s`;
  return [
    atLeast(CPU_BAR, 'analysis-lab, CPU of a measurement', argoMs / ownMs, 'x less CPU', size),
    beside(
      'analysis-lab, ours',
      ownMs,
      'ms CPU',
      `${own.result.judged} of ${own.result.due} measurements: ${spent(ours)}`,
    ),
    beside(
      "analysis-lab, Argo's",
      argoMs,
      'ms CPU',
      `${argo.result} of ${own.result.due} measurements: ${spent(theirs)}`,
    ),
    atMost(
      0,
      'analysis-lab, our writes in etcd',
      ours.writes,
      'writes',
      `beyond ${idle.writes} in ${IDLE_MS / 1000} s of rest`,
    ),
    beside("analysis-lab, Argo's writes in etcd", theirs.writes, 'writes'),
    beside(
      'analysis-lab, ours on time',
      (100 * own.result.onTime) / own.result.due,
      '%',
      'judged within a second of when they were due',
    ),
    beside("analysis-lab, Argo's done", (100 * argo.result) / own.result.due, '%', 'of those due'),
  ];
}

/** `prometheus 1.5 s, own 0.1 s` */
function spent({ cpuMs }: LabUsage): string {
  return Object.entries(cpuMs)
    .map(([name, ms]) => `${name} ${(ms / 1000).toFixed(2)} s`)
    .join(', ');
}

async function started(): Promise<Lab | string> {
  try {
    const log = (line: string) => void process.stderr.write(`${line}\n`);
    return await startLab({ log, prometheus: { scrapeTargets: [] } });
  } catch (error) {
    if (error instanceof LabUnavailable) return error.message;
    throw error;
  }
}
