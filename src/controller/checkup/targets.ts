import type { TargetId } from '../../domain/plan.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { rolloutTrouble } from '../target-looks.ts';
import { counted, type Finding, findingsOf, someOf } from './finding.ts';
import { keyOf, type SeenRollout } from './seen-rollouts.ts';

const { ok, warning, error } = findingsOf('targets');

/** A place of the fleet in one cluster, and whose Rollout is wanted there. */
export interface FleetTarget {
  readonly id: TargetId;
  readonly namespace: string;
  readonly rollout: string;
  readonly source: 'generate' | 'existing';
}

type Reason =
  | 'NamespaceMissing'
  | 'RolloutMissing'
  | 'FirstDeploy'
  | 'ForeignOwner'
  | 'NotCanary'
  | 'ControllerSilent'
  | 'NotStable'
  | 'NotHealthy'
  | 'NoRoom';

/** What each reason means, for how bad it is, and what to do. */
const TEXTS: Readonly<
  Record<
    Exclude<Reason, 'ControllerSilent' | 'NoRoom'>,
    readonly [level: 'warning' | 'error', what: string, remedy: string]
  >
> = {
  NamespaceMissing: ['error', 'have no namespace', 'create the namespaces, or correct the placements'],
  RolloutMissing: [
    'error',
    'have no Rollout, though their workload says that it exists',
    'correct the name in the workload, or the placements',
  ],
  FirstDeploy: [
    'warning',
    'have no Rollout yet: their first release has nothing to go back to',
    'nothing, when they are new',
  ],
  ForeignOwner: [
    'error',
    'have a Rollout that Tidegate did not make',
    'adopt it (tidegate adopt), or rename it or the workload',
  ],
  NotCanary: ['error', 'have a Rollout without a canary strategy', 'make it a canary: only those are released'],
  NotStable: ['error', 'are in the middle of an update, or it was aborted', 'finish or undo it first'],
  NotHealthy: ['error', 'are not healthy', 'mend them first: a rollback would have nothing proven to go to'],
};

/** Whether the Rollouts that the fleet names are there, healthy, and ours to change; one finding for each kind of trouble. */
export async function checkTargets(
  api: KubernetesApi,
  targets: readonly FleetTarget[],
  rollouts: ReadonlyMap<string, SeenRollout>,
): Promise<readonly Finding[]> {
  if (targets.length === 0) return [ok('NoTargets', 'no tenant is placed here')];
  const namespaces = await missingNamespaces(api, targets, rollouts);
  const byReason = new Map<Reason, string[]>();
  for (const target of targets) {
    const reason = reasonOf(
      target,
      rollouts.get(keyOf({ namespace: target.namespace, name: target.rollout })),
      namespaces,
    );
    if (reason !== null)
      byReason.set(reason, [...(byReason.get(reason) ?? []), `${target.namespace}/${target.rollout}`]);
  }
  // a silent controller is told by its own check
  byReason.delete('ControllerSilent');
  const found = [...byReason].map(([reason, names]) => findingFor(reason as keyof typeof TEXTS, names, targets.length));
  return found.length > 0
    ? found
    : [ok('TargetsReady', `${counted(targets.length, 'target')}, all there, healthy and stable`)];
}

function findingFor(reason: keyof typeof TEXTS, names: readonly string[], count: number): Finding {
  const [level, what, remedy] = TEXTS[reason];
  const message = `${names.length} of ${counted(count, 'target')} ${what}: ${someOf(names)}`;
  return level === 'error' ? error(reason, message, remedy) : warning(reason, message, remedy);
}

function reasonOf(target: FleetTarget, rollout: SeenRollout | undefined, missing: ReadonlySet<string>): Reason | null {
  if (rollout === undefined) {
    if (missing.has(target.namespace)) return 'NamespaceMissing';
    return target.source === 'existing' ? 'RolloutMissing' : 'FirstDeploy';
  }
  if (target.source === 'generate' && !rollout.observed.isGenerated) return 'ForeignOwner';
  if (!rollout.isCanary) return 'NotCanary';
  return rolloutTrouble(rollout.observed)?.reason ?? null;
}

/** Namespaces that hold no Rollout of the fleet are looked up: the others are there. */
async function missingNamespaces(
  api: KubernetesApi,
  targets: readonly FleetTarget[],
  rollouts: ReadonlyMap<string, SeenRollout>,
): Promise<ReadonlySet<string>> {
  const known = new Set([...rollouts.values()].map(({ namespace }) => namespace));
  const asked = [...new Set(targets.map(({ namespace }) => namespace))].filter((name) => !known.has(name));
  const found = await Promise.all(asked.map((name) => api.get({ kind: kinds.namespace, namespace: null, name })));
  return new Set(asked.filter((_, index) => found[index] === undefined));
}
