import pLimit from 'p-limit';
import type { Inventory } from '../../config/inventory.ts';
import { inventoryOf } from '../../config/inventory.ts';
import { suggestion } from '../../config/nearest-name.ts';
import { isAdapterError } from '../../domain/errors.ts';
import { type ExistingWorkload, isExisting } from '../../domain/workload.ts';
import { type ResolvedTarget, resolveTargets } from '../../planning/resolve-targets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import type { AdoptionFinding } from '../../release/ownership.ts';
import type { Output } from '../command.ts';
import type { HubConnection } from '../composition.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { listDocuments } from '../hub-documents.ts';
import { alignColumns } from '../table.ts';
import { adoptTarget } from './adopt-target.ts';
import { type AdoptionOutcome, isFit } from './adoption-outcome.ts';
import { findRollout } from './find-rollout.ts';

/** Rollouts looked at, or proven, at once. */
const TARGETS_AT_ONCE = 8;

/** How the adoption of one target went. */
export interface TargetAdoption {
  readonly target: string;
  readonly tier: string;
  readonly outcome: AdoptionOutcome | 'unreachable';
  /** `null`: not seen. */
  readonly replicas: number | null;
  readonly findings: readonly AdoptionFinding[];
}

/** Adopts the Rollouts of every target of a workload that the hub knows. @throws InvalidInput when it does not, or generates them */
export async function adoptWorkload(
  hub: HubConnection,
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
  const apis = new Map(inventory.fleet.clusters.map((cluster) => [cluster.name, hub.connectCluster(cluster)]));
  const limit = pLimit(TARGETS_AT_ONCE);
  let done = 0;
  const results = await Promise.all(
    targets.map((target) =>
      limit(async () => {
        const result = await adoptOne(apis.get(target.cluster)!, hub.clock, workload, target, { isProven, signal });
        done += 1;
        output.note(`${done} of ${targets.length}: ${result.target} ${result.outcome}`);
        return result;
      }),
    ),
  );
  tell(output, results);
  output.answer({ workload: name, isProven, targets: results });
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
  api: KubernetesApi,
  clock: Clock,
  { name, source }: ExistingWorkload,
  { id, tier, namespace, rollout }: ResolvedTarget,
  options: { readonly isProven: boolean; readonly signal: AbortSignal },
): Promise<TargetAdoption> {
  const containers = Object.keys(source.containers);
  try {
    const found = await findRollout(api, namespace, rollout);
    if (found.kind === 'rollout' || found.kind === 'reference')
      return {
        target: id,
        tier,
        ...(await adoptTarget({ api, clock, namespace, rollout, workload: name, containers }, found, options)),
      };
    const finding: AdoptionFinding =
      found.kind === 'deployment'
        ? {
            severity: 'error',
            reason: 'Deployment',
            message: `${rollout} is a Deployment: tidegate adopt ${rollout} -n ${namespace} prints the way out`,
          }
        : { severity: 'error', reason: 'NotFound', message: `namespace ${namespace} has no Rollout ${rollout}` };
    return { target: id, tier, outcome: 'refused', replicas: null, findings: [finding] };
  } catch (error) {
    if (!isAdapterError(error)) throw error;
    const finding: AdoptionFinding = { severity: 'error', reason: error.name, message: error.message };
    return { target: id, tier, outcome: 'unreachable', replicas: null, findings: [finding] };
  }
}

function tell(output: Output, results: readonly TargetAdoption[]): void {
  const rows = results.map(({ target, tier, outcome, replicas }) => [
    target,
    tier,
    replicas === null ? '-' : String(replicas),
    outcome,
  ]);
  for (const line of alignColumns([['TARGET', 'TIER', 'PODS', 'OUTCOME'], ...rows])) output.line(line);
  for (const [message, targets] of byMessage(results))
    output.line(`${message} (${targets.length === 1 ? targets[0] : `${targets.length} targets`})`);
}

/** Three hundred Rollouts of one chart have one trouble: it is said once. */
function byMessage(results: readonly TargetAdoption[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { target, findings } of results)
    for (const { severity, reason, message } of findings) {
      const line = `${severity}: ${reason}: ${message}`;
      found.set(line, [...(found.get(line) ?? []), target]);
    }
  return found;
}
