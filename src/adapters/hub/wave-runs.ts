import { z } from 'zod';
import { TerminalError } from '../../domain/errors.ts';
import type { Plan, TargetId } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import { labelKeys } from '../../manifests/labels.ts';
import { labelValue } from '../../manifests/names.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { RunRecord } from '../../ports/release-store.ts';
import { fitRuns } from './fit-runs.ts';
import { readRun, writeRun } from './run-record.ts';

/** Targets of one WaveRun. */
const TARGETS_PER_RUN = 100;

/** One WaveRun: its place, its targets in plan order, and the object's version that we hold. */
interface Chunk {
  readonly name: string;
  readonly wave: string;
  readonly index: number;
  readonly targets: readonly TargetId[];
  /** `null` until the object exists. */
  resourceVersion: string | null;
}

/**
 * Opens the persisted runs of a plan; the record is the only writer as long as nobody else writes.
 *
 * @throws TerminalError when a record cannot be read.
 */
export async function openWaveRuns(api: KubernetesApi, namespace: string, plan: Plan): Promise<RunRecord> {
  const chunks = chunksOf(plan);
  const runs = new Map<TargetId, TargetRun>();
  for (const object of await listRuns(api, namespace, plan)) {
    const chunk = chunks.find((one) => one.name === object.metadata.name);
    if (chunk === undefined) continue;
    chunk.resourceVersion = object.metadata.resourceVersion ?? null;
    for (const run of readRuns(object, plan)) runs.set(run.target, run);
  }
  return {
    runs: [...runs.values()],
    async save(changed) {
      const byTarget = new Map(changed.map((run) => [run.target, run]));
      for (const chunk of chunks) {
        if (!chunk.targets.some((id) => byTarget.has(id))) continue;
        const next = chunk.targets.flatMap((id) => byTarget.get(id) ?? runs.get(id) ?? []);
        await saveChunk(api, namespace, plan, chunk, next);
        for (const run of next) runs.set(run.target, run);
      }
    },
  };
}

function readRuns(object: KubernetesObject, plan: Plan): readonly TargetRun[] {
  const { targets } = (object['status'] ?? {}) as { targets?: readonly unknown[] };
  try {
    return (targets ?? []).map(readRun);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new TerminalError(
      `reading the runs of ${plan.release}: WaveRun ${object.metadata.name} is not one that this version wrote, use the Tidegate that wrote it`,
      { cause: error },
    );
  }
}

function chunksOf(plan: Plan): readonly Chunk[] {
  return plan.waves.flatMap((wave, waveIndex) => {
    const ids = wave.targets.map((target) => target.id);
    const count = Math.ceil(ids.length / TARGETS_PER_RUN);
    return Array.from({ length: count }, (_, index) => ({
      name: `${plan.release}-${plan.hash.slice(0, 8)}-${waveIndex}-${index}`,
      wave: wave.name,
      index,
      targets: ids.slice(index * TARGETS_PER_RUN, (index + 1) * TARGETS_PER_RUN),
      resourceVersion: null,
    }));
  });
}

async function listRuns(api: KubernetesApi, namespace: string, plan: Plan): Promise<readonly KubernetesObject[]> {
  const labelSelector = `${labelKeys.release}=${labelValue(plan.release)}`;
  return (await api.list(kinds.waveRun, { namespace, labelSelector })).items;
}

async function saveChunk(
  api: KubernetesApi,
  namespace: string,
  plan: Plan,
  chunk: Chunk,
  runs: readonly TargetRun[],
): Promise<void> {
  const write = { fieldManager: FIELD_MANAGER };
  if (chunk.resourceVersion === null) {
    const created = await api.create(waveRun(namespace, plan, chunk), kinds.waveRun, write);
    chunk.resourceVersion = created.metadata.resourceVersion ?? null;
  }
  const patch = {
    metadata: { resourceVersion: chunk.resourceVersion },
    status: { targets: fitRuns(runs).map(writeRun) },
  };
  const ref = { kind: kinds.waveRun, namespace, name: chunk.name };
  const written = await api.mergePatch(ref, patch, { ...write, subresource: 'status' });
  chunk.resourceVersion = written.metadata.resourceVersion ?? null;
}

function waveRun(namespace: string, plan: Plan, chunk: Chunk): KubernetesObject {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'WaveRun',
    metadata: { name: chunk.name, namespace, labels: { [labelKeys.release]: labelValue(plan.release) } },
    spec: { release: plan.release, planHash: plan.hash, wave: chunk.wave, index: chunk.index },
  };
}
