import pLimit from 'p-limit';
import type { Inventory } from '../../config/inventory.ts';
import { inventoryOf } from '../../config/inventory.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { ConflictError, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Cluster } from '../../domain/fleet.ts';
import { type ExistingWorkload, isExisting } from '../../domain/workload.ts';
import { type ResolvedTarget, resolveTargets } from '../../planning/resolve-targets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import type { Output } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { listDocuments } from '../hub-documents.ts';
import { adoptTarget } from './adopt-target.ts';
import { isFit } from './adoption-outcome.ts';
import { findRollout } from './find-rollout.ts';
import { fleetLines, replicasByTier, type TargetAdoption } from './fleet-lines.ts';

/** Rollouts looked at, or proven, at once. */
const TARGETS_AT_ONCE = 8;

/** The hub, and the clusters of its fleet. */
export interface AdoptionHub {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly clock: Clock;
  connectCluster(cluster: Cluster): KubernetesApi;
}

/** Adopts the Rollouts of every target of a workload that the hub knows. @throws InvalidInput when it does not, or generates them */
export async function adoptWorkload(
  hub: AdoptionHub,
  name: string,
  { isProven, signal, output }: { readonly isProven: boolean; readonly signal: AbortSignal; readonly output: Output },
): Promise<ExitCode> {
  const { documents } = await listDocuments(hub.api, hub.namespace, [
    'Cluster',
    'MetricSource',
    'Pool',
    'Tenant',
    'Workload',
  ]);
  const inventory = inventoryOf(documents);
  const workload = existingWorkload(inventory, name);
  const targets = targetsOf(inventory, workload, hub.clock);
  if (targets.length === 0) output.note(`no tenant runs workload ${name}`);
  const apis = new Map(inventory.fleet.clusters.map((cluster) => [cluster.name, hub.connectCluster(cluster)]));
  const limit = pLimit(TARGETS_AT_ONCE);
  let done = 0;
  const results = await Promise.all(
    targets.map((target) =>
      limit(async () => {
        const api = apis.get(target.cluster)!;
        const result = await adoptOne({ api, clock: hub.clock }, workload, target, { isProven, signal });
        done += 1;
        output.note(`${done} of ${targets.length}: ${target.id} ${result.outcome}`);
        return { target: target.id, tier: target.tier, ...result };
      }),
    ),
  );
  const replicas = replicasByTier(results);
  for (const line of fleetLines(results, workload.source.replicas)) output.line(line);
  output.answer({ workload: name, isProven, replicas, targets: results });
  return results.every(({ outcome }) => outcome !== 'unreachable' && isFit(outcome))
    ? exitCodes.done
    : exitCodes.refused;
}

function existingWorkload(inventory: Inventory, name: string): ExistingWorkload {
  const found = inventory.workloads.find((one) => one.name === name);
  const known = inventory.workloads.map((one) => one.name);
  if (found === undefined) throw badArgument(`--workload: the hub has no workload "${name}"${suggestion(name, known)}`);
  if (!isExisting(found))
    throw badArgument(`--workload: Tidegate makes the Rollouts of ${name} itself, there is nothing to adopt`);
  return found;
}

/** Every place of the workload, held or not: adoption moves nobody. */
function targetsOf({ fleet }: Inventory, { name, source }: ExistingWorkload, clock: Clock): readonly ResolvedTarget[] {
  const release = { name: '', workload: name, version: { name: '', images: {} }, wavePlan: '', scope: null };
  const resolved = resolveTargets({
    fleet,
    workload: name,
    rollout: source.rollout,
    release,
    rollbackOrder: [],
    now: clock.now(),
  });
  return [...resolved.targets, ...resolved.excluded];
}

async function adoptOne(
  { api, clock }: { readonly api: KubernetesApi; readonly clock: Clock },
  { name, source }: ExistingWorkload,
  { namespace, rollout }: ResolvedTarget,
  options: { readonly isProven: boolean; readonly signal: AbortSignal },
): Promise<Omit<TargetAdoption, 'target' | 'tier'>> {
  const containers = Object.keys(source.containers);
  const command = `tidegate adopt --workload ${name} --prove`;
  try {
    const found = await findRollout(api, namespace, rollout);
    switch (found.kind) {
      case 'rollout':
      case 'reference':
        return await adoptTarget(
          { api, clock, namespace, rollout, workload: name, containers, command },
          found,
          options,
        );
      case 'deployment':
        return notDone(
          'refused',
          'Deployment',
          `${rollout} is a Deployment: tidegate adopt ${rollout} -n NAMESPACE prints the way out`,
        );
      case 'nothing':
        return notDone('refused', 'NotFound', `there is no Rollout ${rollout}`);
      default:
        return assertNever(found);
    }
  } catch (error) {
    if (error instanceof TransientError) return notDone('unreachable', 'ClusterUnreachable', error.message);
    if (error instanceof TerminalError) return notDone('refused', 'NotAllowed', error.message);
    if (error instanceof ConflictError) return notDone('refused', 'Busy', error.message);
    throw error;
  }
}

function notDone(
  outcome: 'refused' | 'unreachable',
  reason: string,
  message: string,
): Omit<TargetAdoption, 'target' | 'tier'> {
  return { outcome, replicas: null, findings: [{ severity: 'error', reason, message }] };
}
