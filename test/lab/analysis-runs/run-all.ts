import { setTimeout as sleep } from 'node:timers/promises';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { type ArgoStatus, analysisRun, isOver, secretName, secretValues, specOf, statusOf, taken } from './argo-run.ts';
import type { RunCase } from './run-case.ts';
import type { ScriptedPrometheus } from './scripted-prometheus.ts';

const OVER_WITHIN_MS = 240_000;
const LOOK_EACH_MS = 500;
/** How often a run is made again whose record the controller has torn. */
const MOST_TRIES = 6;

/** The cluster, the namespace and the Prometheus of the runs. */
export interface RunWorld {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly prometheus: ScriptedPrometheus;
}

/** How every run ended. */
export interface RanCases {
  /** In the order of the cases. */
  readonly statuses: readonly ArgoStatus[];
  /** Titles of runs that were made again. */
  readonly torn: readonly string[];
}

/**
 * Makes all runs at the same time and waits for their ends.
 *
 * The controller may look at a run as it was before its own last write: it measures again, and its record loses the measurement
 * before. Nothing can be compared with such a record; the run is made again.
 */
export async function runAll(world: RunWorld, runs: readonly RunCase[]): Promise<RanCases> {
  const { api, namespace, prometheus } = world;
  const metadata = { name: secretName, namespace };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: secretValues };
  await api.create(secret, kinds.secret, { fieldManager: FIELD_MANAGER });
  const statuses = new Map<number, ArgoStatus>();
  const torn: string[] = [];
  let open = [...runs.keys()];
  for (let attempt = 1; open.length > 0 && attempt <= MOST_TRIES; attempt += 1) {
    for (const index of open) prometheus.forget(index);
    const ended = await runSome(world, runs, open, attempt);
    for (const [index, status] of ended) statuses.set(index, status);
    open = open.filter((index) => isTorn(world, statuses.get(index)!, index));
    torn.push(...open.map((index) => runs[index]!.title));
  }
  if (open.length > 0) throw new Error(`torn every time: ${open.map((index) => runs[index]!.title).join('; ')}`);
  return { statuses: runs.map((_, index) => statuses.get(index)!), torn };
}

/** More questions than measurements: some were taken and forgotten. */
function isTorn({ prometheus }: RunWorld, { metricResults = [] }: ArgoStatus, index: number): boolean {
  const recorded = metricResults.reduce((sum, result) => sum + taken(result), 0);
  return prometheus.questionsOf(index).length > recorded;
}

async function runSome(
  world: RunWorld,
  runs: readonly RunCase[],
  indexes: readonly number[],
  attempt: number,
): Promise<ReadonlyMap<number, ArgoStatus>> {
  const { api, namespace, prometheus } = world;
  const nameOf = (index: number) => `case-${index}-${attempt}`;
  for (const index of indexes) {
    const run = runs[index]!;
    const spec = specOf(run, (metric) => prometheus.addressOf(index, metric));
    const object = analysisRun(nameOf(index), namespace, spec, run.terminate ?? false);
    await api.create(object, kinds.analysisRun, { fieldManager: FIELD_MANAGER });
  }
  const limitAtMs = performance.now() + OVER_WITHIN_MS;
  const stopped = new Set<number>();
  for (;;) {
    const { items } = await api.list(kinds.analysisRun, { namespace });
    const found = (index: number) => statusOf(items.find(({ metadata }) => metadata.name === nameOf(index)));
    const open = indexes.filter((index) => !isDone(runs[index]!, found(index)));
    if (open.length === 0) return new Map(indexes.map((index) => [index, found(index)]));
    if (performance.now() > limitAtMs)
      throw new Error(`not over: ${open.map((index) => runs[index]!.title).join('; ')}`);
    const toStop = open.filter((index) => runs[index]!.ends === 'stopped' && isMeasured(runs[index]!, found(index)));
    for (const index of toStop.filter((each) => !stopped.has(each))) {
      stopped.add(index);
      const ref = { kind: kinds.analysisRun, namespace, name: nameOf(index) };
      await api.mergePatch(ref, { spec: { terminate: true } }, { fieldManager: FIELD_MANAGER });
    }
    await sleep(LOOK_EACH_MS);
  }
}

function isDone(run: RunCase, status: ArgoStatus): boolean {
  return run.ends === 'running' ? isMeasured(run, status) : isOver(status);
}

/** True when every metric that starts at once was measured. */
function isMeasured(run: RunCase, status: ArgoStatus): boolean {
  const atOnce = run.metrics.filter(({ initialDelay }) => initialDelay === undefined);
  return atOnce.every(({ name }) => taken(status.metricResults?.find((result) => result.name === name)) > 0);
}
