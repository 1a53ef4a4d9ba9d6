import type { ApiServer } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { checkApiServer } from './api-server.ts';
import { checkDaemon } from './daemon.ts';
import { checkArgoKinds, checkOwnKinds } from './definitions.ts';
import type { Finding } from './finding.ts';
import { PROBE_DEADLINE_MS, type ProbePlace, probeControllers } from './probe.ts';
import { checkRights, type NeededRights } from './rights.ts';
import { checkRolloutController } from './rollout-controller.ts';
import { checkRoom } from './room.ts';
import { type Check, runCheck, runChecks } from './run-checks.ts';
import { type AdoptedContainers, keyOf, seeRollouts } from './seen-rollouts.ts';
import { checkTargets, type FleetTarget } from './targets.ts';

/** A cluster that is released to. */
export interface ClusterToCheck {
  readonly api: KubernetesApi & ApiServer;
  readonly rights: NeededRights;
  readonly targets: readonly FleetTarget[];
  /** Where the controllers are measured; `null`: not at all. */
  readonly probe: ProbePlace | null;
}

/** Looks at a cluster: whether it answers, then everything else at once. */
export async function checkCluster(cluster: ClusterToCheck, clock: Clock): Promise<readonly Finding[]> {
  const { api, probe, targets } = cluster;
  const reached = await reach(api, clock);
  if (!isReached(reached)) return reached;
  const rollouts = seeRollouts(api, adoptedContainers(targets));
  // whoever needs them hears of a failure
  rollouts.catch(() => undefined);
  const namespaces = new Set(targets.map(({ namespace }) => namespace));
  const checks: readonly Check[] = [
    { name: 'rights', look: () => checkRights(api, cluster.rights) },
    { name: 'argo kinds', look: () => checkArgoKinds(api) },
    {
      name: 'argo controller',
      look: async (signal) => await checkRolloutController(api, clock, await rollouts, signal),
    },
    { name: 'targets', look: async () => await checkTargets(api, targets, await rollouts) },
    { name: 'quota', look: () => checkRoom(api, namespaces) },
  ];
  const found = await runChecks(checks, clock);
  const probed = probe === null ? [] : await runCheck(probing(api, clock, probe), clock);
  return [...reached, ...found, ...probed];
}

function adoptedContainers(targets: readonly FleetTarget[]): AdoptedContainers {
  return new Map(
    targets.flatMap(({ namespace, rollout, adoptedContainers: containers }) =>
      containers === null ? [] : [[keyOf({ namespace, name: rollout }), containers] as const],
    ),
  );
}

/** The hub, where our objects are. */
export interface HubToCheck {
  readonly api: KubernetesApi & ApiServer;
  /** Found out there: whose rights they are depends on what is installed. */
  readonly rights: () => Promise<NeededRights>;
  /** Our definitions, as this version writes them. */
  readonly definitions: readonly KubernetesObject[];
  /** What else is looked at there. */
  readonly more: readonly Check[];
  /** The Lease that daemons compete for. */
  readonly lease: { readonly namespace: string; readonly name: string };
}

/** Looks at the hub. */
export async function checkHub(hub: HubToCheck, clock: Clock): Promise<readonly Finding[]> {
  const { api } = hub;
  const reached = await reach(api, clock);
  if (!isReached(reached)) return reached;
  const checks: readonly Check[] = [
    { name: 'own kinds', look: () => checkOwnKinds(api, hub.definitions) },
    { name: 'rights', look: async () => await checkRights(api, await hub.rights()) },
    { name: 'daemon', look: () => checkDaemon(api, clock, hub.lease) },
  ];
  return [...reached, ...(await runChecks([...checks, ...hub.more], clock))];
}

function reach(api: ApiServer, clock: Clock): Promise<readonly Finding[]> {
  return runCheck({ name: 'api server', look: () => checkApiServer(api, clock) }, clock);
}

/** Nothing more can be asked of a server that does not answer; a slow or skewed one answers. */
function isReached(found: readonly Finding[]): boolean {
  return found.every(({ level, check }) => level !== 'error' || check !== 'api server');
}

function probing(api: KubernetesApi, clock: Clock, place: ProbePlace): Check {
  return {
    name: 'probe',
    deadlineMs: PROBE_DEADLINE_MS,
    look: (signal) => probeControllers(api, clock, place, signal),
  };
}
