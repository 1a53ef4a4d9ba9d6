import { InvalidInput, TerminalError } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import { labelKeys } from '../../manifests/labels.ts';
import { labelValue } from '../../manifests/names.ts';
import { joinedInTurns, slicedInTurns } from '../../planning/slices.ts';
import type { Clock } from '../../ports/clock.ts';
import { createOnce } from '../../ports/create-once.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { takeTurns } from '../../ports/take-turns.ts';

/** Writes the slices of a plan; those that are there already are the same bytes by their name. */
export async function savePlanSlices(api: KubernetesApi, namespace: string, plan: Plan, clock: Clock): Promise<void> {
  const parts = await takeTurns(slicedInTurns(plan), clock);
  for (const [index, part] of parts.entries()) {
    const slice = {
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'PlanSlice',
      metadata: {
        name: sliceName(plan.release, plan.hash, index),
        namespace,
        labels: { [labelKeys.release]: labelValue(plan.release) },
      },
      spec: { release: plan.release, planHash: plan.hash, index, count: parts.length, part },
    };
    await createOnce(api, slice, kinds.planSlice);
  }
}

/** Reads a plan back and verifies its hash. @throws TerminalError when slices are missing or were changed. */
export async function loadPlanSlices(
  api: KubernetesApi,
  namespace: string,
  release: string,
  planHash: string,
  clock: Clock,
): Promise<Plan> {
  const parts: string[] = [];
  for (let index = 0, count = 1; index < count; index += 1) {
    const name = sliceName(release, planHash, index);
    const slice = await api.get({ kind: kinds.planSlice, namespace, name });
    if (slice === undefined)
      throw new TerminalError(
        `reading the plan of ${release}: PlanSlice ${name} is missing, start the release again under a new name`,
      );
    const spec = slice['spec'] as { count: number; part: string };
    count = spec.count;
    parts.push(spec.part);
  }
  return readSlices(parts, release, clock);
}

async function readSlices(parts: readonly string[], release: string, clock: Clock): Promise<Plan> {
  try {
    return await takeTurns(joinedInTurns(parts), clock);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new TerminalError(`reading the plan of ${release}: ${error.message}`, { cause: error });
  }
}

function sliceName(release: string, planHash: string, index: number): string {
  return `${release}-${planHash.slice(0, 16)}-${index}`;
}
