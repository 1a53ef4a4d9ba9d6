import { dirname, join } from 'node:path';
import { createSystemClock } from '../../../adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../../adapters/kubernetes/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import { kinds } from '../../../ports/kinds.ts';
import type { KubernetesObject } from '../../../ports/kubernetes-api.ts';
import { serveMetrics } from '../../../sandbox/traffic/serve-metrics.ts';
import { untilHealthy, untilMeasured } from '../../sandbox-ready.ts';
import { applyDeclarations, deployBaseline } from '../../seed-world.ts';
import type { DemoWorld, WorldWish } from '../demo-world.ts';
import { type ClusterMirror, mirrorCluster } from './cluster-mirror.ts';
import { grantDaemonAccess } from './daemon-access.ts';
import { witnessOf } from './kubectl-witness.ts';
import { type LabFleet, readLabFleet, WORKLOAD } from './lab-fleet.ts';
import { type LabWhereabouts, requireLab, startLabProcess } from './lab-process.ts';

/** A second or so on a quiet machine, and the lab shares it with three times as many processes as it has cores. */
const LEASE = '8s';
const RELEASE_DEADLINE_MS = 900_000;
const PATIENCE_MS = 240_000;
const HEALTHY_DEADLINE_MS = 600_000;

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Starts real control planes with the fleet of `lab/fleet/` at its first version, and lets the daemon in with its own rights.
 *
 * @throws LabUnavailable without Go, and outside of a checkout
 */
export async function openLabWorld(wish: WorldWish): Promise<DemoWorld> {
  requireLab();
  const running: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one.stop();
  };
  try {
    const clock = createSystemClock();
    const fleet = await readLabFleet(clock);
    const metrics = await serveMetrics(fleet.traffic);
    running.push({ stop: () => metrics.close() });
    const { clusters } = fleet;
    const scrapeTarget = new URL(metrics.url(null)).host;
    const lab = await startLabProcess({ clusters, scrapeTarget, signal: wish.signal, log: wish.log });
    running.push(lab);
    return { ...(await settle({ wish, fleet, lab: lab.at, clock, running })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A lab that is up, and what is to become of it. */
interface Scene {
  readonly wish: WorldWish;
  readonly fleet: LabFleet;
  readonly lab: LabWhereabouts;
  readonly clock: Clock;
  /** What is started goes on this list at once. */
  readonly running: Stoppable[];
}

/** Everything between an empty lab and a fleet that is measured. */
async function settle(scene: Scene): Promise<Omit<DemoWorld, 'stop'>> {
  const { wish, fleet, lab, clock } = scene;
  const { clusters, hub, baseline, inventory, releasesFolder, traffic } = fleet;
  const apis = await connectAdmin(scene);
  const kubeconfigPath = await letDaemonIn(scene, apis);
  const mirrors = await mirrorAll(scene, apis);
  const api = (cluster: string) => apis.get(cluster)!;
  const { files } = fleet;
  await applyDeclarations(api(hub), wish.namespace, files, (object) => measuredBy(object, lab.prometheus.url));
  for (const plan of baseline) await deployBaseline(plan, api);
  wish.whenSeeded({ kubeconfigPath, context: hub, lease: LEASE });
  wish.log('waiting until every target is healthy');
  await untilHealthy((cluster) => mirrors.get(cluster)!, baseline, clock, HEALTHY_DEADLINE_MS);
  wish.log('waiting for the first measurements');
  await untilMeasured(lab.prometheus.url, baseline, clock);
  return {
    name: 'lab',
    access: { kubeconfigPath: lab.kubeconfig, context: hub },
    hub,
    clusters,
    objects: (cluster) => mirrors.get(cluster)!,
    inventory,
    baseline,
    releasesFolder,
    traffic,
    clock,
    prometheusPid: () => lab.prometheus.pid,
    releaseDeadlineMs: RELEASE_DEADLINE_MS,
    patienceMs: PATIENCE_MS,
    witnesses: () => Promise.all(clusters.map((cluster) => witnessOf(lab, cluster, WORKLOAD))),
  };
}

type Apis = ReadonlyMap<string, ConnectedKubernetesApi>;

/** As an administrator, for everything that is not the daemon's. */
async function connectAdmin({ fleet, lab, clock, running }: Scene): Promise<Apis> {
  const apis = new Map<string, ConnectedKubernetesApi>();
  for (const cluster of fleet.clusters) {
    const access = await kubeconfigAccess({ path: lab.kubeconfig, context: cluster });
    const api = createKubernetesApi({ cluster, access, clock });
    running.push({ stop: () => api.close() });
    apis.set(cluster, api);
  }
  return apis;
}

/** Our kinds, and the daemon's rights; answers its kubeconfig. */
async function letDaemonIn({ wish, fleet, lab, clock }: Scene, apis: Apis): Promise<string> {
  // in the lab's own folder, which goes with the lab
  const kubeconfigPath = join(dirname(lab.kubeconfig), 'daemon.kubeconfig');
  const { hub, inventory } = fleet;
  const { clusters } = inventory.fleet;
  const api = (cluster: string) => apis.get(cluster)!;
  await grantDaemonAccess({ lab, clusters, hub, namespace: wish.namespace, api, clock, kubeconfigPath });
  wish.log('the daemon has the rights that tidegate install grants, and no others');
  return kubeconfigPath;
}

/** Rollouts for the witness, ReplicaSets for the traffic, and the hub's releases. */
async function mirrorAll({ fleet, clock, running }: Scene, apis: Apis): Promise<ReadonlyMap<string, ClusterMirror>> {
  const stopping = new AbortController();
  const mirrors = new Map<string, ClusterMirror>();
  running.push({
    stop: async () => {
      stopping.abort();
      await Promise.all([...mirrors.values()].map(({ ended }) => ended));
    },
  });
  for (const [cluster, api] of apis) {
    const everywhere = [kinds.rollout, kinds.replicaSet];
    const mirrored = cluster === fleet.hub ? [...everywhere, kinds.release] : everywhere;
    const mirror = mirrorCluster(api, { kinds: mirrored, clock, signal: stopping.signal });
    mirrors.set(cluster, mirror);
    fleet.traffic.follow(mirror);
  }
  await Promise.all([...mirrors.values()].map(({ listed }) => listed));
  return mirrors;
}

/** A declaration as it holds in the lab: the source of measurements is the lab's Prometheus. */
function measuredBy(object: KubernetesObject, prometheusUrl: string): KubernetesObject {
  if (object.kind !== 'MetricSource') return object;
  return { ...object, spec: { ...(object['spec'] as object), url: prometheusUrl } };
}
