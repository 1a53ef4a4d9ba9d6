import type { TargetId } from '../../domain/plan.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { rolloutTrouble } from '../target-looks.ts';
import { counted, type Finding, type FindingLevel, findingsOf, someOf } from './finding.ts';
import { keyOf, type SeenRollout } from './seen-rollouts.ts';

const told = findingsOf('targets');

/** A place of the fleet in one cluster, and whose Rollout is wanted there. */
export interface FleetTarget {
  readonly id: TargetId;
  readonly namespace: string;
  readonly rollout: string;
  /** Containers whose images a release writes into somebody's Rollout; `null`: the Rollout is our own. */
  readonly adoptedContainers: readonly string[] | null;
}

type Level = Exclude<FindingLevel, 'ok'>;

/** One thing that is wrong with one target. */
interface Trouble {
  readonly level: Level;
  readonly reason: string;
  /** Follows `3 of 12 targets`; those of one reason are told together. */
  readonly what: string;
  readonly remedy: string;
}

const namespaceMissing: Trouble = {
  level: 'error',
  reason: 'NamespaceMissing',
  what: 'have no namespace',
  remedy: 'create the namespaces, or correct the placements',
};
const rolloutMissing: Trouble = {
  level: 'error',
  reason: 'RolloutMissing',
  what: 'have no Rollout, though their workload says that it exists',
  remedy: 'correct the name in the workload, or the placements',
};
const firstDeploy: Trouble = {
  level: 'warning',
  reason: 'FirstDeploy',
  what: 'have no Rollout yet: their first release has nothing to go back to',
  remedy: 'nothing, when they are new',
};
const foreignOwner: Trouble = {
  level: 'error',
  reason: 'ForeignOwner',
  what: 'have a Rollout that Tidegate did not make',
  remedy: 'adopt it (tidegate adopt), or rename it or the workload',
};

/** How the looks of a preflight are told of many. */
const LOOKS: Readonly<Record<string, Omit<Trouble, 'reason'>>> = {
  ControllerSilent: {
    level: 'warning',
    what: 'were changed, and the Argo Rollouts controller has not looked since',
    remedy: 'see what is said of the Argo Rollouts controller',
  },
  NotStable: {
    level: 'error',
    what: 'are in the middle of an update, or it was aborted',
    remedy: 'finish or undo it first',
  },
  NotHealthy: {
    level: 'error',
    what: 'are not healthy',
    remedy: 'mend them first: a rollback would have nothing proven to go to',
  },
};

/** Whether the Rollouts that the fleet names are there, healthy, and ours to change; one finding for each kind of trouble. */
export async function checkTargets(
  api: KubernetesApi,
  targets: readonly FleetTarget[],
  rollouts: ReadonlyMap<string, SeenRollout>,
): Promise<readonly Finding[]> {
  if (targets.length === 0) return [told.ok('NoTargets', 'no tenant is placed here')];
  const missing = await missingNamespaces(api, targets, rollouts);
  const groups = new Map<string, { readonly trouble: Trouble; readonly names: string[] }>();
  for (const target of targets) {
    const name = keyOf({ namespace: target.namespace, name: target.rollout });
    for (const trouble of troublesOf(target, rollouts.get(name), missing)) {
      const group = groups.get(trouble.reason) ?? { trouble, names: [] };
      groups.set(trouble.reason, group);
      group.names.push(name);
    }
  }
  if (groups.size === 0)
    return [told.ok('TargetsReady', `${counted(targets.length, 'target')}, all there, healthy and stable`)];
  return [...groups.values()].map(({ trouble: { level, reason, what, remedy }, names }) =>
    told[level](reason, `${names.length} of ${counted(targets.length, 'target')} ${what}: ${someOf(names)}`, remedy),
  );
}

function troublesOf(
  { namespace, adoptedContainers }: FleetTarget,
  rollout: SeenRollout | undefined,
  missing: ReadonlySet<string>,
): readonly Trouble[] {
  if (rollout === undefined) {
    if (missing.has(namespace)) return [namespaceMissing];
    return [adoptedContainers === null ? firstDeploy : rolloutMissing];
  }
  if (adoptedContainers === null && !rollout.observed.isGenerated) return [foreignOwner];
  const look = rolloutTrouble(rollout.observed);
  const found = look === null ? [] : [{ reason: look.reason, ...LOOKS[look.reason]! }];
  return [...rollout.adoption.map(asTrouble), ...found];
}

/** The message of the first one stands for those of all: it names what to do, and the names follow. */
function asTrouble({ severity, reason, message }: SeenRollout['adoption'][number]): Trouble {
  return {
    level: severity,
    reason,
    what: `cannot be released to as they are, as one of them says: ${message}`,
    remedy: 'do so for each of them',
  };
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
